"""A roster of technicians: new ones are added, known ones (by code) are brought to what the file says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from api.actions.imports import shifts
from api.actions.imports.cells import code, is_mask_of, minutes, number, phone, text, yes_or_no
from api.actions.imports.certificates import Abilities, Licence
from api.actions.imports.checking import SeenBefore, check_rows, wait_for_other_imports
from api.actions.imports.columns import BadValues, Column, RowReader, Values
from api.actions.imports.coordinates import LATITUDE, LONGITUDE, System, place_of
from api.actions.imports.result import ImportResult, Progress, untold
from api.actions.imports.shifts import WorkingDay, week_of
from api.actions.imports.territories import Territories
from api.adapters.sheets import Row, Sheet
from api.db.trail import record
from domain.defects import Skill
from domain.people import Technician
from domain.places import Territory

LONGEST_OVERTIME_MIN = 480


def columns(abilities: Abilities) -> dict[str, Column]:
    return {
        "code": Column("工号", code, "the technician's number in the company", needed=True),
        "name": Column("姓名", text(100), "as owners will read it", needed=True),
        "phone": Column("电话", phone, "138****0000 leaves the known number", empty=""),
        "territory": Column("片区", text(100), "where --territory names none", empty=""),
        "latitude": replace(LATITUDE, needed=True),
        "longitude": replace(LONGITUDE, needed=True),
        "skills": Column("技能", abilities.skills_of, "codes or names, with ; between", needed=True),
        "certificates": Column("证书", abilities.licences, "kind:number:from:to, with ; between", empty=[]),
        **shifts.COLUMNS,
        "max_overtime_minutes": Column("最长加班分钟", minutes(LONGEST_OVERTIME_MIN), "a day", empty=timedelta()),
        "speed": Column("车速系数", number(0.1, 10), "1 drives as the map says, 1.2 is 20 % faster", empty=1.0),
        "active": Column("在岗", yes_or_no, "no: gets no more work", empty=True),
    }


@dataclass(frozen=True)
class Entry:
    """A checked row. None for certificates or week: the file says nothing of them."""

    values: Mapping[str, Any]
    """Of the attributes of Technician that the file has."""
    licences: list[Licence] | None
    week: list[WorkingDay] | None
    known: Technician | None


async def import_technicians(
    session: AsyncSession,
    sheet: Sheet,
    *,
    territory: Territory | None = None,
    skip_bad: bool = False,
    system: System = System.WGS84,
    progress: Progress = untold,
) -> ImportResult:
    """`territory` is of rows that name none. Raises Invalid for a sheet that can't be a roster."""
    await wait_for_other_imports(session)
    reader = RowReader(sheet, columns(Abilities((await session.scalars(select(Skill))).all())))
    territories = await Territories.load(session, territory, named="territory" in reader.present)
    roster = await _known(session)
    seen = SeenBefore()

    def check(row: Row) -> Entry:
        values = reader.values(row)
        seen.check("code", row, values["code"])
        known = roster.get(values["code"])
        week = week_of(values)
        latitude, longitude = place_of(values, system) or (0.0, 0.0)  # never: both are needed
        return Entry(
            {name: values[name] for name in ("code", "name", "skills", "speed", "active") if name in values}
            | ({"max_overtime": values["max_overtime_minutes"]} if "max_overtime_minutes" in values else {})
            | _phone(values.get("phone"), known)
            | _territory(values, known, territories)
            | {"latitude": latitude, "longitude": longitude},
            values.get("certificates"),
            week,
            known,
        )

    entries, bad = await check_rows(sheet, check, reader.bad, progress)
    result = ImportResult(len(sheet.rows), bad, written=not bad or skip_bad, notes=reader.notes())
    if not result.written:
        return result
    for entry in entries:
        if entry.known is None:
            session.add(_hired(entry))
            result.new += 1
        elif _brought_up_to(entry.known, entry):
            result.changed += 1
        else:
            result.known += 1
    if idle := [entry.values["code"] for entry in entries if _has_no_shift(entry)]:
        result.notes.append(f"Without a shift, so without work: {', '.join(idle[:10])}{', …' if idle[10:] else ''}.")
    if result.new or result.changed:
        await record(session, "system", "technicians.imported", None, new=result.new, changed=result.changed)
    return result


async def _known(session: AsyncSession) -> dict[str, Technician]:
    """By code, locked: nobody else changes them until this transaction ends."""
    query = select(Technician).options(selectinload(Technician.certificates), selectinload(Technician.shifts))
    return {one.code: one for one in await session.scalars(query.with_for_update())}


def _phone(written: str | None, known: Technician | None) -> dict[str, str]:
    """Nothing for a number that an export has masked: the known one stays."""
    if written is None or (known and is_mask_of(written, known.phone)):
        return {}
    if "*" in written:
        raise BadValues({"phone": f'"{written}" is masked, and not how the known number is shown'})
    return {"phone": written}


def _territory(values: Values, known: Technician | None, territories: Territories) -> dict[str, Territory]:
    if known and not values.get("territory") and territories.given is None:
        return {}
    return {"territory": territories.of(values)}


def _hired(entry: Entry) -> Technician:
    return Technician(
        **entry.values,
        certificates=[licence.certificate() for licence in entry.licences or []],
        shifts=[day.onto(None) for day in entry.week or []],
        absences=[],
    )


def _brought_up_to(technician: Technician, entry: Entry) -> bool:
    """Whether anything had to change."""
    changed = [name for name, value in entry.values.items() if getattr(technician, name) != value]
    for name in changed:
        setattr(technician, name, entry.values[name])
    licences = sorted(map(Licence.of, technician.certificates))
    if entry.licences is not None and licences != entry.licences:
        technician.certificates = [licence.certificate() for licence in entry.licences]
        changed.append("certificates")
    week = sorted(map(WorkingDay.of, technician.shifts))
    if entry.week is not None and week != entry.week:
        there = {shift.weekday: shift for shift in technician.shifts}
        technician.shifts = [day.onto(there.get(day.weekday)) for day in entry.week]
        changed.append("shifts")
    if changed:
        flag_modified(technician, "name")  # so that `version` moves for certificates and shifts as well
    return bool(changed)


def _has_no_shift(entry: Entry) -> bool:
    return not (entry.week if entry.week is not None else entry.known and entry.known.shifts)
