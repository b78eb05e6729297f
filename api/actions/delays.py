"""Owners hear that somebody comes later than they were told, as soon as the running day says so."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions.owner_messages import told_of_delay
from api.db.engine import Database
from api.queries.running_day import Standing, standing
from api.queries.told_times import spans_told
from domain.arrival import Span, around
from domain.jobs import Visit, VisitState
from domain.places import Territory
from domain.plans import Plan, PlanState
from scheduler.choices import Choices

STEP = timedelta(minutes=15)
"""An owner hears of further delay once in so long at most."""
NOT_YET_THERE = (VisitState.PLANNED, VisitState.TRAVELLING)


async def warn_all(database: Database, osrm_url: str | None, now: datetime | None = None) -> int:
    """Looks at every territory's day of today; how many owners were warned."""
    warned = 0
    async with database.read() as session:
        running = await days_of_today(session, now or clock.now())
    for territory_id, day in running:
        warned += await warn_day(database, territory_id, day, osrm_url, now or clock.now())
    return warned


async def warn_day(database: Database, territory_id: UUID, day: date, osrm_url: str | None, now: datetime) -> int:
    async with database.read() as session:
        territory = await session.get_one(Territory, territory_id)
        stands = await standing(session, territory, day, osrm_url, now)
        told = await told_spans(session, stands)
    coming = await asyncio.to_thread(expected_arrivals, stands)
    late = {
        visit_id: arrives for visit_id, arrives in coming.items() if visit_id in told and arrives > told[visit_id].ends
    }
    warned = 0
    for visit_id, arrives in late.items():
        warned += await database.write(warn_one, visit_id, arrives, now)
    return warned


async def days_of_today(session: AsyncSession, now: datetime) -> list[tuple[UUID, date]]:
    """With a published plan, on each territory's own clock."""
    found = await session.scalars(
        select(Territory).join(Plan, Plan.territory_id == Territory.id).where(Plan.state == PlanState.PUBLISHED)
        .where(Plan.day.between(now.date() - timedelta(days=1), now.date() + timedelta(days=1))).distinct()
    )  # fmt: skip
    return [(territory.id, now.astimezone(territory.zone).date()) for territory in found]


async def told_spans(session: AsyncSession, stands: Standing) -> dict[UUID, Span]:
    """What each owner was last told, by visit: by a message, else by the booked time. Nothing was told to the rest."""
    visits = [visit for visit in stands.visits.values() if visit.state in NOT_YET_THERE]
    told = {
        visit.id: Span(visit.job.promised_from, visit.job.promised_to)
        for visit in visits
        if visit.job.promised_from and visit.job.promised_to
    }
    return told | await spans_told(session, [visit.id for visit in visits])


def expected_arrivals(stands: Standing) -> dict[UUID, datetime]:
    """By visit. On the way: when the drive is over, however long ago that should have been."""
    actual = {stop.job: stop for route in stands.running.plan.routes for stop in route.stops}
    stops = actual | Choices(stands.running).expected()
    origin = stands.day.origin
    return {
        visit.id: origin + timedelta(seconds=stops[str(job_id)].arrival)
        for job_id, visit in stands.visits.items()
        if visit.state in NOT_YET_THERE and str(job_id) in stops
    }


async def warn_one(session: AsyncSession, visit_id: UUID, arrives: datetime, now: datetime) -> bool:
    """Unless somebody came there meanwhile, or another process has warned in this step."""
    visit = await session.scalar(
        select(Visit)
        .where(Visit.id == visit_id, Visit.state.in_(NOT_YET_THERE))
        .options(joinedload(Visit.job))
        .with_for_update(of=Visit)
    )
    if visit is None:
        return False
    step = int(now.timestamp() // STEP.total_seconds())
    return await told_of_delay(session, visit, around(arrives, now), step)
