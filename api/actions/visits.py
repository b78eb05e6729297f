"""A dispatcher's own edits of a published day: each is one transaction, judged as the planner's plans are.

Nobody's edit is lost: whoever changes a visit says which version of it she saw, and hears what became of it if that
isn't how it stands. What is travelled to, begun or done is never touched; what is locked is unlocked first.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions.bookings.cancel import give_back
from api.actions.route_edits import held_day, tell, write_route
from api.actions.route_sheets import take_back
from api.actions.visit_trail import record_change
from api.auth import Person
from api.db.day_versions import lock_days
from api.db.outbox import emit
from api.db.trail import record
from api.queries.last_change import last_change
from api.queries.running_day import Standing
from api.queries.spoken import names_in, spoken
from domain.audit import VISIT_LOCKED, VISIT_UNLOCKED
from domain.errors import ChangedMeanwhile, IllegalMove, Invalid, MoveRefused, NotFound
from domain.jobs import GONE, Job, JobState, Visit, VisitState
from domain.places import Territory
from domain.tickets import Ticket, TicketState
from scheduler.choices import Choices, Put

LOCKS = frozenset({"pins"})
"""Broken for another visit than the one that moves, nobody may override it."""


@dataclass(frozen=True)
class Place:
    """With whom; and when, or before which of the visits still to come, counted from 0. Neither: at the end."""

    day: date
    technician_id: UUID
    position: int | None = None
    starts_at: datetime | None = None


async def place(
    session: AsyncSession,
    job_id: UUID,
    there: Place,
    seen: int | None,
    by: Person,
    *,
    override: str = "",
    osrm_url: str | None = None,
) -> Visit:
    """Moves the job's visit, or gives it one. `seen` is the visit's version that the person saw; none for no visit.

    Raises ChangedMeanwhile, MoveRefused, or IllegalMove for a visit that may not move.
    """
    territory_id = await territory_of(session, job_id, by)
    if there.starts_at is not None and there.position is not None:
        raise Invalid("Say starts_at or position, not both.")
    stands = await held_day(session, territory_id, there.day, osrm_url, clock.now())
    had = await as_seen(session, stands, job_id, seen)
    if had is not None and had.day != there.day:
        raise Invalid(f"The visit is on {had.day}. Take it back first, then place it on {there.day}.")
    choices, put = judged(stands, job_id, there)
    refuse_unless_overridden(stands, put, job_id, override)
    if had is not None:
        stands.visits[job_id] = had  # of somebody who is off it was outside the plan
    before = {visit.id: (visit.technician_id, visit.starts) for visit in stands.visits.values()}
    changed = []
    if had is not None and had.technician_id != there.technician_id and (left := choices.without(str(job_id))):
        changed += write_route(session, stands, left)
    changed += write_route(session, stands, put.route)
    visit = stands.visits[job_id]
    await session.flush()
    was = before.get(visit.id)
    await tell(session, stands, {there.technician_id} | ({was[0]} if was else set()))
    await tell_desk(session, "visit.moved", visit, territory_id, by)
    await record_change(session, by.actor, visit, was, **({"override": override} if override else {}))
    for other in changed:
        if other is not visit:
            await record_change(session, by.actor, other, before[other.id])
    return visit


async def unassign(
    session: AsyncSession, job_id: UUID, seen: int | None, by: Person, *, osrm_url: str | None = None
) -> None:
    """The visit is taken back, and its job waits to be planned."""
    await take_out(session, job_id, seen, by, JobState.WAITING, "", osrm_url)


async def cancel(
    session: AsyncSession,
    job_id: UUID,
    seen: int | None,
    by: Person,
    notice: timedelta,
    *,
    reason: str,
    osrm_url: str | None = None,
) -> None:
    """The owner called it off: visit and job are cancelled, and the ticket if nothing of it is left to do.

    With less `notice`, a time that was booked is given back late.
    """
    if not reason.strip():
        raise Invalid("Say why the visit is cancelled: reason is empty.")
    job = await take_out(session, job_id, seen, by, JobState.CANCELLED, reason, osrm_url)
    await give_back(session, job, by.actor, notice, reason)
    await end_ticket(session, job)


async def end_ticket(session: AsyncSession, job: Job) -> None:
    """Once the last of its jobs was cancelled, nothing of a ticket is left to do."""
    ticket = await session.get_one(Ticket, job.ticket_id)
    others = select(Job.id).where(
        Job.ticket_id == ticket.id, Job.id != job.id, Job.state.not_in([JobState.CANCELLED, JobState.DONE])
    )
    if ticket.state is TicketState.OPEN and await session.scalar(others.limit(1)) is None:
        ticket.state = TicketState.CANCELLED


async def take_out(
    session: AsyncSession,
    job_id: UUID,
    seen: int | None,
    by: Person,
    becomes: JobState,
    reason: str,
    osrm_url: str | None,
) -> Job:
    territory_id = await territory_of(session, job_id, by)
    day = await session.scalar(live_visit(job_id).with_only_columns(Visit.day))
    if day is None:
        raise NotFound("The job has no visit.")
    stands = await held_day(session, territory_id, day, osrm_url, clock.now())
    visit = await as_seen(session, stands, job_id, seen)
    assert visit is not None  # `as_seen` says so otherwise: a visit was seen
    before = {one.id: (one.technician_id, one.starts) for one in stands.visits.values()}
    left = None
    if job_id in stands.visits:
        left = Choices(stands.running).without(str(job_id))
        del stands.visits[job_id]
    visit.move(VisitState.CANCELLED, becomes)
    await session.flush()
    retimed = write_route(session, stands, left) if left else []
    await take_back(session, visit)
    await tell(session, stands, {visit.technician_id})
    await tell_desk(session, "visit.cancelled", visit, territory_id, by)
    await record_change(session, by.actor, visit, None, job=becomes, **({"reason": reason} if reason else {}))
    for other in retimed:
        await record_change(session, by.actor, other, before[other.id])
    return visit.job


async def lock(session: AsyncSession, job_id: UUID, seen: int | None, by: Person, *, locked: bool) -> Visit:
    """This technician, this time: no plan and no repair moves it. Or they may again."""
    territory_id = await territory_of(session, job_id, by)
    day = await session.scalar(live_visit(job_id).with_only_columns(Visit.day))
    if day is None:
        raise NotFound("The job has no visit.")
    await lock_days(session, territory_id, [day])  # as bookings do: the lock changes what they may move
    visit = await session.scalar(live_visit(job_id).options(joinedload(Visit.job)).with_for_update(of=Visit))
    if visit is None:
        raise NotFound("The job has no visit.")
    await same_as_seen(session, visit, seen)
    if visit.state is not VisitState.PLANNED:
        raise IllegalMove(f"A visit that is {visit.state} needs no lock: it stays as it is.")
    visit.locked = locked
    await session.flush()
    await tell_desk(session, "visit.locked", visit, territory_id, by)
    await record(session, by.actor, VISIT_LOCKED if locked else VISIT_UNLOCKED, visit.id)
    return visit


async def tell_desk(session: AsyncSession, kind: str, visit: Visit, territory_id: UUID, by: Person) -> None:
    """Also who did it: whoever has the day open is shown that on the row."""
    who = {"id": str(by.id), "name": by.name}
    about = {"job_id": str(visit.job_id), "day": str(visit.day), "by": who}
    await emit(session, kind, visit.id, territory_id=territory_id, **about)


def judged(stands: Standing, job_id: UUID, there: Place) -> tuple[Choices, Put]:
    choices = Choices(stands.running)
    start = None if there.starts_at is None else int((there.starts_at - stands.day.origin).total_seconds())
    if start is not None and not 0 <= start < 24 * 3600:
        raise Invalid(f"starts_at is {there.starts_at}: that is not on {there.day}.")
    try:
        return choices, choices.put(str(job_id), str(there.technician_id), there.position, start)
    except ValueError as error:
        raise Invalid(f"It can't be placed: {spoken(str(error), names_in(stands))}.") from error


def refuse_unless_overridden(stands: Standing, put: Put, job_id: UUID, override: str) -> None:
    if not put.violations:
        return
    names = names_in(stands)
    reasons = [(one.rule, spoken(one.sentence, names)) for one in put.violations]
    told = " ".join(sentence for _, sentence in reasons)
    if any(one.rule in LOCKS and one.job != str(job_id) for one in put.violations):
        raise MoveRefused(f"{told} Unlock the other visit first.", reasons)
    if not override.strip():
        raise MoveRefused(f"{told} Say why in override to do it all the same.", reasons)


async def territory_of(session: AsyncSession, job_id: UUID, by: Person) -> UUID:
    territory_id = await session.scalar(select(Job.territory_id).where(Job.id == job_id))
    if territory_id is None or not by.sees(territory_id):
        raise NotFound("There is no such job.")
    return territory_id


async def as_seen(session: AsyncSession, stands: Standing, job_id: UUID, seen: int | None) -> Visit | None:
    """The job's visit, if it stands as the person saw it, and may move."""
    visit = await session.scalar(live_visit(job_id).options(joinedload(Visit.job)).with_for_update(of=Visit))
    if visit is None:
        job = await session.get_one(Job, job_id)
        if seen is not None:
            raise ChangedMeanwhile(f"The visit was taken back meanwhile; the job is {job.state}. Look at it again.")
        if job.state is not JobState.WAITING:
            raise IllegalMove(f"A job that is {job.state} can't be planned.")
        return None
    await same_as_seen(session, visit, seen)
    if visit.state is not VisitState.PLANNED:
        raise IllegalMove(f"A visit that is {visit.state} stays as it is.")
    if visit.locked:
        raise IllegalMove("The visit is locked. Unlock it first.")
    return visit


async def same_as_seen(session: AsyncSession, visit: Visit, seen: int | None) -> None:
    if visit.version != seen:
        territory = await session.get_one(Territory, visit.job.territory_id)
        raise ChangedMeanwhile(f"{await last_change(session, visit, territory)} Look at it again.")


def live_visit(job_id: UUID) -> Select[Visit]:
    """There is at most one."""
    return select(Visit).where(Visit.job_id == job_id, Visit.state.not_in(GONE))
