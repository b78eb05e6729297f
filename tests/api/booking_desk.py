"""Bookings as tests make them: a desk on the town's database, and jobs by house."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from town import Town

from api.actions.bookings.rules import BookingRules
from api.db.engine import Database
from bench.booking_desk import RULES, BookingDesk
from domain.jobs import Job

T = TypeVar("T")


def at_desk(town: Town, work: Callable[[BookingDesk], Awaitable[T]], rules: BookingRules = RULES) -> T:
    async def go(database: Database) -> T:
        return await work(BookingDesk(database, rules))

    return town.run(go)


def job_at(town: Town, where: int, defect: str = "light-fitting", **told: Any) -> UUID:
    """A reported defect's job."""
    ticket_id = town.report(defect, where=where, **told)

    async def find(database: Database) -> UUID:
        async with database.read() as session:
            return (await session.scalars(select(Job.id).where(Job.ticket_id == ticket_id))).one()

    return town.run(find)
