"""An owner chooses, moves and cancels the time of their own ticket's visit, as the desk does for callers.

The first choice needs the link alone. Whoever has come by a link that was passed on must not take away a time that is
booked: for that the ticket's number has to be proven.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.bookings.book import book
from api.actions.bookings.cancel import cancel
from api.actions.bookings.holds import hold, release
from api.actions.bookings.rules import BookingRules
from api.actions.bookings.standing import standing_booking
from api.auth import OpenedLink, Person
from api.queries.owner_ticket import job_to_do
from api.queries.slots.open_days import OpenDays
from domain.bookings import Booking, Hold
from domain.day_slots import Slot
from domain.errors import NumberNotProven

PROVE = "First type the code that is sent to your phone: a time is booked already."


async def hold_time(
    session: AsyncSession, open_days: OpenDays, rules: BookingRules, slot: Slot, opened: OpenedLink, by: Person
) -> Hold:
    return await hold(session, open_days, rules, await job_to_do(session, opened.ticket_id), slot, by)


async def let_time_go(session: AsyncSession, opened: OpenedLink, by: Person) -> None:
    await release(session, await job_to_do(session, opened.ticket_id), by)


async def choose_time(
    session: AsyncSession, open_days: OpenDays, rules: BookingRules, slot: Slot, opened: OpenedLink, by: Person
) -> Booking:
    """As `book`. Raises NumberNotProven where another time is booked."""
    job_id = await job_to_do(session, opened.ticket_id)
    standing = await standing_booking(session, job_id)
    if standing is not None and Slot(standing.opens, standing.closes) != slot and not opened.proven:
        raise NumberNotProven(PROVE)
    return await book(session, open_days, rules, job_id, slot, by)


async def cancel_time(
    session: AsyncSession, rules: BookingRules, reason: str, opened: OpenedLink, by: Person
) -> Booking:
    """As `cancel`. Raises NumberNotProven."""
    job_id = await job_to_do(session, opened.ticket_id)
    if not opened.proven:
        raise NumberNotProven(PROVE)
    return await cancel(session, rules, job_id, reason, by)
