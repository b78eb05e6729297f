"""A time is held for an owner who still thinks, and let go."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.bookings.room import proven
from api.actions.bookings.rules import BookingRules
from api.auth import Person
from api.db.day_versions import count_change
from api.queries.slots.asked import asked_job
from api.queries.slots.open_days import OpenDays
from domain.bookings import Hold, check_may_choose
from domain.day_slots import Slot


async def hold(
    session: AsyncSession, open_days: OpenDays, rules: BookingRules, job_id: UUID, slot: Slot, by: Person | None = None
) -> Hold:
    """In place of the job's earlier hold, if it had one. Raises SlotTaken where no room is left, Invalid for a time
    that may not be chosen, IllegalMove for a job that needs none."""
    now = clock.now()
    asked = await asked_job(session, job_id, by, now)
    check_may_choose(asked.job, asked.visit)
    day = asked.day_of(slot, asked.days(now, rules.days))
    touched = {day, *([asked.hold.day] if asked.hold else [])}
    await proven(session, open_days, asked, day, lambda filled: filled.offers(asked, [slot]) or None, touched)
    held = await let_go(session, job_id)
    if held is not None and held != day:
        await count_change(session, asked.territory.id, held)
    wanted = Hold(
        job_id=job_id,
        territory_id=asked.territory.id,
        day=day,
        opens=slot.opens,
        closes=slot.closes,
        until=now + rules.hold,
    )
    session.add(wanted)
    await count_change(session, asked.territory.id, day)
    return wanted


async def release(session: AsyncSession, job_id: UUID, by: Person | None = None) -> None:
    """Nothing happens where nothing is held."""
    asked = await asked_job(session, job_id, by, clock.now())
    held = await let_go(session, job_id)
    if held is not None:
        await count_change(session, asked.territory.id, held)


async def let_go(session: AsyncSession, job_id: UUID) -> date | None:
    """The day on which something was held."""
    return await session.scalar(delete(Hold).where(Hold.job_id == job_id).returning(Hold.day))


async def forget_expired(session: AsyncSession, now: datetime) -> None:
    """They count for nothing any more; this only takes away the rows."""
    await session.execute(delete(Hold).where(Hold.until <= now))
