"""Repairs at a home that are still watched: which ticket the same fault would open again, said before the report."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.auth import Person
from api.queries.tickets import Defect
from domain.errors import NotFound
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket, TicketState
from domain.watch import watch_of


class WatchedRepair(Struct):
    """`same` are the codes of the defects that open the ticket again."""

    number: str
    defect: Defect
    same: list[str]
    repaired_at: datetime


async def watched_at(session: AsyncSession, home_id: UUID, territory: Territory) -> list[WatchedRepair]:
    """The latest repair first: of several with the same fault, that is the one which opens again."""
    now = clock.now()
    found = await session.scalars(
        select(Ticket)
        .where(
            Ticket.home_id == home_id,
            Ticket.state == TicketState.CLOSED,
            Ticket.watched_until >= now.astimezone(territory.zone).date(),
            Ticket.repaired_at <= now,
        )
        .options(joinedload(Ticket.defect))
        .order_by(Ticket.repaired_at.desc())
    )
    return [
        WatchedRepair(
            one.number,
            Defect(one.defect.code, one.defect.name_en, one.defect.name_zh),
            sorted(watch_of(one.defect_code).defects | {one.defect_code}),
            one.repaired_at,
        )
        for one in found
        if one.repaired_at is not None
    ]


async def watched_where(
    session: AsyncSession, by: Person, territory_id: UUID, community: str, address: str, unit: str
) -> list[WatchedRepair]:
    """Of the home that a report with these words would be of; none where it is not known yet.

    Raises NotFound for a territory that this person doesn't see.
    """
    territory = await session.get(Territory, territory_id)
    if territory is None or not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    home_id = await session.scalar(
        select(Home.id)
        .join(Home.building)
        .join(Building.community)
        .where(
            Community.territory_id == territory_id,
            Community.name == community,
            Building.address == address,
            Home.unit == unit,
        )
    )
    return await watched_at(session, home_id, territory) if home_id is not None else []
