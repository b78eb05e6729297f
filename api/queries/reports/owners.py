"""Cases of what owners were promised, what they said, and whether they were called."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.queries.reports.cases import Case, Period
from domain.bookings import Booking
from domain.follow_ups import FollowUp, FollowUpState
from domain.jobs import Job, Visit
from domain.places import Building, Community, Home, Territory
from domain.ratings import Rating
from domain.tickets import Ticket, TicketState


async def owner_cases(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    return [
        *await promises(session, territory, period),
        *await ratings(session, territory, period),
        *await calls(session, territory, period),
    ]


async def promises(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    booked = (
        select(Booking, Community.name, Job.tier, Ticket.defect_code)
        .join(Job, Job.id == Booking.job_id)
        .join(Job.ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(Job.territory_id == territory.id, Booking.day.between(period.since, period.until))
        .where(Ticket.state != TicketState.CANCELLED)
    )
    rows = (await session.execute(booked)).all()
    came = await arrivals(session, territory, {booking.job_id for booking, *_ in rows})
    cases: list[Case] = []
    for booking, community, tier, defect in rows:
        at = Case(territory.name, community, tier, defect)
        cases += of_booking(booking, came.get((booking.job_id, booking.day)), at, period.now)
    return cases


async def arrivals(
    session: AsyncSession, territory: Territory, job_ids: set[UUID]
) -> dict[tuple[UUID, date], datetime]:
    """The first of each job's each day: of two visits of a job, each may have had a promise of its own."""
    there = func.coalesce(Visit.arrived_at, Visit.started_at)
    rows = await session.execute(select(Visit.job_id, there).where(Visit.job_id.in_(job_ids), there.is_not(None)))
    found: dict[tuple[UUID, date], datetime] = {}
    for job_id, at in rows:
        key = job_id, at.astimezone(territory.zone).date()
        found[key] = min(found.get(key, at), at)
    return found


def of_booking(booking: Booking, came: datetime | None, at: Case, now: datetime) -> Iterator[Case]:
    if booking.ended_at is not None and booking.ended_at < booking.opens:
        if not (booking.ended_by or "").startswith("owner:"):
            yield at.counts("promises_taken_back", 1)
    elif booking.closes < now:
        yield at.counts("promises_kept", came is not None and came <= booking.closes)


async def ratings(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    query = (
        select(Rating, Visit.technician_id, Community.name, Job.tier, Ticket.defect_code)
        .join(Visit, Visit.id == Rating.visit_id)
        .join(Visit.job)
        .join(Job.ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(Job.territory_id == territory.id)
        .where(Rating.rated_at >= period.starts(territory), Rating.rated_at < period.ends(territory))
    )
    cases = []
    for rating, technician, community, tier, defect in await session.execute(query):
        at = Case(territory.name, community, tier, defect, technician)
        cases += [at.counts("stars", rating.stars), at.counts("top_two", rating.stars >= 4)]
        answers = {"said_in_time": rating.in_time, "said_solved": rating.solved, "said_tidy": rating.tidy}
        cases += [at.counts(measure, said) for measure, said in answers.items() if said is not None]
    return cases


REACHED = (FollowUpState.HELD, FollowUpState.CAME_BACK)


async def calls(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    """Those due by today: nobody has missed tomorrow's."""
    today = period.now.astimezone(territory.zone).date()
    query = (
        select(FollowUp.state, Community.name, Ticket.tier, Ticket.defect_code)
        .join(FollowUp.ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(FollowUp.territory_id == territory.id, FollowUp.state != FollowUpState.CANCELLED)
        .where(FollowUp.due_on.between(period.since, min(period.until, today)))
    )
    return [
        Case(territory.name, community, tier, defect).counts("called", state in REACHED)
        for state, community, tier, defect in await session.execute(query)
    ]
