"""Who is on the telephone: found from the first keys of a number, an address or a name, with what is open there."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from api.auth import Person
from api.queries.tickets import Defect, seen_ticket
from domain.errors import NotFound
from domain.people import Owner, masked
from domain.places import Building, Community, Home
from domain.tickets import Ticket, TicketState

LEAST = 2
"""Letters or digits; with fewer, everybody is alike."""
MOST = 8
PLACE = (Home.id, Community.territory_id, Community.name, Building.address, Home.unit)


class OpenThere(Struct):
    ticket_id: UUID
    number: str
    tier: str
    defect: Defect
    reported_at: datetime


class Caller(Struct):
    """`id` is an owner's or, of somebody who has reported before, that ticket's; None where only the home is known.
    `open` are the home's open tickets, the newest first."""

    id: UUID | None
    name: str
    number: str
    home_id: UUID
    territory_id: UUID
    community: str
    address: str
    unit: str
    open: list[OpenThere]


async def find_callers(session: AsyncSession, typed: str, by: Person) -> list[Caller]:
    """At most MOST; a home alone only where nobody of it was found. Every part of what was typed has to match."""
    parts = typed.split()
    if sum(map(len, parts)) < LEAST:
        return []
    owners = select(Owner.id, Owner.name, Owner.phone, *PLACE).select_from(Owner).join(Owner.home)
    reporters = (
        select(Ticket.id, Ticket.contact_name, Ticket.contact_phone, *PLACE)
        .select_from(Ticket)
        .join(Ticket.home)
        .where(Ticket.contact_name + Ticket.contact_phone != "")
        .order_by(Ticket.id.desc())
    )
    homes = select(null(), literal(""), literal(""), *PLACE).select_from(Home)
    found: dict[tuple[UUID, str], Caller] = {}
    queries: list[tuple[Select[*tuple[Any, ...]], Sequence[InstrumentedAttribute[str]]]] = [
        (owners, (Owner.name, Owner.phone)),
        (reporters, (Ticket.contact_name, Ticket.contact_phone)),
        (homes, ()),
    ]
    for query, of_person in queries:
        query = query.join(Home.building).join(Building.community).where(and_(*(like(one, of_person) for one in parts)))
        if by.territories is not None:
            query = query.where(Community.territory_id.in_(by.territories))
        known = {home_id for home_id, _ in found}
        rows = await session.execute(query.limit(4 * MOST))
        for row_id, name, phone, home_id, territory_id, community, address, unit in rows:
            if row_id is not None or home_id not in known:
                caller = Caller(row_id, name, masked(phone), home_id, territory_id, community, address, unit, [])
                found.setdefault((home_id, re.sub(r"\D", "", phone)[-11:] or name), caller)
    callers = list(found.values())[:MOST]
    there = await open_at(session, {one.home_id for one in callers})
    for one in callers:
        one.open = there[one.home_id]
    return callers


def like(part: str, of_person: Sequence[InstrumentedAttribute[str]]) -> ColumnElement[bool]:
    """`of_person` are a name and a number, which is compared without the signs that people write between digits."""
    columns = [Community.name, Building.address, Home.unit, *of_person[:1]]
    found: list[ColumnElement[bool]] = [column.icontains(part, autoescape=True) for column in columns]
    digits = re.sub(r"[\s()+-]", "", part)
    if of_person and digits.isdecimal():
        found.append(func.regexp_replace(of_person[1], r"[\s()+-]", "", "g").contains(digits, autoescape=True))
    return or_(*found)


async def open_at(session: AsyncSession, homes: set[UUID]) -> dict[UUID, list[OpenThere]]:
    rows = await session.scalars(
        select(Ticket)
        .where(Ticket.home_id.in_(homes), Ticket.state == TicketState.OPEN)
        .options(joinedload(Ticket.defect))
        .order_by(Ticket.id.desc())
    )
    found: dict[UUID, list[OpenThere]] = defaultdict(list)
    for one in rows:
        kind = Defect(one.defect.code, one.defect.name_en, one.defect.name_zh)
        found[one.home_id].append(OpenThere(one.id, one.number, one.tier, kind, one.reported_at))
    return found


async def contact_of(session: AsyncSession, caller_id: UUID, by: Person) -> tuple[str, str]:
    """The name and the whole number of somebody who was found. Raises NotFound, also for others' territories."""
    place = joinedload(Owner.home).joinedload(Home.building).joinedload(Building.community)
    if (owner := await session.get(Owner, caller_id, options=[place])) is None:
        ticket = await seen_ticket(session, by, caller_id)
        return ticket.contact_name, ticket.contact_phone
    if not by.sees(owner.home.building.community.territory_id):
        raise NotFound("There is no such caller.")
    return owner.name, owner.phone
