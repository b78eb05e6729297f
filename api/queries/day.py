"""All that a plan of one territory's day is made from, and the versions that tell whether it has moved since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from api import clock
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Duty, Technician
from domain.places import Building, Home, Territory
from domain.tickets import Ticket


@dataclass(frozen=True)
class Day:
    territory: Territory
    day: date
    duties: list[tuple[Technician, Duty]]
    """Who works that day, and when."""
    jobs: Sequence[Job]
    """What may be planned: it has a location, and no other day has it, was promised for it or is waited for. A promise
    that was not kept binds no day any more, or its job would wait for ever."""
    visits: Sequence[Visit]
    """What is on that day's plan already."""
    unlocated: Sequence[Job]
    """What needs a location before it can be planned."""

    @cached_property
    def origin(self) -> datetime:
        """The planner's second 0: midnight on the territory's clock."""
        return datetime.combine(self.day, time(), tzinfo=self.territory.zone).astimezone(UTC)

    @cached_property
    def ends(self) -> datetime:
        """The next midnight: 23 to 25 hours later."""
        return datetime.combine(self.day + timedelta(days=1), time(), tzinfo=self.territory.zone).astimezone(UTC)

    @property
    def fixed(self) -> dict[UUID, Visit]:
        """By job: the visits that no plan may move."""
        return {visit.job_id: visit for visit in self.visits if visit.fixed}

    def versions(self) -> dict[str, str | int]:
        """What must not move between a solve and its publication."""
        return (
            {f"job {job.id}": job.version for job in self.jobs}
            | {
                f"technician {who.id}": f"{who.version} {who.abilities_on(self.day)} {duty}"
                for who, duty in self.duties
            }
            | {f"visit {v.id}": f"{v.state} {v.locked} {v.technician_id} {v.starts}" for v in self.visits}
        )


async def load_day(session: AsyncSession, territory: Territory, day: date) -> Day:
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=territory.zone)
    begins = datetime.combine(day, time(), tzinfo=territory.zone)
    visits = (
        await session.scalars(
            select(Visit)
            .join(Visit.job)
            .where(Job.territory_id == territory.id, Visit.day == day, Visit.state != VisitState.CANCELLED)
            .options(contains_eager(Visit.job))
        )
    ).all()
    here = [visit.job_id for visit in visits if visit.state is VisitState.PLANNED or visit.fixed]
    jobs = (
        await session.scalars(
            select(Job)
            .where(
                Job.territory_id == territory.id,
                or_(Job.state == JobState.WAITING, Job.id.in_(here)),
                or_(Job.not_before.is_(None), Job.not_before < ends),
                or_(Job.put_off_to.is_(None), Job.put_off_to <= day, Job.promised_from.is_not(None)),
                or_(
                    Job.promised_from.is_(None),
                    Job.promised_to < clock.now(),
                    and_(Job.promised_from < ends, Job.promised_to >= begins),
                ),
            )
            .options(joinedload(Job.ticket).joinedload(Ticket.home).joinedload(Home.building))
            .order_by(Job.id)
        )
    ).all()
    technicians = (
        await session.scalars(
            select(Technician)
            .where(Technician.territory_id == territory.id, Technician.active)
            .options(
                selectinload(Technician.certificates),
                selectinload(Technician.shifts),
                selectinload(Technician.absences),
                joinedload(Technician.territory),
            )
            .order_by(Technician.code)
        )
    ).all()
    duties = [(technician, duty) for technician in technicians if (duty := technician.duty_on(day))]
    return Day(
        territory=territory,
        day=day,
        duties=duties,
        jobs=[job for job in jobs if not building_of(job).needs_location],
        visits=visits,
        unlocated=[job for job in jobs if building_of(job).needs_location],
    )


def building_of(job: Job) -> Building:
    return job.ticket.home.building
