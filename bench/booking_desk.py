"""A booking desk without HTTP: offers, holds and bookings by the actions that routes call, in one event loop."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from api.actions.bookings.book import book
from api.actions.bookings.cancel import cancel
from api.actions.bookings.holds import hold
from api.actions.bookings.rules import BookingRules
from api.db.engine import Database
from api.queries.slots.offers import DayOffers, OffersView, offers
from api.queries.slots.open_days import OpenDays
from domain.bookings import Booking, Hold
from domain.day_slots import Slot
from domain.jobs import GONE, Job, Visit

T = TypeVar("T")
RULES = BookingRules(days=5, hold=timedelta(minutes=10), notice=timedelta(hours=24))


class BookingDesk:
    """One process's view: its open days are kept from one call to the next."""

    def __init__(self, database: Database, rules: BookingRules = RULES) -> None:
        self.database, self.rules = database, rules
        self.open_days = OpenDays(database, None)

    async def offers(self, job_id: UUID) -> list[DayOffers]:
        return (await self.offered(job_id)).days

    async def offered(self, job_id: UUID) -> OffersView:
        return await offers(self.database, self.open_days, job_id, None, self.rules.days)

    async def hold(self, job_id: UUID, slot: Slot) -> Hold:
        return await self.database.write(hold, self.open_days, self.rules, job_id, slot)

    async def book(self, job_id: UUID, slot: Slot) -> Booking:
        return await self.database.write(book, self.open_days, self.rules, job_id, slot)

    async def cancel(self, job_id: UUID, reason: str = "") -> Booking:
        return await self.database.write(cancel, self.rules, job_id, reason)

    async def all(self, kind: type[T]) -> Sequence[T]:
        async with self.database.read() as session:
            return (await session.scalars(select(kind))).all()

    async def visit(self, job_id: UUID) -> Visit | None:
        async with self.database.read() as session:
            return await session.scalar(select(Visit).where(Visit.job_id == job_id, Visit.state.not_in(GONE)))

    async def job(self, job_id: UUID) -> Job:
        async with self.database.read() as session:
            return await session.get_one(Job, job_id)


def slots_of(days: Sequence[DayOffers]) -> list[Slot]:
    return [Slot(offer.opens, offer.closes) for day in days for offer in day.offers]
