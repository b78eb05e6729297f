"""The order within plans that were asked for together: a territory's days one after the other.

A job that waits could be done on any of them. So each day waits for the one before it, and leaves alone what that
one's draft serves: all of them can then be published.
"""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.outbox import emit
from api.queries.day import Day
from domain.plans import Plan, PlanState, Route, Stop

UNFINISHED = (PlanState.REQUESTED, PlanState.SOLVING)


async def waits_for_earlier(session: AsyncSession, plan: Plan) -> bool:
    """Whether an earlier day of its batch isn't planned yet."""
    if plan.batch_id is None:
        return False
    earlier = select(
        exists().where(
            Plan.batch_id == plan.batch_id,
            Plan.territory_id == plan.territory_id,
            Plan.day < plan.day,
            Plan.state.in_(UNFINISHED),
        )
    )
    return bool(await session.scalar(earlier))


async def served_earlier(session: AsyncSession, plan: Plan) -> set[UUID]:
    """The jobs that drafts of earlier days of its batch serve. Published ones have taken theirs already."""
    if plan.batch_id is None:
        return set()
    found = await session.scalars(
        select(Stop.job_id)
        .join(Route, Stop.route_id == Route.id)
        .join(Plan, Route.plan_id == Plan.id)
        .where(
            Plan.batch_id == plan.batch_id,
            Plan.territory_id == plan.territory_id,
            Plan.day < plan.day,
            Plan.state == PlanState.DRAFT,
        )
    )
    return set(found)


def without(day: Day, jobs: Collection[UUID]) -> Day:
    return replace(day, jobs=[job for job in day.jobs if job.id not in jobs]) if jobs else day


async def wake_next(session: AsyncSession, plan: Plan) -> None:
    """This day is over, one way or the other: a worker may begin the next one of its batch."""
    if plan.batch_id is None:
        return
    following = await session.scalar(
        select(Plan.id)
        .where(
            Plan.batch_id == plan.batch_id,
            Plan.territory_id == plan.territory_id,
            Plan.day > plan.day,
            Plan.state == PlanState.REQUESTED,
        )
        .order_by(Plan.day)
        .limit(1)
    )
    if following is not None:
        await emit(session, "plan.ready", following, territory_id=plan.territory_id)
