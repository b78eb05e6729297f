"""A time becomes a promise: proven once more, a visit in somebody's day, and a hard window in every later plan."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.bookings.holds import let_go
from api.actions.bookings.room import proven
from api.actions.bookings.rules import BookingRules
from api.actions.bookings.standing import cancelled_in_plan, into_plan, standing_booking
from api.actions.contact import agreed
from api.actions.owner_messages import told_of_booking
from api.actions.route_sheets import take_back
from api.actions.visit_trail import Had, record_change
from api.auth import Person
from api.db.day_versions import count_change
from api.db.outbox import emit
from api.db.trail import record
from api.queries.day_problem import route_of
from api.queries.running_day import published_plan
from api.queries.slots.asked import AskedJob, asked_job, asking
from api.queries.slots.filled_day import FilledDay, is_visit
from api.queries.slots.open_days import OpenDays
from domain.bookings import Booking, BookingEnd, check_may_choose
from domain.day_slots import Slot
from domain.errors import Conflict
from domain.jobs import JobState, Visit, VisitState
from domain.plans import Plan, Route, Stop
from scheduler.solution import RouteResult


async def book(
    session: AsyncSession, open_days: OpenDays, rules: BookingRules, job_id: UUID, slot: Slot, by: Person | None = None
) -> Booking:
    """The job's booking from now on; an earlier one ends with the same commit, and not before. To book what is booked
    changes nothing.

    Raises SlotTaken where the planner finds no room any more, held or not; Invalid for a time that may not be chosen;
    IllegalMove for a job that needs none, or whose technician is on the way.
    """
    now = clock.now()
    asked = await asked_job(session, job_id, by, now)
    check_may_choose(asked.job, asked.visit)
    standing = await standing_booking(session, job_id)
    kept = asked.visit is not None and slot.opens <= asked.visit.starts <= slot.closes
    if standing is not None and kept and Slot(standing.opens, standing.closes) == slot:
        return standing
    day = asked.day_of(slot, asked.days(now, rules.days))
    touched = {day, *([asked.visit.day] if asked.visit else []), *([asked.hold.day] if asked.hold else [])}
    filled, planned = await proven(session, open_days, asked, day, lambda filled: filled.best(asked, slot), touched)
    await give_up_old_time(session, asked, touched)
    left = asked.visit.day if asked.visit else day
    route = route_of_visits(filled, asked, planned)
    plan = await published_plan(session, asked.territory.id, day)
    changed = await place_visits(session, asked, route, plan, filled)
    asked.job.promised_from, asked.job.promised_to = slot.opens, slot.closes
    asked.job.move(JobState.PLANNED)
    if (held := await let_go(session, job_id)) is not None and held != day:
        await count_change(session, asked.territory.id, held)
    actor = by.actor if by else "system"
    if standing is not None:
        standing.end(BookingEnd.MOVED, now, actor, rules.notice)
        await session.flush()  # one booking stands at any moment
    booking = Booking(job_id=job_id, day=day, opens=slot.opens, closes=slot.closes, booked_at=now, booked_by=actor)
    session.add(booking)
    await session.flush()
    await agreed(session, asked.job.ticket_id, now)
    if plan is not None:
        await into_plan(session, plan, route)
    await tell_desk(session, asked, changed, {day, left})
    moved = standing is not None
    await emit(session, "booking.made", job_id, territory_id=asked.territory.id, day=str(day), moved=moved)
    (visit,) = (visit for visit, _ in changed if visit.job_id == job_id)
    await told_of_booking(session, asked.job.ticket_id, visit.id, booking, moved=moved)
    for visit, had in changed:
        await record_change(session, actor, visit, had, booking=str(job_id))
    told = {"opens": slot.opens.isoformat(), "closes": slot.closes.isoformat()}
    await record(session, actor, "booking.moved" if standing else "booking.made", job_id, **told)
    return booking


async def give_up_old_time(session: AsyncSession, asked: AskedJob, locked: set[date]) -> None:
    """Locks the visit that the job has and takes it off its technician's phone. Raises what `check_may_choose` does if
    it has begun meanwhile, Conflict if it went to another day."""
    visit = asked.visit
    if visit is None:
        return
    await session.refresh(visit, with_for_update={"of": Visit})
    check_may_choose(asked.job, visit)
    if visit.day not in locked:
        raise Conflict("This visit is being moved to another day. Look at it again.")
    await take_back(session, visit)
    await cancelled_in_plan(session, asked.territory.id, visit)


def route_of_visits(filled: FilledDay, asked: AskedJob, planned: RouteResult) -> Route:
    """What the planner proved, without what is only held, and with the job under its own name."""
    stops = tuple(
        msgspec.structs.replace(stop, job=str(asked.job.id)) if stop.job == asking(asked.job.id) else stop
        for stop in planned.stops
        if is_visit(stop.job)
    )
    places = filled.places | {str(asked.job.id): filled.index[asked.place]}
    known = msgspec.structs.replace(planned, stops=stops)
    return route_of(filled.day, known, filled.workers[planned.technician], places, filled.problem)


async def place_visits(
    session: AsyncSession, asked: AskedJob, route: Route, plan: Plan | None, filled: FilledDay
) -> list[tuple[Visit, Had | None]]:
    """The technician's visits at the times that were proven; fixed ones are where they were. Each with how it was."""
    others = await session.scalars(
        select(Visit)
        .where(
            Visit.job_id.in_([stop.job_id for stop in route.stops if stop.job_id != asked.job.id]),
            Visit.technician_id == route.technician_id,
            Visit.day == filled.day.day,
            Visit.state == VisitState.PLANNED,
        )
        .order_by(Visit.id)
        .with_for_update()
    )
    standing = {visit.job_id: visit for visit in others}
    placed: list[tuple[Visit, Had | None]] = []
    for stop in route.stops:
        if stop.job_id == asked.job.id:
            visit = asked.visit or Visit(job=asked.job, state=VisitState.PLANNED)
            had = (visit.technician_id, visit.starts) if asked.visit else None
            visit.technician_id, visit.day, visit.accepted_at = route.technician_id, filled.day.day, None
            visit.plan_id = plan.id if plan else None
            session.add(visit)
        else:
            visit = standing[stop.job_id]
            had = visit.technician_id, visit.starts
        visit.position = stop.position
        if not visit.fixed:
            set_times(visit, stop)
        placed.append((visit, had))
    await session.flush()
    return placed


async def tell_desk(
    session: AsyncSession, asked: AskedJob, changed: Sequence[tuple[Visit, Had | None]], days: set[date]
) -> None:
    """Of the visit on its new day, and on the one that it left."""
    (visit,) = (visit for visit, _ in changed if visit.job_id == asked.job.id)
    territory_id, job_id = asked.territory.id, str(asked.job.id)
    for day in sorted(days):
        await emit(session, "visit.moved", visit.id, territory_id=territory_id, job_id=job_id, day=str(day))


def set_times(visit: Visit, stop: Stop) -> None:
    visit.arrives_at, visit.travel, visit.travel_m = stop.arrives_at, stop.travel, stop.travel_m
    during = Range(stop.starts_at, stop.ends_at, bounds="[)")
    if visit.during != during:
        visit.during = during
