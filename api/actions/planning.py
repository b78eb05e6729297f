"""Planning a day: asked for, solved outside any transaction, saved as a draft, published as one act."""

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog
from msgspec import convert, to_builtins
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api import clock
from api.actions.plan_order import served_earlier, waits_for_earlier, wake_next, without
from api.actions.publishing import ONE_AT_A_TIME
from api.actions.route_sheets import take_back
from api.adapters.roads import travel_matrix
from api.auth import Person
from api.db.day_versions import lock_days
from api.db.engine import Database
from api.db.outbox import emit
from api.db.trail import record
from api.queries.cost_curve import Curve
from api.queries.day import Day, load_day
from api.queries.day_problem import points_of, problem_of, routes_of, start_of, unassigned_of
from api.queries.variants import Variant, check_variant, varied
from domain.audit import VISIT_CANCELLED
from domain.errors import Invalid, NotFound, PlanStale
from domain.jobs import Job, JobState, Visit, VisitState
from domain.places import Territory
from domain.plans import Plan, PlanState
from scheduler.errors import FormatError
from scheduler.problem import Problem
from scheduler.search.model import Orders
from scheduler.solution import Solution
from scheduler.solve import solve as search
from scheduler.stop import Stop as SearchStop

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
"""How long a claimed plan is its worker's without a sign of life; then another worker may take it."""

MOST_ATTEMPTS = 5
"""A plan that ends every worker that takes it is given up, so that the others get their turn."""

Told = Callable[[float, int, int, list[list[float]]], Awaitable[None]]
"""Progress: seconds gone, cost, jobs served, and how the cost fell."""


async def request(
    session: AsyncSession,
    territory_id: UUID,
    day: date,
    seconds: float,
    by: Person | None = None,
    seed: int = 1,
    *,
    variant: Variant | None = None,
    batch_id: UUID | None = None,
) -> Plan:
    """A new version of the day's plan, to be solved by a worker; with a `variant`, of a day that isn't the real one."""
    territory = await session.get(Territory, territory_id, with_for_update=ONE_AT_A_TIME)
    if territory is None or (by and not by.sees(territory_id)):
        raise NotFound("There is no such territory.")
    if not 0.1 <= seconds <= 3600:
        raise Invalid("seconds must lie between 0.1 and 3600.")
    today = clock.now().astimezone(territory.zone).date()
    if not today <= day <= today + timedelta(days=366):
        raise Invalid(f"day is {day}; a plan can be made from today, {today}, to a year ahead.")
    if variant is not None:
        await check_variant(session, territory, day, variant)
    left = await carry_over(session, territory_id, today)
    versions = select(func.coalesce(func.max(Plan.version), 0)).where(
        Plan.territory_id == territory_id, Plan.day == day
    )
    plan = Plan(
        territory=territory,
        day=day,
        version=(await session.scalar(versions) or 0) + 1,
        requested_by=by.id if by else None,
        requested_at=clock.now(),
        seconds=seconds,
        seed=seed,
        batch_id=batch_id,
        variant=None if variant is None else to_builtins(variant),
    )
    session.add(plan)
    await session.flush()
    await emit(session, "plan.requested", plan.id, territory_id=territory_id)
    for visit in left:
        await record(session, "system", VISIT_CANCELLED, visit.id, technician=str(visit.technician_id), plan=None)
    asked = {"day": str(day), "version": plan.version} | ({"variant": plan.variant} if variant else {})
    await record(session, by.actor if by else "system", "plan.requested", plan.id, **asked)
    return plan


async def carry_over(session: AsyncSession, territory_id: UUID, before: date) -> Sequence[Visit]:
    """Visits of days gone by that never began: they are taken back, and their jobs wait to be planned again."""
    gone = [Job.territory_id == territory_id, Visit.day < before, Visit.state == VisitState.PLANNED]
    days = await session.scalars(select(Visit.day).join(Visit.job).where(*gone).distinct())
    await lock_days(session, territory_id, days)
    found = await session.scalars(
        select(Visit)
        .join(Visit.job)
        .where(*gone)
        .options(joinedload(Visit.job))
        .order_by(Visit.technician_id)
        .with_for_update(of=Visit)
    )
    left = found.all()
    for visit in left:
        visit.move(VisitState.CANCELLED, JobState.WAITING)
        await take_back(session, visit)
    return left


async def stop(session: AsyncSession, plan_id: UUID, by: Person) -> Plan:
    """Asks the search to end now with the best it has."""
    plan = await seen_plan(session, plan_id, by)
    plan.stop_asked = True
    await record(session, by.actor, "plan.stop_asked", plan.id)
    return plan


async def seen_plan(session: AsyncSession, plan_id: UUID, by: Person | None) -> Plan:
    """Locks the plan. Raises NotFound unless there is one that this person may see."""
    plan = await session.get(Plan, plan_id, with_for_update={"of": Plan}, options=[joinedload(Plan.territory)])
    if plan is None or (by and not by.sees(plan.territory_id)):
        raise NotFound("There is no such plan.")
    return plan


async def solve(
    database: Database,
    plan_id: UUID,
    *,
    threads: int,
    osrm_url: str | None,
    told: Told | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Makes a draft of a requested plan. Only one worker does, and one that comes back too late changes nothing.

    A worker that is `stopping` hands in the best plan so far. The one use case that is not one transaction: claim
    and snapshot, solve outside any, save if nothing moved.
    """
    claimed = await database.write(claim, plan_id)
    if claimed is None:
        return
    attempt, seconds, seed = claimed
    try:
        day, problem, warnings = await database.write(snapshot, plan_id, osrm_url)
        start, curve = start_of(day, problem), Curve()
        solution = await search_for(
            database, plan_id, attempt, problem, seconds, seed, threads, told, stopping, start, curve
        )
        await database.write(save, plan_id, attempt, day, problem, solution, warnings, curve)
    except PlanStale as stale:
        await database.write(give_up, plan_id, attempt, PlanState.STALE, str(stale))
    except (Invalid, FormatError) as error:
        await database.write(give_up, plan_id, attempt, PlanState.FAILED, str(error))
    except Exception as error:
        await database.write(give_up, plan_id, attempt, PlanState.FAILED, f"{type(error).__name__}: {error}")
        raise


async def claim(session: AsyncSession, plan_id: UUID) -> tuple[int, float, int] | None:
    """This attempt's number, the search's seconds and its seed; None when the plan is not to be solved now."""
    now = datetime.now(UTC)  # a claim runs on the machine's clock, like the worker
    plan = await session.get(Plan, plan_id, with_for_update={"of": Plan})
    if plan is None or not plan.waits_for_a_worker(now) or await waits_for_earlier(session, plan):
        return None
    if plan.attempt >= MOST_ATTEMPTS:
        await give_up(
            session, plan_id, plan.attempt, PlanState.FAILED, f"{MOST_ATTEMPTS} workers began it and none came back."
        )
        return None
    plan.move(PlanState.SOLVING)
    plan.attempt += 1
    plan.claimed_until = now + LEASE
    return plan.attempt, plan.seconds, plan.seed


async def snapshot(session: AsyncSession, plan_id: UUID, osrm_url: str | None) -> tuple[Day, Problem, list[str]]:
    """The day as it stands, as a problem of integers, and what the travel times warn about."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    plan = await session.get_one(Plan, plan_id, options=[joinedload(Plan.territory)])
    day = without(await load_day(session, plan.territory, plan.day), await served_earlier(session, plan))
    variant = None if plan.variant is None else convert(plan.variant, Variant)
    points = points_of(day)
    if variant is not None:
        points = list(dict.fromkeys([*points, *variant.places()]))
    travel = await travel_matrix(points, session=session, osrm_url=osrm_url, departure_s=None)
    warnings = list(travel.warnings)
    if day.unlocated:
        warnings.append(f"{len(day.unlocated)} jobs need a location and are left out of this plan.")
    problem = problem_of(day, points, travel)
    return day, problem if variant is None else varied(problem, day, points, variant), warnings


async def search_for(
    database: Database,
    plan_id: UUID,
    attempt: int,
    problem: Problem,
    seconds: float,
    seed: int,
    threads: int,
    told: Told | None,
    stopping: Callable[[], bool] = lambda: False,
    start: Orders | None = None,
    curve: Curve | None = None,
) -> Solution:
    """Runs the search beside the event loop; every second it tells progress and renews the lease.

    The search ends early when somebody asked it to, or when another worker has taken the plan.
    """
    cancelled, curve = threading.Event(), Curve() if curve is None else curve
    search_task = asyncio.create_task(
        asyncio.to_thread(
            search,
            problem,
            SearchStop(seconds=seconds, cancelled=cancelled.is_set),
            seed=seed,
            threads=threads,
            start=start,
            progress=curve.add,
        )
    )
    try:
        while not (await asyncio.wait({search_task}, timeout=1.0))[0]:
            if curve.latest and told:
                await told(*curve.latest, curve.points)
            if stopping() or not await database.write(renew_lease, plan_id, attempt):
                cancelled.set()
    finally:
        cancelled.set()
    return search_task.result()


async def renew_lease(session: AsyncSession, plan_id: UUID, attempt: int) -> bool:
    """Whether to search on."""
    asked = await session.scalar(
        update(Plan)
        .where(Plan.id == plan_id, Plan.attempt == attempt, Plan.state == PlanState.SOLVING)
        .values(claimed_until=datetime.now(UTC) + LEASE)
        .returning(Plan.stop_asked)
        .execution_options(synchronize_session=False)
    )
    return asked is False


async def save(
    session: AsyncSession,
    plan_id: UUID,
    attempt: int,
    day: Day,
    problem: Problem,
    solution: Solution,
    warnings: list[str],
    curve: Curve | None = None,
) -> None:
    """The draft, whole or not at all. Raises PlanStale when what it was made from has moved."""
    plan = await claimed_plan(session, plan_id, attempt)
    if plan is None:
        return
    plan.snapshot = dict(day.versions())
    if moved := plan.moved_since((await load_day(session, plan.territory, plan.day)).versions()):
        raise PlanStale(f"{moved} changed while the plan was being made. Plan the day again.")
    if solution.violations:
        raise Invalid("The day as it stands can't be planned: " + "; ".join(v.sentence for v in solution.violations))
    plan.move(PlanState.DRAFT)
    plan.cost, plan.terms, plan.warnings = solution.cost, solution.terms, warnings
    plan.curve = curve.ended(solution.solver.seconds, solution.cost) if curve else []
    plan.problem, plan.solution = gzip.compress(problem.to_json()), gzip.compress(solution.to_json())
    plan.routes, plan.unassigned = routes_of(day, problem, solution), unassigned_of(solution)
    await emit(session, "plan.drafted", plan.id, territory_id=plan.territory_id)
    await record(session, "system", "plan.drafted", plan.id, attempt=attempt, cost=solution.cost)
    await wake_next(session, plan)


async def give_up(session: AsyncSession, plan_id: UUID, attempt: int, state: PlanState, why: str) -> None:
    plan = await claimed_plan(session, plan_id, attempt)
    if plan is None:
        return
    plan.move(state)
    plan.failure = why
    await emit(session, f"plan.{state}", plan.id, territory_id=plan.territory_id)
    await record(session, "system", f"plan.{state}", plan.id, attempt=attempt, why=why)
    await wake_next(session, plan)


async def claimed_plan(session: AsyncSession, plan_id: UUID, attempt: int) -> Plan | None:
    """The plan, locked; None for an attempt that another one has overtaken."""
    plan = await session.get_one(
        Plan,
        plan_id,
        with_for_update={"of": Plan},
        options=[joinedload(Plan.territory), selectinload(Plan.routes), selectinload(Plan.unassigned)],
    )
    if plan.state is PlanState.SOLVING and plan.attempt == attempt:
        return plan
    log.info("late_attempt_ignored", plan_id=str(plan_id), attempt=attempt, state=plan.state)
    return None
