"""Plans that were asked for together: several days, several territories, and how far each is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload

from api.auth import Person
from api.queries.plans import PlanHead, head
from domain.errors import NotFound
from domain.plans import Plan, Route, Stop, Unassigned

FEW = 20


class BatchPlan(Struct):
    """`jobs` and `served` once it has a result."""

    plan: PlanHead
    jobs: int
    served: int


class BatchView(Struct):
    id: UUID
    asked_at: datetime
    plans: list[BatchPlan]
    """By territory, then day."""


async def show_batch(session: AsyncSession, by: Person, batch_id: UUID) -> BatchView:
    plans = await batch_plans(session, by, [batch_id])
    if not plans:
        raise NotFound("There is no such batch of plans.")
    return await view(session, batch_id, plans)


async def list_batches(session: AsyncSession, by: Person) -> list[BatchView]:
    """The newest few."""
    asked_at = func.max(Plan.requested_at)
    newest = select(Plan.batch_id).where(Plan.batch_id.is_not(None)).group_by(Plan.batch_id).order_by(asked_at.desc())
    if by.territories is not None:
        newest = newest.where(Plan.territory_id.in_(by.territories))
    ids = [batch_id for batch_id in await session.scalars(newest.limit(FEW)) if batch_id is not None]
    plans = await batch_plans(session, by, ids)
    return [await view(session, one, [plan for plan in plans if plan.batch_id == one]) for one in ids]


async def batch_plans(session: AsyncSession, by: Person, batch_ids: Sequence[UUID]) -> list[Plan]:
    query = select(Plan).where(Plan.batch_id.in_(batch_ids)).options(joinedload(Plan.territory), defer(Plan.snapshot))
    plans = [plan for plan in await session.scalars(query) if by.sees(plan.territory_id)]
    return sorted(plans, key=lambda plan: (plan.territory.name, plan.day))


async def view(session: AsyncSession, batch_id: UUID, plans: Sequence[Plan]) -> BatchView:
    ids = [plan.id for plan in plans]
    stops = select(Route.plan_id, func.count()).join(Stop, Stop.route_id == Route.id).where(Route.plan_id.in_(ids))
    left = select(Unassigned.plan_id, func.count()).where(Unassigned.plan_id.in_(ids)).group_by(Unassigned.plan_id)
    served = await counts(session, stops.group_by(Route.plan_id))
    unserved = await counts(session, left)
    return BatchView(
        id=batch_id,
        asked_at=min(plan.requested_at for plan in plans),
        plans=[
            BatchPlan(head(plan), served.get(plan.id, 0) + unserved.get(plan.id, 0), served.get(plan.id, 0))
            for plan in plans
        ],
    )


async def counts(session: AsyncSession, query: Select[UUID, int]) -> dict[UUID, int]:
    return {row[0]: row[1] for row in await session.execute(query)}
