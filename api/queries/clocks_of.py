"""The three clocks of tickets, each with its state as the day stands now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock_pauses import ClockPause
from domain.jeopardy import clock_state
from domain.tickets import Ticket


class ClockNow(Struct):
    """`state` is one of `domain.jeopardy.ClockState`; `planned` is when a visit is expected to meet it."""

    state: str
    due: datetime
    met_at: datetime | None
    planned: datetime | None


class Clocks(Struct):
    contact: ClockNow
    attend: ClockNow
    repair: ClockNow


async def clocks_of(
    session: AsyncSession,
    tickets: Sequence[Ticket],
    expected: Mapping[UUID, tuple[datetime, datetime]],
    now: datetime,
) -> dict[UUID, Clocks]:
    """`expected` are a visit's start and end by ticket. Of several jobs of one ticket, any."""
    ids = {ticket.id for ticket in tickets}
    paused = set(
        await session.scalars(
            select(ClockPause.ticket_id).where(ClockPause.ticket_id.in_(ids), ClockPause.ends.is_(None))
        )
    )
    return {ticket.id: clocks(ticket, expected.get(ticket.id), ticket.id in paused, now) for ticket in tickets}


def clocks(ticket: Ticket, expected: tuple[datetime, datetime] | None, paused: bool, now: datetime) -> Clocks:
    starts, ends = expected or (None, None)

    def clock(due: datetime, met_at: datetime | None, planned: datetime | None, paused: bool) -> ClockNow:
        state = clock_state(began=ticket.clocks_from, due=due, met_at=met_at, now=now, planned=planned, paused=paused)
        return ClockNow(state, due, met_at, planned)

    return Clocks(
        contact=clock(ticket.contact_due, ticket.contacted_at, None, False),
        attend=clock(ticket.attend_due, ticket.attended_at, starts, paused),
        repair=clock(ticket.repair_due, ticket.repaired_at, ends, paused),
    )
