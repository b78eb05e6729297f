"""The running day as the board shows it: planned against actual, and when what is still to come is expected now."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from api.queries.standing_days import StandingDay
from domain.jobs import Visit, VisitState


class LiveVisit(Struct):
    """`expected_start` follows from all that has happened on the route, and is never sooner than planned.

    `late` is in minutes against the plan. `promise_at_risk`: the owner's slot will be missed, and
    she should hear of it. `overdue`: the start comes after the response clock's end.
    """

    job_id: UUID
    visit_id: UUID
    version: int
    ticket_number: str
    technician_id: UUID
    technician: str
    position: int
    state: str
    locked: bool
    tier: str
    planned_start: datetime
    planned_end: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    expected_start: datetime
    expected_end: datetime
    late: int
    promised_from: datetime | None
    promised_to: datetime | None
    promise_at_risk: bool
    overdue: bool


class Waiting(Struct):
    """A job that could be on this day and has no visit."""

    job_id: UUID
    ticket_number: str
    tier: str
    due: datetime
    promised_from: datetime | None
    promised_to: datetime | None


class LiveDay(Struct):
    """`token` changes with whatever changes on the day. `plan_id` is None for a day without a published plan."""

    territory_id: UUID
    day: str
    token: str
    plan_id: UUID | None
    visits: list[LiveVisit]
    waiting: list[Waiting]


def live_day(opened: StandingDay) -> LiveDay:
    stands, day = opened.stands, opened.stands.day
    coming = opened.choices.expected()
    actual = {stop.job: stop for route in stands.running.plan.routes for stop in route.stops}
    names = {technician.id: technician.name for technician, _ in day.duties}
    expected = {
        job: (day.origin + timedelta(seconds=stop.start), day.origin + timedelta(seconds=stop.end))
        for job, stop in (actual | coming).items()
    }
    visits = [
        live_visit(visit, names[visit.technician_id], *expected[str(visit.job_id)]) for visit in stands.visits.values()
    ]
    return LiveDay(
        territory_id=day.territory.id,
        day=str(day.day),
        token=stands.token,
        plan_id=stands.plan.id if stands.plan else None,
        visits=sorted(visits, key=lambda visit: (visit.technician, visit.planned_start)),
        waiting=[
            Waiting(job.id, job.ticket.number, job.tier, job.due, job.promised_from, job.promised_to)
            for job in day.jobs
            if job.id not in stands.visits
        ],
    )


def live_visit(visit: Visit, technician: str, starts: datetime, ends: datetime) -> LiveVisit:
    job, over = visit.job, visit.state is VisitState.DONE
    return LiveVisit(
        job_id=job.id,
        visit_id=visit.id,
        version=visit.version,
        ticket_number=job.ticket.number,
        technician_id=visit.technician_id,
        technician=technician,
        position=visit.position,
        state=visit.state,
        locked=visit.locked,
        tier=job.tier,
        planned_start=visit.starts,
        planned_end=visit.ends,
        departed_at=visit.departed_at,
        arrived_at=visit.arrived_at,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        expected_start=starts,
        expected_end=ends,
        late=max(0, int((starts - visit.starts).total_seconds() // 60)),
        promised_from=job.promised_from,
        promised_to=job.promised_to,
        promise_at_risk=not over and job.promised_to is not None and starts > job.promised_to,
        overdue=not over and starts > job.due,
    )
