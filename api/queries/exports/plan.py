"""A day's plan as a list: each technician's stops in order, then the jobs that are left out and why."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.adapters.sheets import Table, Value
from domain.errors import NotFound
from domain.jobs import Job
from domain.places import Building, Home, Territory
from domain.plans import Plan, PlanState, Route, Stop, Unassigned
from domain.tickets import Ticket
from scheduler.reasons import REASONS

COLUMNS = (
    "day", "territory", "plan_version", "plan_state", "technician_code", "technician", "stop", "arrives_at",
    "starts_at", "ends_at", "travel_minutes", "travel_km", "ticket", "tier", "defect", "community", "address", "unit",
    "due", "promised_from", "promised_to", "late", "left_out_because", "zone",
)  # fmt: skip


async def plan_table(session: AsyncSession, territory: Territory | None, day: date) -> Table:
    """Each territory's published plan, or its newest draft. Raises NotFound where there is neither."""
    place = joinedload(Job.ticket).options(
        joinedload(Ticket.defect),
        joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community),
    )
    query = (
        select(Plan)
        .where(Plan.day == day, Plan.state.in_([PlanState.PUBLISHED, PlanState.DRAFT]), Plan.variant.is_(None))
        .options(
            joinedload(Plan.territory),
            selectinload(Plan.routes).options(
                joinedload(Route.technician), selectinload(Route.stops).joinedload(Stop.job).options(place)
            ),
            selectinload(Plan.unassigned).joinedload(Unassigned.job).options(place),
        )
        .order_by(Plan.version)
    )
    if territory is not None:
        query = query.where(Plan.territory_id == territory.id)
    best: dict[UUID, Plan] = {}
    for plan in sorted(await session.scalars(query), key=lambda plan: plan.state is PlanState.PUBLISHED):
        best[plan.territory_id] = plan
    if not best:
        raise NotFound(f"There is no plan of {day} to export.")
    plans = sorted(best.values(), key=lambda plan: plan.territory.name)
    return Table(f"plan {day}", COLUMNS, [row for plan in plans for row in rows(plan)])


def rows(plan: Plan) -> Iterator[list[Value]]:
    zone = plan.territory.zone
    head: list[Value] = [plan.day, plan.territory.name, plan.version, plan.state.value]
    for route in sorted(plan.routes, key=lambda route: route.technician.code):
        for stop in route.stops:
            yield [
                *head,
                route.technician.code,
                route.technician.name,
                stop.position,
                *(at.astimezone(zone) for at in (stop.arrives_at, stop.starts_at, stop.ends_at)),
                round(stop.travel.total_seconds() / 60),
                round(stop.travel_m / 1000, 1),
                *work(stop.job, plan),
                stop.starts_at > stop.job.due,
                None,
                zone.key,
            ]
    for left in plan.unassigned:
        why = REASONS[left.reason].en if left.reason in REASONS else left.reason
        yield [*head, *[None] * 8, *work(left.job, plan), None, why, zone.key]


def work(job: Job, plan: Plan) -> list[Value]:
    """From ticket to promised_to."""
    building, zone = job.ticket.home.building, plan.territory.zone
    times = (job.due, job.promised_from, job.promised_to)
    return [
        job.ticket.number,
        job.tier.value,
        job.ticket.defect.name_en,
        building.community.name,
        building.address,
        job.ticket.home.unit,
        *(at and at.astimezone(zone) for at in times),
    ]
