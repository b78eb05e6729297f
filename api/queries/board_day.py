"""One territory's day as the board draws it, in one answer: who works when, each job with its place, every visit."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.queries.clocks_of import Clocks, clocks_of
from api.queries.live_day import LiveDay, live_day
from api.queries.plans import LeftOut, PlanHead, head, left_out
from api.queries.running_day import Standing
from api.queries.spoken import names_in
from api.queries.standing_days import StandingDay
from api.queries.tickets import Defect
from domain.jobs import Job, Visit
from domain.people import Duty, Technician
from domain.places import Building, Home
from domain.plans import Plan, Unassigned
from domain.tickets import Ticket


class Rest(Struct):
    starts_at: datetime
    ends_at: datetime


class Working(Struct):
    """A technician on duty. `rests` are as the published plan has them; without one, `rest_within` says when."""

    id: UUID
    code: str
    name: str
    skills: list[str]
    latitude: float
    longitude: float
    starts_at: datetime
    ends_at: datetime
    overtime_min: int
    rests: list[Rest]
    rest_within: Rest | None
    leaves_at: datetime | None
    returns_at: datetime | None


class BoardJob(Struct):
    """`version` is that of a visit which stands outside the day, such as one of somebody who is ill."""

    job_id: UUID
    ticket_id: UUID
    ticket_number: str
    tier: str
    defect: Defect
    community: str
    address: str
    unit: str
    latitude: float | None
    longitude: float | None
    skills: list[str]
    minutes: int
    not_before: datetime | None
    due: datetime
    promised_from: datetime | None
    promised_to: datetime | None
    travel_min: int
    version: int | None
    clocks: Clocks


class BoardDay(Struct):
    """`live` has the visits and what waits; `newest` is the last plan asked for, no what-if, whatever became of it.
    `left_out` are the published plan's, with the true reason. `unlocated` jobs need a location first."""

    zone: str
    live: LiveDay
    newest: PlanHead | None
    technicians: list[Working]
    jobs: list[BoardJob]
    left_out: list[LeftOut]
    unlocated: list[str]


async def board_day(session: AsyncSession, opened: StandingDay, now: datetime | None = None) -> BoardDay:
    stands, live = opened.stands, live_day(opened)
    day = stands.day
    ids = {visit.job_id for visit in stands.visits.values()} | {job.id for job in day.jobs}
    expected = {visit.job_id: (visit.expected_start, visit.expected_end) for visit in live.visits}
    jobs = await jobs_with_places(session, ids)
    clocks = await clocks_of(session, [job.ticket for job in jobs], {
        job.ticket_id: expected[job.id] for job in jobs if job.id in expected
    }, now or clock.now())  # fmt: skip
    outside = {visit.job_id: visit for visit in day.visits if visit.job_id not in stands.visits}
    return BoardDay(
        zone=day.territory.zone_name,
        live=live,
        newest=await newest_plan(session, day.territory.id, day.day),
        technicians=[working(stands, technician, duty) for technician, duty in day.duties],
        jobs=[board_job(job, stands.visits.get(job.id), outside.get(job.id), clocks[job.ticket_id]) for job in jobs],
        left_out=await why_left_out(session, stands, {one.job_id for one in live.waiting}),
        unlocated=[job.ticket.number for job in day.unlocated],
    )


async def jobs_with_places(session: AsyncSession, ids: Collection[UUID]) -> list[Job]:
    """The day in memory has no communities and no defects: planning needs neither."""
    place = joinedload(Job.ticket).joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community)
    found = await session.scalars(
        select(Job).where(Job.id.in_(ids)).options(place, joinedload(Job.ticket).joinedload(Ticket.defect))
    )
    return list(found)


def board_job(job: Job, visit: Visit | None, outside: Visit | None, clocks: Clocks) -> BoardJob:
    ticket, home = job.ticket, job.ticket.home
    return BoardJob(
        job_id=job.id,
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        tier=job.tier,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        community=home.building.community.name,
        address=home.building.address,
        unit=home.unit,
        latitude=home.building.latitude,
        longitude=home.building.longitude,
        skills=job.skills,
        minutes=int(job.duration.total_seconds() // 60),
        not_before=job.not_before,
        due=job.due,
        promised_from=job.promised_from,
        promised_to=job.promised_to,
        travel_min=int(visit.travel.total_seconds() // 60) if visit else 0,
        version=outside.version if outside else None,
        clocks=clocks,
    )


def working(stands: Standing, technician: Technician, duty: Duty) -> Working:
    routes = stands.plan.routes if stands.plan else []
    route = next((one for one in routes if one.technician_id == technician.id), None)
    rests = route.breaks if route else []
    within = Rest(duty.break_from, duty.break_to) if duty.break_from and duty.break_to else None
    return Working(
        id=technician.id,
        code=technician.code,
        name=technician.name,
        skills=technician.abilities_on(stands.day.day),
        latitude=technician.latitude,
        longitude=technician.longitude,
        starts_at=duty.starts,
        ends_at=duty.ends,
        overtime_min=int(technician.max_overtime.total_seconds() // 60),
        rests=[Rest(at(rest["start"]), at(rest["end"])) for rest in rests],
        rest_within=within,
        leaves_at=route.leaves_at if route else None,
        returns_at=route.returns_at if route else None,
    )


def at(told: Any) -> datetime:
    return datetime.fromisoformat(str(told))


async def newest_plan(session: AsyncSession, territory_id: UUID, day: date) -> PlanHead | None:
    plan = await session.scalar(
        select(Plan)
        .where(Plan.territory_id == territory_id, Plan.day == day, Plan.variant.is_(None))
        .options(joinedload(Plan.territory))
        .order_by(Plan.requested_at.desc())
        .limit(1)
    )
    return head(plan) if plan else None


async def why_left_out(session: AsyncSession, stands: Standing, waiting: Collection[UUID]) -> list[LeftOut]:
    """What the published plan could not place and still waits. What came later was never tried by a plan."""
    if stands.plan is None:
        return []
    place = joinedload(Job.ticket).joinedload(Ticket.home).joinedload(Home.building)
    found = await session.scalars(
        select(Unassigned)
        .where(Unassigned.plan_id == stands.plan.id, Unassigned.job_id.in_(waiting))
        .options(joinedload(Unassigned.job).options(place, joinedload(Job.ticket).joinedload(Ticket.defect)))
    )
    names = names_in(stands)
    return [left_out(one, names) for one in found]
