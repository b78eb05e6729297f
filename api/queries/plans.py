"""Plans as the desk sees them: who goes where, what is left out and why."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload, selectinload, undefer

from api.auth import Person
from api.queries.day_problem import SECOND
from api.queries.tickets import Defect
from domain.errors import NotFound
from domain.jobs import Job
from domain.people import Technician
from domain.places import Home
from domain.plans import Plan, Route, Stop, Unassigned
from domain.tickets import Ticket
from scheduler.reasons import REASONS


class PlanHead(Struct):
    id: UUID
    territory_id: UUID
    territory: str
    day: date
    version: int
    state: str
    requested_at: datetime
    published_at: datetime | None
    failure: str | None
    warnings: list[str]
    cost: int | None
    terms: dict[str, Any] | None
    variant: dict[str, Any] | None = None
    """A "what if": how its day was made different. Such a plan can't be published."""
    batch_id: UUID | None = None


class StopView(Struct):
    job_id: UUID
    ticket_id: UUID
    ticket_number: str
    position: int
    tier: str
    defect: Defect
    address: str
    unit: str
    latitude: float | None
    longitude: float | None
    due: datetime
    promised_from: datetime | None
    promised_to: datetime | None
    arrives_at: datetime
    starts_at: datetime
    ends_at: datetime
    travel_s: int
    travel_m: int

    @property
    def late(self) -> bool:
        return self.starts_at > self.due


class RouteView(Struct):
    technician_id: UUID
    technician: str
    skills: list[str]
    leaves_at: datetime
    returns_at: datetime
    breaks: list[dict[str, Any]]
    stops: list[StopView]
    extra: bool = False
    """Of a technician who is only in a what-if, like the one that is named."""


class LeftOut(Struct):
    """`reason` is the planner's code, `why` its sentence, `detail` what it found when it tried, by people's names."""

    job_id: UUID
    ticket_number: str
    tier: str
    defect: Defect
    address: str
    reason: str
    why_en: str
    why_zh: str
    detail: dict[str, Any]
    promised_from: datetime | None = None
    promised_to: datetime | None = None


class PlanView(Struct):
    plan: PlanHead
    zone: str
    jobs: int
    served: int
    late: int
    travel_s: int
    routes: list[RouteView]
    unassigned: list[LeftOut]
    curve: list[list[float]] = []
    """How the cost fell while it was searched for: [seconds, cost]."""


async def list_plans(
    session: AsyncSession, by: Person, territory_id: UUID | None, day: date | None, limit: int, variants: bool = False
) -> list[PlanHead]:
    """Newest first; what-ifs among them only if `variants`."""
    query = (
        select(Plan).options(joinedload(Plan.territory), defer(Plan.snapshot))
        .order_by(Plan.requested_at.desc()).limit(limit)
    )  # fmt: skip
    if by.territories is not None:
        query = query.where(Plan.territory_id.in_(by.territories))
    if not variants:
        query = query.where(Plan.variant.is_(None))
    if territory_id is not None:
        query = query.where(Plan.territory_id == territory_id)
    if day is not None:
        query = query.where(Plan.day == day)
    return [head(plan) for plan in await session.scalars(query)]


async def show_plan(session: AsyncSession, by: Person | None, plan_id: UUID) -> PlanView:
    place = joinedload(Job.ticket).joinedload(Ticket.home).joinedload(Home.building)
    defect = joinedload(Job.ticket).joinedload(Ticket.defect)
    plan = await session.get(
        Plan,
        plan_id,
        options=[
            joinedload(Plan.territory),
            defer(Plan.snapshot),
            selectinload(Plan.routes).options(
                joinedload(Route.technician),
                selectinload(Route.stops).joinedload(Stop.job).options(place, defect),
            ),
            selectinload(Plan.unassigned).joinedload(Unassigned.job).options(place, defect),
        ],
    )
    if plan is None or (by and not by.sees(plan.territory_id)):
        raise NotFound("There is no such plan.")
    routes = sorted((route_view(route) for route in plan.routes), key=lambda route: route.technician)
    stops = [stop for route in routes for stop in route.stops]
    names = {str(stop.job_id): stop.ticket_number for stop in stops}
    names |= {str(left.job_id): left.job.ticket.number for left in plan.unassigned}
    team = await session.execute(
        select(Technician.id, Technician.name).where(Technician.territory_id == plan.territory_id)
    )
    for technician_id, name in team:
        names |= {str(technician_id): name, f"{technician_id}{SECOND}": f"{name} +1"}
    return PlanView(
        plan=head(plan),
        zone=plan.territory.zone_name,
        jobs=len(stops) + len(plan.unassigned),
        served=len(stops),
        late=sum(stop.late for stop in stops),
        travel_s=int((plan.terms or {}).get("travel_s", 0)),
        routes=routes,
        unassigned=[left_out(left, names) for left in plan.unassigned],
        curve=plan.curve,
    )


async def plan_file(session: AsyncSession, by: Person | None, plan_id: UUID, which: str) -> bytes:
    """What the planner was given (`problem`) or answered (`solution`): gzipped JSON."""
    column = {"problem": Plan.problem, "solution": Plan.solution}[which]
    plan = await session.get(Plan, plan_id, options=[undefer(column)])
    content: bytes | None = getattr(plan, which) if plan else None
    if plan is None or (by and not by.sees(plan.territory_id)) or content is None:
        raise NotFound(f"There is no {which} of such a plan.")
    return content


def head(plan: Plan) -> PlanHead:
    return PlanHead(
        id=plan.id,
        territory_id=plan.territory_id,
        territory=plan.territory.name,
        day=plan.day,
        version=plan.version,
        state=plan.state,
        requested_at=plan.requested_at,
        published_at=plan.published_at,
        failure=plan.failure,
        warnings=plan.warnings,
        cost=plan.cost,
        terms=plan.terms,
        variant=plan.variant,
        batch_id=plan.batch_id,
    )


def route_view(route: Route) -> RouteView:
    return RouteView(
        technician_id=route.technician_id,
        technician=route.technician.name,
        skills=route.technician.skills,
        leaves_at=route.leaves_at,
        returns_at=route.returns_at,
        breaks=route.breaks,
        stops=[stop_view(stop) for stop in route.stops],
        extra=route.extra,
    )


def stop_view(stop: Stop) -> StopView:
    job, ticket, home = stop.job, stop.job.ticket, stop.job.ticket.home
    return StopView(
        job_id=job.id,
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        position=stop.position,
        tier=job.tier,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        address=home.building.address,
        unit=home.unit,
        latitude=home.building.latitude,
        longitude=home.building.longitude,
        due=job.due,
        promised_from=job.promised_from,
        promised_to=job.promised_to,
        arrives_at=stop.arrives_at,
        starts_at=stop.starts_at,
        ends_at=stop.ends_at,
        travel_s=int(stop.travel.total_seconds()),
        travel_m=stop.travel_m,
    )


def left_out(left: Unassigned, names: dict[str, str]) -> LeftOut:
    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value]
        return names.get(value, value) if isinstance(value, str) else value

    ticket = left.job.ticket
    return LeftOut(
        job_id=left.job_id,
        ticket_number=ticket.number,
        tier=left.job.tier,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        address=ticket.home.building.address,
        reason=left.reason,
        why_en=REASONS[left.reason].en,
        why_zh=REASONS[left.reason].zh,
        detail={key: named(value) for key, value in left.detail.items()},
        promised_from=left.job.promised_from,
        promised_to=left.job.promised_to,
    )
