"""The job that an owner wants a time for, with all that decides which times it may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.auth import Person
from api.queries.day import Day
from api.queries.day_problem import Point, task_of, time_left
from domain.bookings import Hold
from domain.day_slots import DaySlot, Slot, slots_on
from domain.errors import Invalid, NotFound
from domain.jobs import GONE, Job, Visit
from domain.places import Building, Home, Territory
from domain.tickets import Ticket
from scheduler.problem import Job as Task


@dataclass(frozen=True)
class AskedJob:
    job: Job
    territory: Territory
    building: Building
    visit: Visit | None
    """The one it has, if any: its time may still change."""
    hold: Hold | None
    """Expired ones are not there."""
    policy: Sequence[DaySlot]

    @property
    def place(self) -> Point:
        """Raises Invalid where nobody knows where the home is."""
        if self.building.latitude is None or self.building.longitude is None:
            raise Invalid(
                f"{self.building.address} needs a location before times can be offered: give its coordinates."
            )
        return self.building.latitude, self.building.longitude

    def days(self, now: datetime, count: int) -> list[date]:
        """The next `count` days: on the day itself plans run already, and nobody's time is sold twice."""
        today = now.astimezone(self.territory.zone).date()
        return [today + timedelta(days=ahead) for ahead in range(1, count + 1)]

    def slots(self, day: date) -> list[Slot]:
        return slots_on(day, self.territory, self.policy)

    def day_of(self, slot: Slot, days: Sequence[date]) -> date:
        """Raises Invalid for a time that is none of those to choose from."""
        day = next((day for day in days if slot in self.slots(day)), None)
        if day is None:
            raise Invalid(
                f"{slot.opens.isoformat()} to {slot.closes.isoformat()} is no time that may be chosen. "
                "GET the job's offers and send one of them as it is."
            )
        return day

    def task(self, day: Day, location: int) -> Task:
        """As the planner sees it without an old promise; a chosen time is never late, whatever the clock said."""
        task = task_of(day, self.job, location, None, set())
        assert task is not None
        windows = time_left(day, self.job, clock.now())
        return msgspec.structs.replace(task, id=asking(self.job.id), windows=windows, due=None, late_cost_per_s=0)


def asking(job_id: UUID) -> str:
    """Its name in a day while it asks: there it may have a visit under its own."""
    return f"asked {job_id}"


ASKED = (
    select(Job, Territory, Building, Visit, Hold)
    .join(Territory, Territory.id == Job.territory_id)
    .join(Ticket, Ticket.id == Job.ticket_id)
    .join(Home, Home.id == Ticket.home_id)
    .join(Building, Building.id == Home.building_id)
    .outerjoin(Visit, and_(Visit.job_id == Job.id, Visit.state.not_in(GONE)))
    .outerjoin(Hold, and_(Hold.job_id == Job.id, Hold.until > bindparam("now")))
    .where(Job.id == bindparam("job_id"))
    .execution_options(populate_existing=True)
)
POLICY = select(DaySlot).where(or_(DaySlot.territory_id.is_(None), DaySlot.territory_id == bindparam("territory_id")))


async def asked_job(session: AsyncSession, job_id: UUID, by: Person | None, now: datetime) -> AskedJob:
    """Raises NotFound unless there is one that this person may see."""
    found = (await session.execute(ASKED, {"job_id": job_id, "now": now})).one_or_none()
    if found is None or (by and not by.sees(found[0].territory_id)):
        raise NotFound("There is no such job.")
    job, territory, building, visit, hold = found
    policy = await session.scalars(POLICY, {"territory_id": territory.id})
    return AskedJob(job, territory, building, visit, hold, policy.all())
