"""A defect is reported: one numbered ticket, its tier and clocks, its warranty verdict, and the job it needs."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from api.actions import alarms, comebacks
from api.actions.opening import Report, opened
from api.auth import Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.house_rules import HouseRules, load_house_rules
from domain.calendars import calendar_for
from domain.comebacks import Comeback
from domain.errors import NotFound
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket

Place = TypeVar("Place", Community, Building, Home)


async def report(
    session: AsyncSession, told: Report, by: Person | None = None, rules: HouseRules | None = None
) -> tuple[Ticket, bool]:
    """The ticket, and whether the report is new: a fault that came back while its repair is watched opens that ticket
    again. Raises Invalid or NotFound for a report that can't be taken."""
    territory = await session.get(Territory, told.territory_id)
    if territory is None or (by and not by.sees(territory.id)):
        raise NotFound("There is no such territory.")
    if told.reference is not None and (known := await told_before(session, told)):
        return known, False
    rules = rules or await load_house_rules(session)
    home = await home_at(session, territory, told)
    actor = by.actor if by else "system"
    if (ticket := await comebacks.watched(session, told, territory, home)) is not None:
        return await comebacks.come_back(session, ticket, told, territory, home, rules, actor), True
    ticket, job = opened(told, territory, home, rules)
    session.add_all([ticket, job])
    await session.flush()
    await emit(session, "ticket.reported", ticket.id, territory_id=territory.id, tier=ticket.tier)
    calendar = calendar_for(territory.zone_name, territory.city, rules.calendars)
    await alarms.raise_for(session, ticket, territory, calendar)
    await record(session, actor, "ticket.reported", ticket.id, number=ticket.number, channel=told.channel)
    return ticket, True


async def told_before(session: AsyncSession, told: Report) -> Ticket | None:
    known = select(Ticket).where(Ticket.source == told.source, Ticket.reference == told.reference)
    if (ticket := await session.scalar(known)) is not None:
        return ticket
    again = select(Comeback.ticket_id).where(Comeback.source == told.source, Comeback.reference == told.reference)
    return await session.scalar(select(Ticket).where(Ticket.id.in_(again)))


async def home_at(session: AsyncSession, territory: Territory, told: Report) -> Home:
    """The home at that address, made if it is not known yet; a building without coordinates takes those told."""
    community = await known_or_new(session, Community, territory_id=territory.id, name=told.community)
    building = await known_or_new(
        session, Building, community_id=community.id, address=told.address, new={"postcode": told.postcode}
    )
    if building.needs_location:
        building.latitude, building.longitude = told.latitude, told.longitude
    await session.flush()
    if building.needs_location:
        await emit(session, "building.unlocated", building.id)
    return await known_or_new(session, Home, joinedload(Home.building), building_id=building.id, unit=told.unit)


async def known_or_new(
    session: AsyncSession, kind: type[Place], *options: ExecutableOption, new: dict[str, str] | None = None, **key: Any
) -> Place:
    """The row with that key. Two reports of one new address at the same moment make it once, and both go on."""
    query = select(kind).filter_by(**key).options(*options)
    if (known := await session.scalar(query)) is not None:
        return known
    await session.execute(insert(kind).values(**key, **(new or {})).on_conflict_do_nothing())
    return (await session.scalars(query)).one()
