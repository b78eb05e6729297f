"""Somebody of ours has spoken with the owner: the contact clock stops."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.pauses import locked
from api.auth import Person
from api.db.trail import record
from domain.errors import IllegalMove
from domain.tickets import Ticket, TicketState


async def spoke(session: AsyncSession, ticket_id: UUID, by: Person) -> None:
    """The desk did, now. Told again it changes nothing. Raises NotFound, IllegalMove if the ticket is over."""
    ticket = await locked(session, ticket_id, by)
    if ticket.state is not TicketState.OPEN:
        raise IllegalMove(f"Ticket {ticket.number} is {ticket.state}; its clocks don't run.")
    if ticket.contacted_at is None:
        ticket.contacted(clock.now())
        await record(session, by.actor, "owner.contacted", ticket_id)


async def agreed(session: AsyncSession, ticket_id: UUID, at: datetime) -> None:
    """On a time, or a price: whichever way, the owner has an answer. One statement, so that no lock is held for it."""
    unheard = (Ticket.id == ticket_id) & Ticket.contacted_at.is_(None)
    await session.execute(update(Ticket).where(unheard).values(contacted_at=at))
