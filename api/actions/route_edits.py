"""Writes what a person, or a repair a person accepted, changed of a published day: visits, routes, and phones."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.publishing import ONE_AT_A_TIME, hold_visits
from api.actions.route_sheets import tell_some
from api.db.day_versions import lock_days
from api.queries.day import Day
from api.queries.running_day import Standing, standing
from domain.errors import Invalid, NotFound
from domain.jobs import GONE, UNDER_WAY, Job, JobState, Visit, VisitState
from domain.places import Territory
from domain.plans import Plan, Route, Stop, Unassigned
from scheduler.solution import RouteResult


async def held_day(
    session: AsyncSession, territory_id: UUID, day: date, osrm_url: str | None, now: datetime
) -> Standing:
    """The day as it stands, which nobody changes until this transaction is over. Raises Invalid without a plan."""
    territory = await session.get(Territory, territory_id, with_for_update=ONE_AT_A_TIME)
    if territory is None:
        raise NotFound("There is no such territory.")
    await lock_days(session, territory_id, [day])
    await hold_visits(session, territory, day)
    stands = await standing(session, territory, day, osrm_url, now)
    if stands.plan is None:
        raise Invalid(f"{day} has no published plan to change. Plan the day and publish it first.")
    if day < now.astimezone(territory.zone).date():
        raise Invalid(f"{day} is over; its visits can't be changed any more.")
    return stands


def live_plan(stands: Standing) -> Plan:
    assert stands.plan is not None  # `held_day` saw to it
    return stands.plan


def write_route(
    session: AsyncSession, stands: Standing, route: RouteResult, *, locked_too: bool = False
) -> list[Visit]:
    """The visits still to come in the technician's `route`, which may be new to them; those that it changed.

    What is begun keeps its technician and time, and is only counted; so is what is locked, unless `locked_too` says
    that it can't be helped: a locked visit that is held up comes later, by the same technician.
    """
    technician_id, day, plan = UUID(route.technician), stands.day, live_plan(stands)
    jobs = {str(job.id): job for job in day.jobs}
    coming = {stop.job for stop in route.stops}
    behind = sorted(
        (v for v in stands.visits.values() if v.technician_id == technician_id and _is_behind(v, coming)),
        key=lambda visit: visit.starts,
    )
    make_room(stands, route, behind)
    changed = []
    legs = legs_of(stands, route.technician, [*(str(visit.job_id) for visit in behind), *(s.job for s in route.stops)])
    for position, stop in enumerate(route.stops, start=len(behind) + 1):
        job = jobs[stop.job]
        visit = stands.visits.get(job.id)
        held_up = locked_too and visit is not None and visit.state is VisitState.PLANNED
        if visit is not None and visit.fixed and not (held_up and visit.technician_id == technician_id):
            visit.position = position
            continue
        before = None if visit is None else (visit.technician_id, visit.starts)
        visit = visit or new_visit(session, job, plan)
        if visit.technician_id != technician_id:
            visit.technician_id, visit.accepted_at = technician_id, None  # the new one hasn't seen it yet
        visit.plan_id, visit.day, visit.position = plan.id, plan.day, position
        visit.arrives_at = at(day, stop.arrival)
        visit.during = Range(at(day, stop.start), at(day, stop.end), bounds="[)")
        visit.travel, visit.travel_m = legs[stop.job]
        job.move(JobState.PLANNED)
        stands.visits[job.id] = visit
        if before != (technician_id, visit.starts):
            changed.append(visit)
    write_times(stands, route, begun=bool(behind))
    return changed


def make_room(stands: Standing, route: RouteResult, behind: Iterable[Visit]) -> None:
    """Who works ahead of the plan is free before the visit under way should end: that visit then stands for the time
    that it really takes, or the database would refuse what comes after it as a double booking."""
    coming = [(at(stands.day, stop.start), at(stands.day, stop.end)) for stop in route.stops]
    for visit in behind:
        if visit.state in UNDER_WAY and any(start < visit.ends and end > visit.starts for start, end in coming):
            visit.during = really(stands, visit)


def really(stands: Standing, visit: Visit) -> Range[datetime]:
    """From when to when a visit under way takes its technician's time, by what phones told; others as planned."""
    if visit.state not in UNDER_WAY:
        return visit.during
    stops = (stop for route in stands.running.plan.routes for stop in route.stops)
    stop = next(stop for stop in stops if stop.job == str(visit.job_id))
    return Range(at(stands.day, stop.start), at(stands.day, stop.end), bounds="[)")


def _is_behind(visit: Visit, coming: Iterable[str]) -> bool:
    return visit.state is not VisitState.PLANNED and str(visit.job_id) not in set(coming)


def new_visit(session: AsyncSession, job: Job, plan: Plan) -> Visit:
    visit = Visit(job=job, state=VisitState.PLANNED, day=plan.day)
    session.add(visit)
    return visit


def legs_of(stands: Standing, technician: str, jobs: list[str]) -> Mapping[str, tuple[timedelta, int]]:
    """The drive to each, one after the other from home."""
    problem = stands.running.problem
    (who,) = (one for one in problem.technicians if one.id == technician)
    place = {job.id: job.location for job in problem.jobs}
    drives = problem.durations_at(who.speed)
    legs = zip(jobs, pairwise([who.start, *(place[job] for job in jobs)]), strict=True)
    return {job: (timedelta(seconds=int(drives[leg])), int(problem.distances[leg])) for job, leg in legs}


def write_times(stands: Standing, result: RouteResult, *, begun: bool) -> None:
    """When the technician leaves, rests and is back: rests that are behind stay."""
    plan, day = live_plan(stands), stands.day
    technician_id, now = UUID(result.technician), at(day, stands.running.now)
    route = next((one for one in plan.routes if one.technician_id == technician_id), None)
    if route is None:
        who = next(one for one, _ in day.duties if one.id == technician_id)
        route = Route(
            technician=who, technician_id=technician_id, breaks=[], leaves_at=at(day, result.leaves), stops=[]
        )
        plan.routes.append(route)
    rested = [rest for rest in route.breaks if datetime.fromisoformat(rest["start"]) < now]
    known = {rest["start"] for rest in rested}
    coming = [{"start": at(day, b.start).isoformat(), "end": at(day, b.end).isoformat()} for b in result.breaks]
    route.breaks = rested + [rest for rest in coming if rest["start"] not in known]
    route.returns_at = at(day, result.returns)
    if not begun and result.stops:
        route.leaves_at = at(day, result.leaves)


async def write_stops(session: AsyncSession, plan: Plan, technicians: Collection[UUID]) -> None:
    routes = {route.technician_id: route.id for route in plan.routes if route.technician_id in technicians}
    found = await session.scalars(
        select(Visit)
        .join(Visit.job)
        .where(Visit.day == plan.day, Visit.technician_id.in_(routes), Visit.state.not_in(GONE))
        .where(Job.territory_id == plan.territory_id)
        .order_by(Visit.technician_id, func.lower(Visit.during))
    )
    visits = found.all()
    left_out = Unassigned.job_id.in_([visit.job_id for visit in visits])
    await session.execute(delete(Unassigned).where(Unassigned.plan_id == plan.id, left_out))
    await session.execute(delete(Stop).where(Stop.route_id.in_(routes.values())))
    for _, mine in groupby(visits, lambda visit: visit.technician_id):
        session.add_all(stop_of(visit, routes[visit.technician_id], number) for number, visit in enumerate(mine, 1))


def stop_of(visit: Visit, route_id: UUID, position: int) -> Stop:
    return Stop(
        route_id=route_id,
        job_id=visit.job_id,
        position=position,
        arrives_at=visit.arrives_at,
        starts_at=visit.starts,
        ends_at=visit.ends,
        travel=visit.travel,
        travel_m=visit.travel_m,
    )


async def tell(session: AsyncSession, stands: Standing, technicians: Iterable[UUID]) -> None:
    """Their phones, through the feed; and whoever looks at the published plan sees their days as they are now."""
    plan, whose = live_plan(stands), set(technicians)
    await session.flush()
    await write_stops(session, plan, whose)
    await tell_some(session, plan, plan.routes, whose)


def at(day: Day, second: int) -> datetime:
    return day.origin + timedelta(seconds=second)
