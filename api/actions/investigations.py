"""Tickets that a person holds for one cause's: linked into one investigation, or taken out of it again."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.auth import Person
from api.db.trail import record
from api.queries.tickets import WITH_PLACE
from domain.common_causes import load_causes
from domain.errors import IllegalMove, Invalid, NotFound
from domain.investigations import Investigation
from domain.tickets import Ticket


async def link(session: AsyncSession, ticket_id: UUID, other_id: UUID, cause: str, by: Person) -> Investigation:
    """Both are in one investigation from now on: the one that there is, a new one, or the older of two.

    Raises Invalid, NotFound.
    """
    if cause not in (known := [one.code for one in load_causes()]):
        raise Invalid(f"There is no cause {cause!r}. Known: {', '.join(known)}.")
    if ticket_id == other_id:
        raise Invalid("A ticket is linked with another one.")
    tickets = await locked(session, {ticket_id, other_id}, by)
    there = sorted({ticket.investigation_id for ticket in tickets} - {None}, key=str)  # UUIDv7: the older first
    if there:
        investigation = await session.get_one(Investigation, there[0])
    else:
        investigation = Investigation(cause=cause, opened_at=clock.now(), opened_by=by.actor)
        session.add(investigation)
        await session.flush()
    moved = update(Ticket).where(Ticket.investigation_id.in_(there[1:]))
    await session.execute(moved.values(investigation_id=investigation.id))
    for ticket in tickets:
        ticket.investigation_id = investigation.id
    numbers = [ticket.number for ticket in tickets]
    await record(session, by.actor, "ticket.linked", ticket_id, tickets=numbers, investigation=str(investigation.id))
    return investigation


async def unlink(session: AsyncSession, ticket_id: UUID, by: Person) -> None:
    """Whoever is left alone is investigated together with nobody. Raises NotFound, IllegalMove."""
    (ticket,) = await locked(session, {ticket_id}, by)
    left = ticket.investigation_id
    if left is None:
        raise IllegalMove(f"Ticket {ticket.number} is linked with no other.")
    ticket.investigation_id = None
    await session.flush()
    others = (await session.scalars(select(Ticket).where(Ticket.investigation_id == left).with_for_update())).all()
    if len(others) == 1:
        others[0].investigation_id = None
    await record(session, by.actor, "ticket.unlinked", ticket_id, investigation=str(left))


async def locked(session: AsyncSession, ids: set[UUID], by: Person) -> list[Ticket]:
    """In the order of their ids, so that two people who link the same tickets don't wait for each other."""
    query = select(Ticket).where(Ticket.id.in_(ids)).options(*WITH_PLACE).order_by(Ticket.id).with_for_update(of=Ticket)
    found = [one for one in await session.scalars(query) if by.sees(one.home.building.community.territory_id)]
    if len(found) != len(ids):
        raise NotFound("There is no such ticket.")
    return found
