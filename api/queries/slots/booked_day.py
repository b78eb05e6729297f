"""What fills a territory's day in the database: visits that are to come, and slots held for owners who still think."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from api.queries.day import Day
from api.queries.day_problem import Point
from domain.bookings import Hold
from domain.jobs import UNDER_WAY, Job, Visit, VisitState
from domain.people import Technician
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket

FILLS_TIME = (VisitState.PLANNED, *UNDER_WAY)


@dataclass(frozen=True, slots=True)
class BookedRoute:
    """A technician's visits in the order of the day, by job id. `marks` tell when a job, or whether its visit may be
    moved, is no longer as it was."""

    technician: str
    jobs: tuple[str, ...]
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BookedJob:
    job: Job
    visit: Visit
    place: Point

    @property
    def mark(self) -> int:
        return 2 * self.job.version + self.visit.fixed


BOOKED = (
    select(
        cast(Visit.technician_id, Text),
        func.array_agg(aggregate_order_by(cast(Visit.job_id, Text), func.lower(Visit.during), Visit.position)),
        func.array_agg(
            aggregate_order_by(
                2 * Job.version + cast(or_(Visit.locked, Visit.state != VisitState.PLANNED), Integer),
                func.lower(Visit.during),
                Visit.position,
            )
        ),
    )
    .join(Job, Job.id == Visit.job_id)
    .where(Job.territory_id == bindparam("territory_id"), Visit.day == bindparam("day"), Visit.state.in_(FILLS_TIME))
    .group_by(Visit.technician_id)
)
"""A row a technician: ten times faster to read than one a visit."""


async def booked(session: AsyncSession, territory_id: UUID, day: date) -> list[BookedRoute]:
    rows = await session.execute(BOOKED, {"territory_id": territory_id, "day": day})
    return [BookedRoute(who, tuple(jobs), tuple(marks)) for who, jobs, marks in rows]


async def booked_jobs(
    session: AsyncSession, territory_id: UUID, day: date, among: Collection[str] | None = None
) -> list[BookedJob]:
    """All of the day, or those named."""
    query = (
        select(Job, Visit, Building)
        .join(Visit, Visit.job_id == Job.id)
        .join(Ticket, Ticket.id == Job.ticket_id)
        .join(Home, Home.id == Ticket.home_id)
        .join(Building, Building.id == Home.building_id)
        .where(
            Job.territory_id == territory_id,
            Visit.day == day,
            Visit.state.in_(FILLS_TIME),
            Building.latitude.is_not(None),  # without it nobody knows how long the drives are
        )
    )
    if among is not None:
        query = query.where(Job.id.in_(among))
    rows = await session.execute(query)
    return [BookedJob(job, visit, located(building)) for job, visit, building in rows]


@dataclass(frozen=True, slots=True)
class Held:
    hold: Hold
    job: Job
    place: Point


async def held(session: AsyncSession, territory_id: UUID, day: date, now: datetime) -> list[Held]:
    """The oldest first."""
    rows = await session.execute(
        select(Hold, Job, Building)
        .join(Job, Job.id == Hold.job_id)
        .join(Ticket, Ticket.id == Job.ticket_id)
        .join(Home, Home.id == Ticket.home_id)
        .join(Building, Building.id == Home.building_id)
        .where(Hold.territory_id == territory_id, Hold.day == day, Hold.until > now, Building.latitude.is_not(None))
        .order_by(Hold.id)
    )
    return [Held(hold, job, located(building)) for hold, job, building in rows]


def located(building: Building) -> Point:
    assert building.latitude is not None
    assert building.longitude is not None
    return building.latitude, building.longitude


async def empty_day(session: AsyncSession, territory: Territory, day: date) -> Day:
    """Who works then, and nothing else."""
    team = await session.scalars(
        select(Technician)
        .where(Technician.territory_id == territory.id, Technician.active)
        .options(
            selectinload(Technician.certificates),
            selectinload(Technician.shifts),
            selectinload(Technician.absences),
            selectinload(Technician.territory),
        )
        .order_by(Technician.code)
    )
    duties = [(technician, duty) for technician in team if (duty := technician.duty_on(day))]
    return Day(territory=territory, day=day, duties=duties, jobs=[], visits=[], unlocated=[])


async def known_places(session: AsyncSession, territory_id: UUID, most: int) -> Sequence[Point]:
    """Of technicians and of the territory's buildings, the newest first: where the next question may come from."""
    homes = await session.execute(
        select(Technician.latitude, Technician.longitude).where(
            Technician.territory_id == territory_id, Technician.active
        )
    )
    buildings = await session.execute(
        select(Building.latitude, Building.longitude)
        .join(Community, Community.id == Building.community_id)
        .where(Community.territory_id == territory_id, Building.latitude.is_not(None))
        .order_by(Building.id.desc())
        .limit(most)
    )
    return [(lat, lon) for lat, lon in homes] + [
        (lat, lon) for lat, lon in buildings if lat is not None and lon is not None
    ]
