"""Repairs of a running day: proposed as a difference, accepted or rejected line by line.

What is proposed changes nothing. The first decision makes the event a fact, and every decision leaves a day that can
be driven: a line comes with what it needs. Once the day has changed in another way, the proposal has expired.
"""

import asyncio
import gzip
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from uuid import UUID

from msgspec import convert, to_builtins
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from api import clock
from api.actions.route_edits import at, held_day, tell, write_route
from api.actions.route_sheets import take_back
from api.actions.upsets import Upset, event_of, make_fact
from api.actions.visit_trail import record_change
from api.auth import Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.repairs import MoveView, ShiftView, There
from api.queries.running_day import Standing, token_of
from api.queries.spoken import names_in, spoken
from domain.errors import IllegalMove, Invalid, NotFound, PlanStale
from domain.jobs import JobState, VisitState
from domain.repairs import Repair, RepairState
from scheduler import difference
from scheduler.problem import Problem
from scheduler.replan import replan
from scheduler.running import RunningDay, Status
from scheduler.solution import RouteResult, Solution

__all__ = ["Upset", "decide", "propose"]


async def propose(
    session: AsyncSession, territory_id: UUID, day: date, upset: Upset, by: Person, *, osrm_url: str | None = None
) -> Repair:
    """What to do about it. Raises NotFound, Invalid for an event that can't be, IllegalMove for one too late."""
    if not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    now = clock.now()
    stands = await held_day(session, territory_id, day, osrm_url, now)
    try:
        found = await asyncio.to_thread(replan, stands.running, event_of(upset, stands, now))
    except ValueError as error:
        raise Invalid(f"No repair can be made: {spoken(str(error), names_in(stands))}.") from error
    repair = Repair(
        territory_id=territory_id,
        day=day,
        event=to_builtins(upset),
        made_by=by.id,
        made_at=now,
        token=stands.token,
        now=stands.running.now,
        status={job: status.value for job, status in stands.running.status.items()},
        problem=gzip.compress(stands.running.problem.to_json(), 1),
        plan=gzip.compress(stands.running.plan.to_json(), 1),
        moves=to_builtins([move_view(stands, move) for move in found.moves]),
        unavoidable=to_builtins([shift_view(stands, shift) for shift in found.unavoidable if is_later(shift)]),
        decided={},
    )
    session.add(repair)
    await session.flush()
    await emit(session, "repair.proposed", repair.id, territory_id=territory_id, day=str(day))
    await record(session, by.actor, "repair.proposed", repair.id, day=str(day), event=repair.event)
    return repair


async def decide(
    session: AsyncSession,
    repair_id: UUID,
    accept: Sequence[str],
    reject: Sequence[str],
    by: Person,
    notice: timedelta,
    *,
    osrm_url: str | None = None,
) -> Repair:
    """Takes over these lines with all that they need, and leaves those. Lines that need a rejected one go with it.

    With less `notice`, a booked time is given back late. Raises PlanStale when the day has changed since, and Invalid
    for a line that isn't there or is decided otherwise.
    """
    repair = await session.get(Repair, repair_id, options=[undefer(Repair.problem), undefer(Repair.plan)])
    if repair is None or not by.sees(repair.territory_id):
        raise NotFound("There is no such repair.")
    now = clock.now()
    stands = await held_day(session, repair.territory_id, repair.day, osrm_url, now)
    await session.refresh(repair, with_for_update=True)
    if repair.state is not RepairState.OPEN:
        raise IllegalMove(f"The repair is {repair.state}; nothing of it can be decided any more.")
    if stands.token != repair.token:
        raise PlanStale("The day has changed since this repair was proposed. Ask for a new one.")
    found = await asyncio.to_thread(again, repair, stands)
    accepted, rejected = closed(found, repair.decided, accept, reject)
    upset, names = convert(repair.event, Upset), names_in(stands)
    had = [(visit, (visit.technician_id, visit.starts)) for visit in stands.visits.values()]
    before = {job for job, how in repair.decided.items() if how == "accepted"}
    if not repair.decided:
        await make_fact(session, upset, stands, now, by, notice)
    touched = await write_plan(session, stands, found, before | accepted)
    repair.decide(accepted, rejected)
    await tell(session, stands, touched)
    repair.token = await token_of(session, repair.territory_id, repair.day)
    who = {"id": str(by.id), "name": by.name}
    about = {"day": str(repair.day), "jobs": sorted(accepted | rejected), "by": who}
    await emit(session, "repair.decided", repair.id, territory_id=repair.territory_id, **about)
    told = {
        "accepted": sorted(names.get(job, job) for job in accepted),
        "rejected": sorted(names.get(job, job) for job in rejected),
    }
    await record(session, by.actor, "repair.decided", repair.id, event=repair.event, **told)
    for visit, was in had:
        await record_change(session, by.actor, visit, was)
    return repair


def again(repair: Repair, stands: Standing) -> difference.Difference:
    """The same repair that was proposed: the search has no chance in it, and sees the same day."""
    day = RunningDay(
        Problem.from_json(gzip.decompress(repair.problem)),
        Solution.from_json(gzip.decompress(repair.plan)),
        repair.now,
        {job: Status(status) for job, status in repair.status.items()},
    )
    upset = convert(repair.event, Upset)
    then = Standing(stands.day, stands.plan, day, stands.visits, repair.token)
    return replan(day, event_of(upset, then, at(stands.day, repair.now)))


def closed(
    found: difference.Difference, decided: Mapping[str, str], accept: Sequence[str], reject: Sequence[str]
) -> tuple[set[str], set[str]]:
    """What these decisions come to: an accepted line takes what it needs along, a rejected one what needs it."""
    moves = {move.job: move for move in found.moves}
    for job in (*accept, *reject):
        if job not in moves:
            raise Invalid(f"The repair has no line about {job}.")
    accepted = set(found.accepting(accept))
    rejected = {job for job, move in moves.items() if {job, *move.needs} & set(reject)}
    other = {"accepted": rejected, "rejected": accepted}
    torn = (accepted & rejected) | {job for job, how in decided.items() if job in other[how]}
    if torn:
        told = ", ".join(sorted(torn))
        raise Invalid(f"These lines would be both accepted and rejected: {told}. Look at what they need.")
    return accepted - decided.keys(), rejected - decided.keys()


async def write_plan(
    session: AsyncSession, stands: Standing, found: difference.Difference, accepted: AbstractSet[str]
) -> set[UUID]:
    """The visits still to come of all whom the repair touches; whose visit is on no route any more waits again.

    Returns whom it touches: others keep their times as they were told.
    """
    plan, touched = found.plan(accepted), touches(found)
    planned = {stop.job for route in plan.routes for stop in route.stops}
    for job_id, visit in list(stands.visits.items()):
        if str(job_id) not in planned and visit.state is VisitState.PLANNED and not visit.locked:
            visit.move(VisitState.CANCELLED, JobState.WAITING)
            await take_back(session, visit)
            del stands.visits[job_id]
            touched.add(visit.technician_id)
    await session.flush()
    working = {technician.id for technician, _ in stands.day.duties}
    for route in plan.routes:
        if UUID(route.technician) in touched & working:
            write_route(session, stands, coming(stands, route), locked_too=True)
    await session.flush()
    return touched


def touches(found: difference.Difference) -> set[UUID]:
    """Whose day differs from what they were told, whatever is accepted."""
    ends = [end for move in found.moves for end in (move.before, move.rejected, move.accepted)]
    shifts = [*found.unavoidable, *(shift for move in found.moves for shift in move.shifts)]
    ends += [end for shift in shifts if is_later(shift) for end in (shift.before, shift.after)]
    return {UUID(end.technician) for end in ends if end is not None}


def is_later(shift: difference.Shift) -> bool:
    """Nobody has to come sooner than was told."""
    return shift.after is None or shift.after.start > shift.before.start


def coming(stands: Standing, route: RouteResult) -> RouteResult:
    """Without what is behind: those visits are facts."""
    visits = {str(job): visit for job, visit in stands.visits.items()}
    open_job = {str(job.id) for job in stands.day.jobs if job.state in (JobState.WAITING, JobState.PLANNED)}
    stops = tuple(
        stop
        for stop in route.stops
        if (visits[stop.job].state is VisitState.PLANNED if stop.job in visits else stop.job in open_job)
    )
    return replace(route, stops=stops)


def there(stands: Standing, visit: difference.Visit | None, names: Mapping[str, str]) -> There | None:
    if visit is None:
        return None
    return There(UUID(visit.technician), names.get(visit.technician, ""), at(stands.day, visit.start))


def shift_view(stands: Standing, shift: difference.Shift) -> ShiftView:
    names = names_in(stands)
    before = there(stands, shift.before, names)
    assert before is not None
    return ShiftView(shift.job, names[shift.job], before, there(stands, shift.after, names), shift.promise)


def move_view(stands: Standing, move: difference.Move) -> MoveView:
    names = names_in(stands)
    return MoveView(
        job=move.job,
        ticket_number=names[move.job],
        before=there(stands, move.before, names),
        rejected=there(stands, move.rejected, names),
        accepted=there(stands, move.accepted, names),
        promise=move.promise,
        minutes=round(move.cost / 60, 1),
        needs=list(move.needs),
        shifts=[shift_view(stands, shift) for shift in move.shifts],
    )
