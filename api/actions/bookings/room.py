"""Whether a slot has room for a job, as the planner proves it: once to spare others the wait, once for certain."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.db.day_versions import lock_days
from api.queries.slots.asked import AskedJob
from api.queries.slots.filled_day import FilledDay
from api.queries.slots.open_days import OpenDays
from domain.errors import SlotTaken

Proof = TypeVar("Proof")


async def proven(
    session: AsyncSession,
    open_days: OpenDays,
    asked: AskedJob,
    day: date,
    prove: Callable[[FilledDay], Proof | None],
    locked: Iterable[date],
) -> tuple[FilledDay, Proof]:
    """The proof, on the day as it stands while the `locked` days are this transaction's. Raises SlotTaken if there is
    none; who comes too late is told so without waiting for the lock."""
    await _prove(open_days, asked, day, prove)
    await lock_days(session, asked.territory.id, locked)
    return await _prove(open_days, asked, day, prove)


async def _prove(
    open_days: OpenDays, asked: AskedJob, day: date, prove: Callable[[FilledDay], Proof | None]
) -> tuple[FilledDay, Proof]:
    (filled,) = await open_days.ready(asked.territory, [day], asked.place)
    if (proof := prove(filled)) is None:
        raise SlotTaken("This time has just been taken. Choose another.")
    return filled, proof
