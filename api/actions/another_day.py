"""A visit, or a job that waits, goes to another day in one transaction: off this one, onto that one's plan if it has
room there, else to wait for it."""

import asyncio
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.bookings.cancel import give_back
from api.actions.publishing import ONE_AT_A_TIME
from api.actions.route_edits import held_day
from api.actions.visits import Place, live_visit, place, take_out, territory_of
from api.auth import Person
from api.db.day_versions import lock_days
from api.db.outbox import emit
from api.db.trail import record
from domain.audit import JOB_PUT_OFF
from domain.errors import ChangedMeanwhile, IllegalMove, Invalid, MoveRefused
from domain.jobs import Job, JobState, Visit
from domain.places import Territory
from domain.plans import Plan, PlanState
from scheduler.choices import Choices

AHEAD = timedelta(days=366)
"""No plan is made for a later day."""


async def to_another_day(
    session: AsyncSession,
    job_id: UUID,
    day: date,
    seen: int | None,
    by: Person,
    notice: timedelta,
    *,
    there: Place | None = None,
    override: str = "",
    osrm_url: str | None = None,
) -> Visit | None:
    """The visit on that day; None where the job waits for it, since the day has no plan yet or nobody has room.

    `there` says with whom and when; without it the cheapest place that breaks no rule is taken. A time promised for
    another day is given back, with less than `notice` late: that takes `override`, and the owner is told. Raises
    ChangedMeanwhile, MoveRefused, IllegalMove, or Invalid for a day that can't be.
    """
    territory_id = await territory_of(session, job_id, by)
    territory = await session.get_one(Territory, territory_id, with_for_update=ONE_AT_A_TIME)
    today = clock.now().astimezone(territory.zone).date()
    if not today <= day <= today + AHEAD:
        raise Invalid(f"day is {day}; a job can be moved to a day from today, {today}, to a year ahead.")
    visit = await session.scalar(live_visit(job_id))
    if visit is not None and visit.day == day:
        raise Invalid(f"The visit is on {day} already. Place it there.")
    await lock_days(session, territory_id, [day, *([visit.day] if visit else [])])
    job = await session.get_one(Job, job_id, with_for_update={"of": Job})
    refuse_before_it_may_be(job, territory, day)
    await keep_or_give_back(session, job, territory, day, by, notice, override)
    if visit is not None:
        await take_out(session, job_id, seen, by, JobState.WAITING, override or f"moved to {day}", osrm_url)
    elif seen is not None:
        raise ChangedMeanwhile("The visit was taken back meanwhile. Look at it again.")
    elif job.state is not JobState.WAITING:
        raise IllegalMove(f"A job that is {job.state} can't be planned.")
    await put_off(session, job, day if day > today else None, by, override)
    there = there or await cheapest(session, job, day, osrm_url)
    return await place(session, job_id, there, None, by, override=override, osrm_url=osrm_url) if there else None


def refuse_before_it_may_be(job: Job, territory: Territory, day: date) -> None:
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=territory.zone)
    if job.not_before is not None and job.not_before >= ends:
        raise Invalid(f"It may not begin before {job.not_before.astimezone(territory.zone):%Y-%m-%d %H:%M}.")


async def keep_or_give_back(
    session: AsyncSession, job: Job, territory: Territory, day: date, by: Person, notice: timedelta, override: str
) -> None:
    """What was promised for that day stays promised."""
    promised = job.promised_at(clock.now())
    if promised is None or day in {moment.astimezone(territory.zone).date() for moment in promised}:
        return
    if not override.strip():
        told = f"The owner was promised {promised[0].astimezone(territory.zone):%Y-%m-%d %H:%M}."
        raise MoveRefused(f"{told} Say why in override to do it all the same.", [("windows", told)])
    await give_back(session, job, by.actor, notice, override)
    await session.flush()


async def put_off(session: AsyncSession, job: Job, to: date | None, by: Person, override: str) -> None:
    job.put_off_to = to
    await session.flush()
    who = {"id": str(by.id), "name": by.name}
    await emit(session, "job.put_off", job.id, territory_id=job.territory_id, job_id=str(job.id), by=who)
    why = {"override": override} if override else {}
    await record(session, by.actor, JOB_PUT_OFF, job.id, to=str(to) if to else None, **why)


async def cheapest(session: AsyncSession, job: Job, day: date, osrm_url: str | None) -> Place | None:
    """None where the day has no published plan, or nobody may take it without breaking a rule."""
    published = select(Plan.id).where(
        Plan.territory_id == job.territory_id, Plan.day == day, Plan.state == PlanState.PUBLISHED
    )
    if await session.scalar(published) is None:
        return None
    stands = await held_day(session, job.territory_id, day, osrm_url, clock.now())
    if str(job.id) not in {one.id for one in stands.running.problem.jobs}:
        return None  # its place on the map isn't known yet
    choices = await asyncio.to_thread(Choices(stands.running).of, str(job.id))
    best = min((one for one in choices if one.allowed), key=lambda one: one.price or 0, default=None)
    return Place(day, UUID(best.technician), best.position) if best else None
