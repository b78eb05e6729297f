"""The times an owner may choose from now: each proven by the planner, the cheapest of a day marked."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.auth import Person
from api.db.engine import Database
from api.queries.slots.asked import asked_job
from api.queries.slots.open_days import OpenDays
from domain.bookings import Booking, Hold, check_may_choose
from domain.day_slots import Slot
from scheduler.slots import Offer


class OfferView(Struct):
    """The visit starts from `opens` to `closes`. `price` is what it adds to the day's cost, in seconds of driving;
    `cheapest` of its day: a technician is nearby."""

    opens: datetime
    closes: datetime
    price: int
    cheapest: bool


class DayOffers(Struct):
    day: date
    offers: list[OfferView]
    """By time of day; none where nobody can come."""


class HoldView(Struct):
    opens: datetime
    closes: datetime
    until: datetime


class BookingView(Struct):
    """`ended` is moved or cancelled; without it, it stands."""

    opens: datetime
    closes: datetime
    booked_at: datetime
    booked_by: str
    ended: str | None
    ended_at: datetime | None
    late: bool
    reason: str


class OffersView(Struct):
    """`promised` is the time that is booked, and stays so until another one is."""

    job_id: UUID
    zone: str
    days: list[DayOffers]
    held: HoldView | None
    promised: Slot | None


async def offers(
    database: Database, open_days: OpenDays, job_id: UUID, by: Person | None, days_ahead: int
) -> OffersView:
    """Raises IllegalMove for a job that needs no time, Invalid for one whose place nobody knows."""
    now = clock.now()
    async with database.read() as session:
        asked = await asked_job(session, job_id, by, now)
    check_may_choose(asked.job, asked.visit)
    place, days = asked.place, asked.days(now, days_ahead)
    filled = await open_days.ready(asked.territory, days, place)
    promised = asked.job.promised_at(now)
    return OffersView(
        job_id=job_id,
        zone=asked.territory.zone_name,
        days=[DayOffers(one.day.day, views(one.offers(asked, asked.slots(one.day.day)))) for one in filled],
        held=hold_view(asked.hold) if asked.hold else None,
        promised=Slot(*promised) if promised else None,
    )


def views(found: Sequence[tuple[Slot, Offer]]) -> list[OfferView]:
    """`found` has the cheapest first."""
    by_time = sorted(enumerate(found), key=lambda one: one[1][0])
    return [OfferView(slot.opens, slot.closes, offer.price, rank == 0) for rank, (slot, offer) in by_time]


def hold_view(hold: Hold) -> HoldView:
    return HoldView(hold.opens, hold.closes, hold.until)


def booking_view(booking: Booking) -> BookingView:
    return BookingView(
        opens=booking.opens,
        closes=booking.closes,
        booked_at=booking.booked_at,
        booked_by=booking.booked_by,
        ended=booking.ended,
        ended_at=booking.ended_at,
        late=booking.late,
        reason=booking.reason,
    )


async def list_bookings(session: AsyncSession, job_id: UUID, by: Person | None) -> list[BookingView]:
    """All there were, the newest first."""
    await asked_job(session, job_id, by, clock.now())
    rows = await session.scalars(select(Booking).where(Booking.job_id == job_id).order_by(Booking.id.desc()))
    return [booking_view(booking) for booking in rows]
