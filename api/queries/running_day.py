"""A published day as it stands: what has really happened on it, and when the rest is to be expected."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, literal, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from api.adapters.roads import travel_matrix
from api.queries.day import Day, load_day
from api.queries.day_problem import points_of, problem_of, seconds
from domain.jobs import UNDER_WAY, Job, JobState, Visit, VisitState
from domain.people import Absence, Technician
from domain.places import Territory
from domain.plans import Plan, PlanState, Route
from scheduler.limits import MAX_SECONDS
from scheduler.problem import Problem
from scheduler.running import RunningDay, Status
from scheduler.solution import BreakResult, RouteResult, Solution, StopResult

STATUS = {
    VisitState.PLANNED: Status.PLANNED,
    VisitState.TRAVELLING: Status.TRAVELLING,
    VisitState.DONE: Status.DONE,
} | dict.fromkeys(UNDER_WAY - {VisitState.TRAVELLING}, Status.STARTED)


@dataclass(frozen=True)
class Standing:
    """`visits` are those of the running plan, by job. `token` changes with whatever a plan must notice."""

    day: Day
    plan: Plan | None
    running: RunningDay
    visits: dict[UUID, Visit]
    token: str


async def published_plan(
    session: AsyncSession, territory_id: UUID, day: date, *and_load: ExecutableOption
) -> Plan | None:
    """With its territory."""
    return await session.scalar(
        select(Plan)
        .where(Plan.territory_id == territory_id, Plan.day == day, Plan.state == PlanState.PUBLISHED)
        .options(joinedload(Plan.territory), *and_load)
    )


async def standing(
    session: AsyncSession, territory: Territory, on: date, osrm_url: str | None, now: datetime
) -> Standing:
    token = await token_of(session, territory.id, on)
    day = await load_day(session, territory, on)
    routes = selectinload(Plan.routes).selectinload(Route.technician)
    plan = await published_plan(session, territory.id, on, routes)
    points = points_of(day)
    problem = problem_of(day, points, await travel_matrix(points, session=session, osrm_url=osrm_url), running=True)
    running, visits = as_it_stands(day, problem, plan.routes if plan else (), now)
    return Standing(day, plan, running, visits, token)


async def token_of(session: AsyncSession, territory_id: UUID, on: date) -> str:
    """Differs whenever a visit, job, technician or absence has: one look at the rows' versions."""
    open_job = Job.state.in_([JobState.WAITING, JobState.PLANNED, JobState.IN_PROGRESS])
    rows = union_all(
        select(Visit.id, Visit.version.label("version"))
        .join(Visit.job)
        .where(Job.territory_id == territory_id, Visit.day == on),
        select(Job.id, Job.version).where(Job.territory_id == territory_id, open_job),
        select(Technician.id, Technician.version).where(Technician.territory_id == territory_id),
        select(Absence.id, literal_column("0"))
        .join(Technician, Technician.id == Absence.technician_id)
        .where(Technician.territory_id == territory_id),
        select(Plan.id, Plan.version).where(
            Plan.territory_id == territory_id, Plan.day == on, Plan.state == PlanState.PUBLISHED
        ),
    ).subquery()
    row = func.concat(rows.c.id, ":", rows.c.version)
    token = await session.scalar(select(func.md5(func.string_agg(row, aggregate_order_by(literal(","), row)))))
    return token or ""


def as_it_stands(
    day: Day, problem: Problem, routes: Sequence[Route], now: datetime
) -> tuple[RunningDay, dict[UUID, Visit]]:
    """Visits of people who are off, and of jobs that no longer belong to this day, stand outside the plan."""
    working, known = {one.id for one in problem.technicians}, {one.id for one in problem.jobs}
    standing = [
        visit
        for visit in day.visits
        if visit.state in STATUS and str(visit.technician_id) in working and str(visit.job_id) in known
    ]
    of: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in sorted(standing, key=lambda visit: visit.starts):
        of[visit.technician_id].append(visit)
    planned = {route.technician_id: route for route in routes}
    plan = Solution(
        format="doorstep.solution/1",
        routes=tuple(
            route_result(day, technician, mine, planned.get(technician), now) for technician, mine in of.items()
        ),
    )
    status = {str(visit.job_id): STATUS[visit.state] for visit in standing if visit.state is not VisitState.PLANNED}
    running = RunningDay(problem, plan, second(day, now), status)
    return running, {visit.job_id: visit for visit in standing}


def route_result(
    day: Day, technician: UUID, visits: Sequence[Visit], route: Route | None, now: datetime
) -> RouteResult:
    stops = tuple(stop_result(day, visit, now) for visit in visits)
    rests = (
        []
        if route is None
        else [(datetime.fromisoformat(r["start"]), datetime.fromisoformat(r["end"])) for r in route.breaks]
    )
    return RouteResult(
        technician=str(technician),
        stops=stops,
        breaks=tuple(BreakResult(second(day, start), second(day, end)) for start, end in rests),
        leaves=stops[0].arrival if route is None else second(day, route.leaves_at),
        returns=stops[-1].end if route is None else second(day, route.returns_at),
    )


def stop_result(day: Day, visit: Visit, now: datetime) -> StopResult:
    """When it was, or, under way, when it is expected to be over: no sooner than now."""
    arrival, start, end = visit.arrives_at, visit.starts, visit.ends
    takes = end - start
    match visit.state:
        case VisitState.TRAVELLING if visit.departed_at:
            arrival = max(visit.departed_at + visit.travel, now)
            start = max(arrival, start) if visit.job.promised_from else arrival
            end = start + takes
        case VisitState.ARRIVED | VisitState.STARTED | VisitState.PAUSED:
            start = visit.started_at or visit.arrived_at or start
            arrival = visit.arrived_at or start
            end = max(start + takes, now)
        case VisitState.DONE:
            start = visit.started_at or visit.arrived_at or start
            arrival, end = visit.arrived_at or start, visit.finished_at or end
    return StopResult(str(visit.job_id), *(second(day, at) for at in (arrival, start, max(start, end))))


def second(day: Day, at: datetime) -> int:
    """On the planner's clock, which knows neither yesterday nor next week."""
    return min(max(0, seconds(day, at)), MAX_SECONDS)
