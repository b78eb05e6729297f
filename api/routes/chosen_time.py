"""A time that is chosen, at the desk or by the owner: what is sent, what is allowed, and what a refusal brings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from api.actions.bookings.rules import BookingRules
from api.auth import Person
from api.db.engine import Database
from api.queries.slots import offers as queries
from api.queries.slots.open_days import OpenDays
from api.routes.given import Aware
from api.settings import Settings
from domain.day_slots import Slot
from domain.errors import SlotTaken


class ChosenTime(Struct, forbid_unknown_fields=True):
    """One of the job's offers, as it was offered."""

    opens: Aware
    closes: Aware

    @property
    def slot(self) -> Slot:
        return Slot(self.opens, self.closes)


class Cancellation(Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=500)] = ""


def rules(settings: Settings) -> BookingRules:
    return BookingRules(
        days=settings.slot_days,
        hold=timedelta(minutes=settings.hold_minutes),
        notice=timedelta(hours=settings.late_cancel_hours),
    )


@asynccontextmanager
async def next_offers(
    database: Database, open_days: OpenDays, settings: Settings, by: Person, job_id: UUID
) -> AsyncIterator[None]:
    """Who is too late for one time is told the others with the refusal."""
    try:
        yield
    except SlotTaken as taken:
        now = await queries.offers(database, open_days, job_id, by, settings.slot_days)
        taken.offers = now.days
        raise
