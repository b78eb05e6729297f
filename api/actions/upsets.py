"""What upsets a running day, as the desk tells it; as the planner takes it; and as a fact once a repair is decided."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.bookings.cancel import give_back
from api.actions.route_edits import really
from api.actions.route_sheets import take_back, tell_state
from api.actions.visits import end_ticket
from api.auth import Person
from api.queries.running_day import Standing, second
from domain.errors import IllegalMove, Invalid
from domain.jobs import JobState, Visit, VisitState
from domain.people import Absence
from scheduler.events import Away, Behind, Cancelled, Event, NoShow, Overrun, Urgent


class Upset(Struct, forbid_unknown_fields=True):
    """`kind` and what it is about: emergency, overrun (with `minutes`), no_show and cancelled a job; ill and behind
    a technician. Who is behind is late by what phones told, or will be: only a way out is looked for.

    `note` goes on record.
    """

    kind: Literal["emergency", "ill", "overrun", "no_show", "cancelled", "behind"]
    job_id: UUID | None = None
    technician_id: UUID | None = None
    minutes: int | None = None
    note: str = ""


def event_of(upset: Upset, stands: Standing, now: datetime) -> Event:
    """Raises Invalid for what can't be, IllegalMove for a visit that is too far gone for it."""
    if upset.kind in ("ill", "behind"):
        if upset.technician_id is None:
            raise Invalid(f"Say who is {upset.kind}: technician_id is missing.")
        who = str(upset.technician_id)
        return Behind(who) if upset.kind == "behind" else Away(who, second(stands.day, now))
    if upset.job_id is None:
        raise Invalid(f"Say which job: {upset.kind} needs job_id.")
    job, visit = str(upset.job_id), stands.visits.get(upset.job_id)
    match upset.kind:
        case "emergency":
            found = [one for one in stands.running.problem.jobs if one.id == job]
            if not found:
                raise Invalid("The job can't be done on that day: it has no location, or is promised for another day.")
            return Urgent(found[0])
        case "overrun":
            if not 1 <= (upset.minutes or 0) <= 1440:
                raise Invalid("Say how much longer it takes: minutes, from 1 to 1440.")
            return Overrun(job, 60 * (upset.minutes or 0))
        case "no_show":
            return NoShow(job)
        case _:
            if visit is not None and visit.state not in (VisitState.PLANNED, VisitState.TRAVELLING):
                raise IllegalMove(f"The visit is {visit.state}: whoever is there ends it.")
            return Cancelled(job)


async def make_fact(
    session: AsyncSession, upset: Upset, stands: Standing, now: datetime, by: Person, notice: timedelta
) -> Visit | None:
    """What the event itself leaves behind, before any move: an absence, a longer visit, a visit that ended."""
    if upset.kind == "ill":
        day = stands.day.day
        session.add(Absence(technician_id=upset.technician_id, starts=day, ends=day, reason=upset.note or "ill"))
        for mine in stands.visits.values():
            if mine.technician_id == upset.technician_id:
                mine.locked = False  # who is ill keeps no appointment
        return None
    visit = stands.visits.get(upset.job_id) if upset.job_id else None
    if visit is None:
        return None
    if upset.kind == "overrun":
        visit.during = really(stands, visit)
        longer = visit.ends + timedelta(minutes=upset.minutes or 0)
        visit.during = type(visit.during)(visit.starts, longer, bounds="[)")
        return visit
    if upset.kind == "no_show":
        visit.no_access(now)
        await session.flush()
        await tell_state(session, visit)
    elif upset.kind == "cancelled":
        visit.move(VisitState.CANCELLED, JobState.CANCELLED)
        await session.flush()
        await give_back(session, visit.job, by.actor, notice, upset.note)
        await end_ticket(session, visit.job)
        await take_back(session, visit)
    else:
        return None
    del stands.visits[visit.job_id]
    return visit
