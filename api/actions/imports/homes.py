"""A list of homes and their owners. It adds to what is known: an empty cell changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.cells import day, phone, text
from api.actions.imports.checking import check_rows, wait_for_other_imports
from api.actions.imports.columns import BadValues, Column, RowReader, Values
from api.actions.imports.coordinates import LATITUDE, LONGITUDE, System, place_of
from api.actions.imports.owners import Owners
from api.actions.imports.places import Path, Places, ask_where, path_of
from api.actions.imports.result import ImportResult, Progress, untold
from api.actions.imports.territories import Territories
from api.adapters.sheets import Row, Sheet
from api.db.trail import record
from api.queries.exports.privacy import without_numbers
from domain.jobs import Job, JobState
from domain.places import Building, Home, Territory
from domain.tickets import Ticket

COLUMNS = {
    "territory": Column("片区", text(100), "where --territory names none", empty=""),
    "community": Column("小区", text(200), "", needed=True),
    "address": Column("地址", text(200), "of the building", needed=True),
    "unit": Column("房号", text(50), "empty: the building's common parts", empty=""),
    "postcode": Column("邮编", text(20), ""),
    "latitude": LATITUDE,
    "longitude": LONGITUDE,
    "accepted_on": Column("竣工验收日期", day, "completion acceptance: the builder's warranty begins"),
    "handed_over_on": Column("交付日期", day, "handover: the owner's warranty begins"),
    "access_notes": Column("入户说明", text(2000), "how to get in"),
    "owner_name": Column("业主姓名", text(100), "", empty=""),
    "owner_phone": Column("业主电话", phone, "138****0000 is the known owner of that number", empty=""),
}
OF_BUILDING = ("postcode", "latitude", "longitude", "accepted_on")
OF_HOME = ("handed_over_on", "access_notes")


@dataclass(frozen=True)
class Entry:
    """A checked row: what it says of the building, the home and the owner."""

    territory: Territory
    names: tuple[str, str, str]
    building: dict[str, Any]
    home: dict[str, Any]
    owner: tuple[str, str] | None


async def import_homes(
    session: AsyncSession,
    sheet: Sheet,
    *,
    territory: Territory | None = None,
    skip_bad: bool = False,
    system: System = System.WGS84,
    progress: Progress = untold,
) -> ImportResult:
    """`territory` is of rows that name none. Raises Invalid for a sheet that can't be a list of homes."""
    await wait_for_other_imports(session)
    reader = RowReader(sheet, COLUMNS)
    territories = await Territories.load(session, territory, named="territory" in reader.present)
    places = await Places.load(session, reader.written("community"))
    owners = await Owners.load(session, places.community_ids)
    said = SaidOnce()

    def check(row: Row) -> Entry:
        values = reader.values(row)
        names = values["community"], values["address"], values.get("unit", "")
        here = territories.of(values)
        path = path_of(here, *names)
        known = places.homes.get(path)
        if (place := place_of(values, system)) is not None:
            values["latitude"], values["longitude"] = place
        if known and values.get("access_notes") == without_numbers(known.access_notes):
            del values["access_notes"]  # an export's own words, with its numbers masked
        entry = Entry(here, names, _given(values, OF_BUILDING), _given(values, OF_HOME), owners.named(values, known))
        said.check(row, path[:3], entry.building)
        said.check(row, path, entry.home)
        return entry

    entries, bad = await check_rows(sheet, check, reader.bad, progress)
    result = ImportResult(len(sheet.rows), bad, written=not bad or skip_bad, notes=reader.notes())
    if not result.written:
        return result
    moved: set[Building] = set()
    buildings: dict[int, Building] = {}
    for entry in entries:
        home, new = places.home(entry.territory, *entry.names)
        if home.building.latitude is not None and _differs(home.building, entry.building, "latitude", "longitude"):
            moved.add(home.building)
        changed = [_bring(home.building, entry.building), _bring(home, entry.home)]
        if entry.owner:
            changed.append(owners.bring(home, *entry.owner))
        buildings[id(home.building)] = home.building
        if new:
            result.new += 1
        elif any(changed):
            result.changed += 1
        else:
            result.known += 1
    await session.flush()
    await _plan_again(session, moved)
    result.unlocated = await ask_where(session, buildings.values())
    if result.new or result.changed:
        await record(session, "system", "homes.imported", None, new=result.new, changed=result.changed)
    return result


class SaidOnce:
    """Rows of the same building or home must not contradict each other."""

    def __init__(self) -> None:
        self.said: dict[tuple[Path, str], tuple[Any, int]] = {}

    def check(self, row: Row, path: Path, values: Values) -> None:
        """Raises BadValues."""
        for name, value in values.items():
            before, line = self.said.setdefault((path, name), (value, row.line))
            if before != value:
                what = "home" if name in OF_HOME else "building"
                raise BadValues({name: f"differs from line {line}, which has the same {what}"})


def _given(values: Values, names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name) is not None}


def _differs(what: Building | Home, values: dict[str, Any], *names: str) -> bool:
    return any(name in values and getattr(what, name) != values[name] for name in names)


def _bring(what: Building | Home, values: dict[str, Any]) -> bool:
    changed = _differs(what, values, *values)
    for name, value in values.items():
        setattr(what, name, value)
    if isinstance(what, Building) and not what.needs_location:
        what.location_note = ""
    return changed


async def _plan_again(session: AsyncSession, moved: Iterable[Building]) -> None:
    """Drafts that were made from the old place become stale: the jobs there get a new version."""
    ids = literal([building.id for building in moved], ARRAY(Uuid()))
    tickets = select(Ticket.id).join(Ticket.home).where(Home.building_id == any_(ids))
    await session.execute(
        update(Job)
        .where(Job.ticket_id.in_(tickets), Job.state.in_([JobState.WAITING, JobState.PLANNED]))
        .values(version=Job.version + 1)
        .execution_options(synchronize_session=False)
    )
