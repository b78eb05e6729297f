"""Cases of visits: how they ended, how long they and the way to them took, and which jobs the first one fixed."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from api.queries.comebacks import HELD, of_first_visits
from api.queries.reports.cases import Case, Period
from domain.jobs import ENDED, Job, Visit, VisitState
from domain.people import Technician
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket


async def visit_cases(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    rows = await session.execute(
        select(Visit, Community.name, Job.tier, Ticket.defect_code)
        .join(Visit.job)
        .join(Job.ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(Job.territory_id == territory.id, Visit.day.between(period.since, period.until))
        .where(Visit.state.in_(ENDED))
    )
    cases: list[Case] = []
    last: dict[tuple[UUID, date], datetime] = {}
    for visit, community, tier, defect in rows:
        cases += of_visit(visit, Case(territory.name, community, tier, defect, visit.technician_id))
        if visit.finished_at is not None:
            key = visit.technician_id, visit.day
            last[key] = max(last.get(key, visit.finished_at), visit.finished_at)
    return [*cases, *await overtime(session, territory, last), *await first_fixes(session, territory, period)]


def of_visit(visit: Visit, at: Case) -> Iterator[Case]:
    yield at.counts("visits", 1)
    yield at.counts("no_access", visit.state is VisitState.NO_ACCESS)
    yield at.counts("travel_minutes", visit.travel.total_seconds() / 60)
    yield at.counts("travel_km", visit.travel_m / 1000)
    worked = visit.state is not VisitState.NO_ACCESS
    if worked and visit.started_at and visit.finished_at and visit.finished_at > visit.started_at:
        yield at.counts("work_minutes", (visit.finished_at - visit.started_at).total_seconds() / 60)


async def overtime(session: AsyncSession, territory: Territory, last: dict[tuple[UUID, date], datetime]) -> list[Case]:
    people = select(Technician).where(Technician.id.in_({technician for technician, _ in last}))
    shifts = {one.id: one.shifts for one in await session.scalars(people.options(selectinload(Technician.shifts)))}
    cases = []
    for (technician, day), finished in last.items():
        for shift in shifts[technician]:
            if shift.weekday == day.weekday():
                over = (finished - shift.on(day, territory).ends).total_seconds() / 3600
                cases.append(Case(territory.name, technician=technician).counts("overtime_hours", max(0.0, over)))
    return cases


async def first_fixes(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    """By the same rule as `first_time_fix`, a job at a time."""
    rows = await session.execute(
        of_first_visits(HELD, Visit.technician_id, Job.tier, Ticket.defect_code, Community.name)
        .join(Job.ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(Job.territory_id == territory.id, Visit.day.between(period.since, period.until))
    )
    return [
        Case(territory.name, community, tier, defect, technician).counts("first_time_fix", held)
        for held, technician, tier, defect, community in rows
    ]
