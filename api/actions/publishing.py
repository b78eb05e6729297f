"""Drafts become the plans of their days: one, or several as one act."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api import clock
from api.actions.route_sheets import tell_routes
from api.actions.technician_messages import told_of_plan
from api.auth import Person
from api.db.day_versions import lock_days
from api.db.outbox import emit
from api.db.trail import record
from api.queries.day import Day, load_day
from domain.audit import VISIT_CANCELLED, VISIT_MOVED
from domain.errors import IllegalMove, Invalid, NotFound, PlanStale, PromiseBroken
from domain.jobs import Job, JobState, Visit, VisitState
from domain.places import Territory
from domain.plans import Plan, PlanState, Route, Stop

ONE_AT_A_TIME = {"key_share": True}
"""A lock on the territory that requests and publications wait for, but new tickets and jobs there don't."""

MOST_AT_ONCE = 200
"""Plans that one act may publish: each holds locks until the last is done."""


async def publish_all(session: AsyncSession, plan_ids: Sequence[UUID], by: Person) -> list[Plan]:
    """All of these drafts or none, territory by territory and day by day, in an order that no two acts can cross.

    Raises what `publish` raises, with the territory and the day of the one that stands in the way; Invalid for two
    plans of the same day.
    """
    if not 1 <= len(set(plan_ids)) <= MOST_AT_ONCE:
        raise Invalid(f"Name from 1 to {MOST_AT_ONCE} plans to publish.")
    query = (
        select(Plan.id, Plan.territory_id, Plan.day, Territory.name)
        .join(Territory, Plan.territory_id == Territory.id)
        .where(Plan.id.in_(plan_ids))
    )
    rows = [row for row in await session.execute(query) if by.sees(row.territory_id)]
    if len(rows) < len(set(plan_ids)):
        raise NotFound("One of these plans isn't there; nothing was published.")
    if len({(row.territory_id, row.day) for row in rows}) < len(rows):
        raise Invalid("Two of these plans are of the same territory and day: choose one of them.")
    published = []
    for row in sorted(rows, key=lambda row: (row.territory_id, row.day)):
        try:
            published.append(await publish(session, row.id, by))
        except (IllegalMove, PlanStale, PromiseBroken) as error:
            raise type(error)(f"{row.name}, {row.day}: {error} Nothing was published.") from error
    return published


async def publish(session: AsyncSession, plan_id: UUID, by: Person | None = None) -> Plan:
    """Makes the draft the plan of the day: visits, route sheets and all, or nothing.

    Raises PlanStale when a job, visit or technician of the plan has changed since it was made, or its day is over.
    """
    found = await session.execute(select(Plan.territory_id, Plan.day).where(Plan.id == plan_id))
    draft = found.one_or_none()
    if draft is None or (by and not by.sees(draft.territory_id)):
        raise NotFound("There is no such plan.")
    territory = await session.get_one(Territory, draft.territory_id, with_for_update=ONE_AT_A_TIME)
    await lock_days(session, territory.id, [draft.day])
    await hold_visits(session, territory, draft.day)
    day = await load_day(session, territory, draft.day)  # before the plan, whose jobs could be older than the locks
    plan = await session.get_one(
        Plan,
        plan_id,
        with_for_update={"of": Plan},
        options=[
            joinedload(Plan.territory),
            selectinload(Plan.routes).options(
                joinedload(Route.technician), selectinload(Route.stops).joinedload(Stop.job)
            ),
        ],
    )
    if plan.day < clock.now().astimezone(territory.zone).date():
        raise PlanStale(f"{plan.day} is over. Plan a day from today on.")
    await supersede(session, plan)  # first, as there is never more than one published plan of a day
    plan.publish(clock.now(), dict(day.versions()))
    check_promises(plan, day)
    had = {visit: visit.technician_id for visit in day.visits}
    await place_visits(session, plan, day)
    await session.flush()
    await tell_routes(session, plan, plan.routes, set(had.values()))
    await emit(session, "plan.published", plan.id, territory_id=plan.territory_id, day=str(plan.day))
    await told_of_plan(session, plan, [route.technician_id for route in plan.routes for _ in route.stops])
    actor = by.actor if by else "system"
    await record(session, actor, "plan.published", plan.id, day=str(plan.day), version=plan.version)
    await record_moves(session, actor, plan, had)
    return plan


async def record_moves(session: AsyncSession, actor: str, plan: Plan, had: Mapping[Visit, UUID]) -> None:
    """Which visits the plan took from the technicians who `had` them: a phone without a network may not know yet."""
    for visit, technician_id in had.items():
        taken = {"technician": str(technician_id), "plan": str(plan.id)}
        if visit.technician_id != technician_id:
            await record(session, actor, VISIT_MOVED, visit.id, **taken, to=str(visit.technician_id))
        elif visit.state is VisitState.CANCELLED:
            await record(session, actor, VISIT_CANCELLED, visit.id, **taken)


def check_promises(plan: Plan, day: Day) -> None:
    """Raises PlanStale for a time that was promised since the plan was made, PromiseBroken for one that it leaves out.

    Only the world can make a promise impossible (someone is ill): the search begins at a plan that keeps them all.
    """
    served = {stop.job_id for route in plan.routes for stop in route.stops}
    now = clock.now()
    promised = [job for job in day.jobs if job.promised_at(now) and job.id not in served]
    if since := [job for job in promised if f"job {job.id}" not in (plan.snapshot or {})]:
        raise PlanStale(f"{len(since)} owners booked a time since this plan was made. Plan the day again.")
    if promised:
        numbers = ", ".join(sorted(job.ticket.number for job in promised)[:5])
        raise PromiseBroken(
            f"This plan leaves out {len(promised)} visits whose time was promised: {numbers}. "
            "Call the owners, move or cancel these bookings, and plan the day again."
        )


async def hold_visits(session: AsyncSession, territory: Territory, day: date) -> None:
    """Locks the day's visits: what a phone says of one of them comes wholly before the publication or wholly after."""
    await session.execute(
        select(Visit.id)
        .join(Visit.job)
        .where(Job.territory_id == territory.id, Visit.day == day)
        .order_by(Visit.id)
        .with_for_update(of=Visit)
    )


async def supersede(session: AsyncSession, plan: Plan) -> None:
    await session.execute(
        update(Plan)
        .where(
            Plan.territory_id == plan.territory_id,
            Plan.day == plan.day,
            Plan.state == PlanState.PUBLISHED,
            Plan.id != plan.id,
        )
        .values(state=PlanState.SUPERSEDED)
    )


async def place_visits(session: AsyncSession, plan: Plan, day: Day) -> None:
    """Moves what may be moved, adds what is new, takes back what is left out; fixed visits stay as they are."""
    standing = {visit.job_id: visit for visit in day.visits if visit.state is VisitState.PLANNED}
    fixed = day.fixed
    for route in plan.routes:
        for stop in route.stops:
            if stop.job_id in fixed:
                fixed[stop.job_id].position = stop.position
                continue
            visit = standing.pop(stop.job_id, None) or Visit(job=stop.job, state=VisitState.PLANNED)
            if visit.technician_id != route.technician_id:
                visit.accepted_at = None  # its new technician hasn't seen it yet
            visit.technician_id, visit.plan_id, visit.day = route.technician_id, plan.id, plan.day
            visit.position, visit.arrives_at = stop.position, stop.arrives_at
            visit.during = Range(stop.starts_at, stop.ends_at, bounds="[)")
            visit.travel, visit.travel_m = stop.travel, stop.travel_m
            session.add(visit)
            stop.job.move(JobState.PLANNED)
    for visit in standing.values():
        if not visit.fixed:
            visit.move(VisitState.CANCELLED, JobState.WAITING)
