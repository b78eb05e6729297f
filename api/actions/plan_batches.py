"""Several territories and days asked for in one act, and ended in one."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api.actions import planning
from api.actions.plan_order import UNFINISHED
from api.auth import Person
from domain.errors import Invalid, NotFound
from domain.plans import Plan

MOST_DAYS = 14
MOST_PLANS = 200


async def request_batch(
    session: AsyncSession, territory_ids: Sequence[UUID], first: date, days: int, seconds: float, by: Person
) -> UUID:
    """A plan for each territory's each day from `first` on, all or none. `seconds` are those of each search.

    Raises what `planning.request` raises, and Invalid for too many at once.
    """
    chosen = sorted(set(territory_ids))  # in order, so that no two requests wait for each other's territories
    if not chosen or not 1 <= days <= MOST_DAYS or len(chosen) * days > MOST_PLANS:
        raise Invalid(f"Choose 1 to {MOST_DAYS} days of at least one territory, {MOST_PLANS} plans at most.")
    batch_id = uuid7()
    for territory_id in chosen:
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            await planning.request(session, territory_id, day, seconds, by, batch_id=batch_id)
    return batch_id


async def stop_batch(session: AsyncSession, batch_id: UUID, by: Person) -> None:
    """Every search of it that runs or waits ends with the best that it has: a plan in a second, not none."""
    found = await session.execute(
        select(Plan.id, Plan.territory_id, Plan.state).where(Plan.batch_id == batch_id).order_by(Plan.id)
    )
    mine = [row for row in found if by.sees(row.territory_id)]
    if not mine:
        raise NotFound("There is no such batch of plans.")
    for row in mine:
        if row.state in UNFINISHED:
            await planning.stop(session, row.id, by)
