"""The town of one schedule, and its office, which decides otherwise while the technicians are at work."""

import asyncio
import time as clock
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from fault_schedules.schedule import Act, Schedule
from fault_schedules.work import DEFECT
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions import accounts, planning, publishing, tickets
from api.actions.opening import Report
from api.actions.route_sheets import stop, take_back
from api.db import feed
from api.db.engine import Database
from api.queries.house_rules import load_house_rules
from domain.errors import DomainError, PlanStale
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence, Certificate, Shift, Technician
from domain.places import Building, Community, Home, Territory
from domain.plans import Plan, PlanState
from domain.tickets import Channel, Ticket

T = TypeVar("T")
HOMES = 14
"""With a defect, around each technician's own."""
SOLVE_S = 0.5
PATIENCE_S = 120.0
"""With servers that are killed and started again, and a plan whose worker was killed."""
HOLDS_S = 8.0
"""What phones send of the day waits so long at most."""
AT_ONCE = 5
"""Visits that one act changes."""
BUSY = (SQLAlchemyError, OSError)


class Office:
    """Writes to the database itself, as the board's server will; it comes back when the database does."""

    def __init__(self, schedule: Schedule, database_url: str) -> None:
        self.schedule, self.database_url = schedule, database_url
        self.day = datetime.now(UTC).date() + timedelta(days=1)
        self.chance = Random(f"{schedule.seed}/office")
        self.refused: list[str] = []
        """Acts that the rules forbade, as they may: a stale plan, two visits at once."""
        self.territory_id, self.technicians = self.write(settle, schedule, self.day)
        while not self.write(published, self.territory_id):  # a worker may have been killed a moment ago
            self.act(Act.REPLAN)

    def write(self, action: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Tried until the database answers. An action may then have happened twice: none here minds."""
        deadline = clock.monotonic() + PATIENCE_S

        async def once() -> T:
            database = Database(self.database_url, writers=1, readers=1)
            try:
                return await database.write(action, *args)
            finally:
                await database.close()

        while True:
            try:
                return asyncio.run(once())
            except BUSY:
                if clock.monotonic() > deadline:
                    raise
                clock.sleep(0.3)

    def pairing_code(self, technician_id: UUID) -> str:
        code, _ = self.write(accounts.pairing_code, technician_id)
        return code

    def act(self, act: Act) -> None:
        try:
            match act:
                case Act.SWAP:
                    self.write(swap, self.day, self.chance.sample(self.technicians, 2), self.chance.random())
                case Act.CANCEL:
                    self.write(cancel, self.day, self.technicians, self.chance.random())
                case Act.REPLAN:
                    self.replan(ill=self.chance.random() < 0.6)
        except DomainError as error:
            self.refused.append(f"{act}: {type(error).__name__}: {error}")

    def replan(self, *, ill: bool) -> None:
        """By a worker, while the day is held: at this pace all its plans would be stale before they are made."""
        self.write(fall_ill, self.day, self.technicians, self.chance.choice(self.technicians) if ill else None)
        self.write(self.plan_again, self.chance.randrange(10_000))

    async def plan_again(self, session: AsyncSession, seed: int) -> None:
        """Raises PlanStale where the worker does not come up with one in time."""
        await publishing.hold_visits(session, await session.get_one(Territory, self.territory_id), self.day)
        plan_id = await asyncio.to_thread(self.write, request, self.territory_id, self.day, seed)
        deadline = clock.monotonic() + HOLDS_S
        while (state := await asyncio.to_thread(self.write, state_of, plan_id)) is not PlanState.DRAFT:
            if state not in (PlanState.REQUESTED, PlanState.SOLVING) or clock.monotonic() > deadline:
                raise PlanStale(f"The plan is {state}.")
            await asyncio.sleep(0.1)
        await publishing.publish(session, plan_id)


async def settle(session: AsyncSession, schedule: Schedule, day: date) -> tuple[UUID, list[UUID]]:
    name = f"Seed {schedule.seed}, {datetime.now(UTC):%H:%M:%S.%f}"
    territory = Territory(name=name, city="Porto", zone_name="Europe/Lisbon")
    session.add(territory)
    await session.flush()
    team = [technician(territory, name, number, day) for number in range(schedule.phones)]
    session.add_all(team)
    rules = await load_house_rules(session)
    for number in range(schedule.phones * HOMES):
        told = Report(
            territory_id=territory.id,
            community=f"Harbour {number // HOMES}",
            address=f"{number % HOMES} Quay Street",
            latitude=41.15 + number // HOMES / 20 + number % HOMES / 500,
            longitude=-8.61,
            defect=DEFECT,
            channel=Channel.PHONE,
            reported_at=datetime.now(UTC) - timedelta(minutes=5),
            contact_name="Zhang San",
            contact_phone="13812340000",
        )
        await tickets.report(session, told, rules=rules)
    return territory.id, [one.id for one in team]


def technician(territory: Territory, name: str, number: int, day: date) -> Technician:
    """On shift the whole day, so that pings are kept whenever this is run."""
    return Technician(
        territory=territory,
        code=f"{name}/{number}",
        name=f"Technician {number}",
        latitude=41.15 + number / 20,
        longitude=-8.61,
        skills=["electrical"],
        certificates=[Certificate(kind="cert:electrician", valid_from=day, valid_to=day + timedelta(days=1))],
        shifts=[Shift(weekday=weekday, starts=time(0), ends=time(23, 59)) for weekday in range(7)],
        absences=[],
    )


async def request(session: AsyncSession, territory_id: UUID, day: date, seed: int) -> UUID:
    return (await planning.request(session, territory_id, day, SOLVE_S, seed=seed)).id


async def published(session: AsyncSession, territory_id: UUID) -> bool:
    query = select(Plan.id).where(Plan.territory_id == territory_id, Plan.state == PlanState.PUBLISHED)
    return await session.scalar(query) is not None


async def state_of(session: AsyncSession, plan_id: UUID) -> PlanState:
    return (await session.get_one(Plan, plan_id)).state


async def fall_ill(session: AsyncSession, day: date, team: list[UUID], ill: UUID | None) -> None:
    """That one alone; whoever was ill is well again."""
    await session.execute(delete(Absence).where(Absence.technician_id.in_(team)))
    if ill:
        session.add(Absence(technician_id=ill, starts=day, ends=day))


async def to_come(session: AsyncSession, day: date, team: list[UUID], *states: VisitState) -> list[Visit]:
    ticket = joinedload(Visit.job).joinedload(Job.ticket)
    home = ticket.joinedload(Ticket.home).joinedload(Home.building)
    visits = await session.scalars(
        select(Visit)
        .where(Visit.technician_id.in_(team), Visit.day == day, Visit.state.in_(states))
        .options(home.joinedload(Building.community).joinedload(Community.territory), ticket.joinedload(Ticket.defect))
        .order_by(Visit.id)
        .with_for_update(of=Visit)
    )
    return list(visits)


async def cancel(session: AsyncSession, day: date, team: list[UUID], seed: float) -> None:
    """Also of some that a technician is on the way to."""
    visits = await to_come(session, day, team, VisitState.PLANNED, VisitState.TRAVELLING)
    for visit in Random(seed).sample(visits, min(AT_ONCE, len(visits))):
        visit.move(VisitState.CANCELLED, JobState.WAITING)
        await take_back(session, visit)


async def swap(session: AsyncSession, day: date, two: list[UUID], seed: float) -> None:
    """Pairs of visits of equal length change technician, place and time; both phones are told."""
    visits = await to_come(session, day, two, VisitState.PLANNED)
    Random(seed).shuffle(visits)
    first, second = ([visit for visit in visits if visit.technician_id == one] for one in two)
    for one, other in list(zip(first, second, strict=False))[:AT_ONCE]:
        await take_back(session, one)
        await take_back(session, other)
        for name in ("technician_id", "position", "during", "arrives_at", "travel", "travel_m"):
            mine, theirs = getattr(one, name), getattr(other, name)
            setattr(one, name, theirs)
            setattr(other, name, mine)
        for visit in (one, other):
            visit.accepted_at = None
            entry = {("stop", f"stop:{visit.id}"): msgspec.json.encode(stop(visit, []))}
            await feed.put(session, visit.technician_id, day, entry)
