"""Repair requests that another system took: each becomes a ticket with its job, once."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.imports.cells import code, moment, phone, plain, text
from api.actions.imports.checking import AT_A_TIME, check_rows, wait_for_other_imports
from api.actions.imports.columns import BadValues, Column
from api.actions.imports.coordinates import LATITUDE, LONGITUDE, System, place_of
from api.actions.imports.mapped_sheet import MappedSheet
from api.actions.imports.mapping import Form, Mapping
from api.actions.imports.places import Places, ask_where
from api.actions.imports.result import ImportResult, Progress, untold
from api.actions.opening import Report, opened
from api.adapters.sheets import Cell, Row, Sheet
from api.adapters.sheets.names import near
from api.db.outbox import emit
from api.db.trail import record
from api.queries.house_rules import HouseRules, load_house_rules
from domain.cities import city_name
from domain.errors import Invalid
from domain.jobs import JobState
from domain.places import Building, Territory
from domain.tickets import Channel, Ticket


def fields(form: Form, rules: HouseRules) -> dict[str, Column]:
    """What a mapping may name."""

    def channel(cell: Cell) -> Channel:
        if plain(cell) not in set(Channel):
            raise ValueError(f'"{plain(cell)}" is no channel. There are: {", ".join(Channel)}')
        return Channel(plain(cell))

    def defect(cell: Cell) -> str:
        if plain(cell) not in rules.defects:
            raise ValueError(f'there is no defect "{plain(cell)}".{near(plain(cell), rules.defects)}')
        return plain(cell)

    def past(cell: Cell) -> datetime:
        found = parse_time(cell)
        if found > now:
            raise ValueError(f"{found} lies in the future")
        return found

    parse_time, now = moment(form.clock, *form.formats), clock.now()
    return {
        "reference": Column("", code, "the row's number in the source: the same number is the same ticket", empty=""),
        "reported_at": Column("", past, "when the owner reported it", needed=True),
        "closed_at": Column("", past, "when it was repaired; empty: still open"),
        "channel": Column("", channel, ", ".join(Channel), empty=Channel.IMPORT),
        "community": Column("", text(200), "", needed=True),
        "address": Column("", text(200), "of the building", needed=True),
        "unit": Column("", text(50), "empty: the building's common parts", empty=""),
        "postcode": Column("", text(20), "", empty=""),
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
        "defect": Column("", defect, "a code of the catalogue, where no [[defect]] says it", needed=True),
        "description": Column("", text(4000), "", empty=""),
        "contact_name": Column("", text(100), "", empty=""),
        "contact_phone": Column("", phone, "", empty=""),
    }


@dataclass(frozen=True)
class Entry:
    """A checked row: what a Report is made of, but for the territory, which may be new."""

    told: dict[str, Any]
    closed_at: datetime | None


async def import_tickets(
    session: AsyncSession,
    sheet: Sheet,
    mapping: Mapping,
    territory: Territory,
    *,
    skip_bad: bool = False,
    reopen: bool = False,
    reported_at: Callable[[datetime], datetime] | None = None,
    system: System = System.WGS84,
    progress: Progress = untold,
) -> ImportResult:
    """Does what `report` does, in a few large statements. Raises Invalid where mapping and sheet don't fit together.

    `reopen` takes closed tickets as open ones. `reported_at` moves each row's time of report once it was checked; a
    ticket that is moved is always open.
    """
    await wait_for_other_imports(session)
    rules = await load_house_rules(session)
    check_fit(mapping, territory, rules)
    reader = MappedSheet(sheet, mapping, fields(mapping.file, rules))
    before: dict[str, tuple[int, Entry]] = {}
    move = reported_at or (lambda told: told)

    def check(row: Row) -> Entry:
        values = reader.values(row)
        place = place_of(values, system)
        closed_at = values.pop("closed_at", None)
        if closed_at and closed_at < values["reported_at"]:
            raise BadValues({"closed_at": "lies before the time of report"})
        told = values | {
            "reported_at": move(values["reported_at"]),
            "channel": values.get("channel", Channel.IMPORT),
            "latitude": place[0] if place else None,
            "longitude": place[1] if place else None,
            "source": mapping.file.source,
            "reference": values.get("reference") or fingerprint(values),
        }
        entry = Entry(told, None if reopen or reported_at else closed_at)
        line, same = before.setdefault(told["reference"], (row.line, entry))
        if same != entry:
            raise BadValues({"reference": f"stands in line {line} already, with another request"})
        return entry

    entries, bad = await check_rows(sheet, check, reader.bad, progress)
    result = ImportResult(len(sheet.rows), bad, written=not bad or skip_bad)
    if not result.written:
        return result
    session.add(territory)
    await session.flush()
    known = await known_references(session, mapping.file.source, before)
    fresh = {told: entry for told, (_, entry) in before.items() if told not in known}
    result.new, result.known = len(fresh), len(entries) - len(fresh)
    buildings = await take(session, fresh.values(), territory, rules, progress)
    result.unlocated = await ask_where(session, buildings)
    if result.new:
        await emit(session, "tickets.imported", territory.id, territory_id=territory.id, new=result.new)
        await record(session, "system", "tickets.imported", territory.id, source=mapping.file.source, new=result.new)
    return result


async def take(
    session: AsyncSession, entries: Collection[Entry], territory: Territory, rules: HouseRules, progress: Progress
) -> Iterable[Building]:
    """Writes tickets and jobs, and gives the buildings that they are of."""
    places = await Places.load(session, {entry.told["community"] for entry in entries})
    buildings: dict[int, Building] = {}
    for done, entry in enumerate(entries, start=1):
        told = Report(territory_id=territory.id, **entry.told)
        home, _ = places.home(territory, told.community, told.address, told.unit)
        complete(home.building, told)
        buildings[id(home.building)] = home.building
        ticket, job = opened(told, territory, home, rules)
        if entry.closed_at:
            ticket.repaired(entry.closed_at)
            job.state = JobState.DONE  # not by any move of ours: the work was done elsewhere
        session.add_all([ticket, job])
        if done % AT_A_TIME == 0 or done == len(entries):
            await session.flush()
            progress("Writing", done, len(entries))
            await asyncio.sleep(0)
    return buildings.values()


def complete(building: Building, told: Report) -> None:
    """What is known of a building stays; what isn't is taken from the report."""
    if building.needs_location and told.latitude is not None:
        building.latitude, building.longitude, building.location_note = told.latitude, told.longitude, ""
    building.postcode = building.postcode or told.postcode


def check_fit(mapping: Mapping, territory: Territory, rules: HouseRules) -> None:
    """Law and policy go by the city: requests of one city in another's territory would get the wrong clocks."""
    if mapping.city and city_name(mapping.city) != city_name(territory.city):
        raise Invalid(f"The mapping is for {mapping.city}; the territory {territory.name} is in {territory.city}.")
    for rule in mapping.defect:
        if rule.code not in rules.defects:
            guess = near(rule.code, rules.defects)
            raise Invalid(f'The mapping\'s [[defect]] names "{rule.code}", which is not in the catalogue.{guess}')


def fingerprint(values: dict[str, Any]) -> str:
    """A reference for rows that have none: the same words are the same request."""
    told = "\n".join(f"{name}={values[name]}" for name in sorted(values) if values[name])
    return f"row-{sha256(told.encode()).hexdigest()[:24]}"


async def known_references(session: AsyncSession, source: str, asked: Iterable[str]) -> set[str]:
    these = literal(list(asked), ARRAY(Text))  # one parameter, whatever their number
    found = await session.scalars(
        select(Ticket.reference).where(Ticket.source == source, Ticket.reference == any_(these))
    )
    return {reference for reference in found if reference is not None}
