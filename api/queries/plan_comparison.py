"""Two plans of one day side by side: what each serves, drives, works over time and promises, and who moves."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.auth import Person
from api.queries.plans import LeftOut, PlanHead, PlanView, RouteView, StopView, show_plan
from domain.errors import Invalid
from domain.people import Technician
from domain.priorities import priorities

SAME_TIME = timedelta(minutes=1)
"""A start that differs by less is the same to everybody concerned."""


class TierCount(Struct):
    tier: str
    jobs: int
    served: int


class Side(Struct):
    """One of the plans in numbers. `travel_s` is all driving with the ways home, `overtime_s` what is worked after
    the ends of shifts, with the overtime that a what-if allows. Promises are those of that day."""

    plan: PlanHead
    tiers: list[TierCount]
    late: int
    technicians: int
    travel_s: int
    travel_m: int
    overtime_s: int
    promises: int
    promises_kept: int


class Given(Struct):
    """Who comes, and when; `extra` is somebody who is only in a what-if, like the one that is named."""

    technician_id: UUID
    technician: str
    extra: bool
    starts_at: datetime


class JobMove(Struct):
    """`change`: technician, time, added (only the second plan serves it), dropped (only the first does).
    `promise` is what the second makes of the owner's promised time: kept, broken, or None where there is none."""

    job_id: UUID
    ticket_number: str
    tier: str
    address: str
    change: str
    before: Given | None
    after: Given | None
    promise: str | None


class Comparison(Struct):
    """`only_first` and `only_second` count jobs that only one of the plans knew: they came or went in between."""

    first: Side
    second: Side
    moves: list[JobMove]
    only_first: int
    only_second: int


async def compare_plans(session: AsyncSession, by: Person, first_id: UUID, second_id: UUID) -> Comparison:
    """Raises NotFound, and Invalid for plans of different days or territories, or without a result."""
    first, second = await show_plan(session, by, first_id), await show_plan(session, by, second_id)
    if (first.plan.territory_id, first.plan.day) != (second.plan.territory_id, second.plan.day):
        raise Invalid("Only two plans of the same territory and day can be compared.")
    for view in (first, second):
        if view.plan.terms is None:
            raise Invalid(f"Version {view.plan.version} is {view.plan.state}: it has no result to compare.")
    ends = await shift_ends(session, first.plan.territory_id, first.plan.day)
    return compared(first, second, ends)


async def shift_ends(session: AsyncSession, territory_id: UUID, day: date) -> dict[UUID, datetime]:
    found = await session.scalars(
        select(Technician)
        .where(Technician.territory_id == territory_id)
        .options(joinedload(Technician.territory), selectinload(Technician.shifts), selectinload(Technician.absences))
    )
    return {technician.id: duty.ends for technician in found if (duty := technician.duty_on(day))}


def compared(first: PlanView, second: PlanView, ends: dict[UUID, datetime]) -> Comparison:
    known = [{job.job_id for job in jobs_of(view)} for view in (first, second)]
    return Comparison(
        first=side(first, ends),
        second=side(second, ends),
        moves=moves(first, second),
        only_first=len(known[0] - known[1]),
        only_second=len(known[1] - known[0]),
    )


def jobs_of(view: PlanView) -> list[StopView | LeftOut]:
    return [*(stop for route in view.routes for stop in route.stops), *view.unassigned]


def side(view: PlanView, ends: dict[UUID, datetime]) -> Side:
    stops = [stop for route in view.routes for stop in route.stops]
    jobs, verdicts = jobs_of(view), [promise_of(view, job) for job in jobs_of(view)]
    return Side(
        plan=view.plan,
        tiers=[
            TierCount(tier, sum(j.tier == tier for j in jobs), sum(stop.tier == tier for stop in stops))
            for tier in priorities()
        ],
        late=view.late,
        technicians=sum(bool(route.stops) for route in view.routes),
        travel_s=sum(stop.travel_s for stop in stops) + sum(way_home_s(route) for route in view.routes),
        travel_m=sum(stop.travel_m for stop in stops),
        overtime_s=sum(overtime_s(view, route, ends) for route in view.routes),
        promises=sum(verdict is not None for verdict in verdicts),
        promises_kept=verdicts.count("kept"),
    )


def way_home_s(route: RouteView) -> int:
    """From the last visit, without the breaks on the way."""
    if not route.stops:
        return 0
    last = route.stops[-1].ends_at
    rests = [(datetime.fromisoformat(rest["start"]), datetime.fromisoformat(rest["end"])) for rest in route.breaks]
    rested = sum((end - start for start, end in rests if start >= last), timedelta())
    return int((route.returns_at - last - rested).total_seconds())


def overtime_s(view: PlanView, route: RouteView, ends: dict[UUID, datetime]) -> int:
    shift_ends_at = ends.get(route.technician_id)
    more = (view.plan.variant or {}).get("one_more") or {}
    if route.extra and more.get("ends"):
        clock = datetime.fromisoformat(f"{view.plan.day}T{more['ends']}")
        shift_ends_at = clock.replace(tzinfo=ZoneInfo(view.zone))
    if shift_ends_at is None or not route.stops:
        return 0
    return max(0, int((route.returns_at - shift_ends_at).total_seconds()))


def promise_of(view: PlanView, job: StopView | LeftOut) -> str | None:
    """Kept or broken; None for a job without a promise for that day."""
    if job.promised_from is None or job.promised_to is None:
        return None
    if job.promised_from.astimezone(ZoneInfo(view.zone)).date() != view.plan.day:
        return None
    kept = isinstance(job, StopView) and job.promised_from <= job.starts_at <= job.promised_to
    return "kept" if kept else "broken"


def moves(first: PlanView, second: PlanView) -> list[JobMove]:
    """Other people first, then other times; by ticket."""
    before, after = given(first), given(second)
    jobs = {job.job_id: job for view in (first, second) for job in jobs_of(view)}
    found = []
    for job_id in before.keys() | after.keys():
        was, now, job = before.get(job_id), after.get(job_id), jobs[job_id]
        if change := change_of(was, now):
            promise = promise_of(second, job)
            found.append(JobMove(job_id, job.ticket_number, job.tier, job.address, change, was, now, promise))
    order = ("dropped", "added", "technician", "time")
    return sorted(found, key=lambda move: (order.index(move.change), move.ticket_number))


def given(view: PlanView) -> dict[UUID, Given]:
    return {
        stop.job_id: Given(route.technician_id, route.technician, route.extra, stop.starts_at)
        for route in view.routes
        for stop in route.stops
    }


def change_of(was: Given | None, now: Given | None) -> str | None:
    if was is None or now is None:
        return "added" if was is None else "dropped"
    if (was.technician_id, was.extra) != (now.technician_id, now.extra):
        return "technician"
    return "time" if abs(now.starts_at - was.starts_at) >= SAME_TIME else None
