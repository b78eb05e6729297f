"""Sixty-four owners want the one time that is left: `python -m bench.race [--rounds 200]`.

Meanwhile dispatchers plan and publish the day and move another booking about. In each round one owner must win, nobody
may be booked twice, and the others are told at once what times there are instead.
"""

import argparse
import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from statistics import quantiles
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import planning, publishing, tickets
from api.actions.opening import Report
from api.db.engine import Database
from bench.booking_desk import BookingDesk, slots_of
from bench.house import own_house
from domain.bookings import Booking
from domain.day_slots import Slot
from domain.errors import Conflict, IllegalMove, SlotTaken
from domain.jobs import Job, Visit
from domain.people import Certificate, Shift, Technician
from domain.places import Territory
from domain.tickets import Channel

OWNERS = 64

OVERLAPS = text(
    """
    SELECT count(*) FROM visits a JOIN visits b
    ON a.technician_id = b.technician_id AND a.id < b.id AND a.during && b.during
    WHERE a.state NOT IN ('cancelled', 'no_access', 'needs_another', 'done')
    AND b.state NOT IN ('cancelled', 'no_access', 'needs_another', 'done')
    """
)


@dataclass
class Outcome:
    """By round: how many won, and how many bookings of that time then stand. `answered_s` is how long each loser waited
    for the refusal with the next offers."""

    winners: list[int] = field(default_factory=list)
    standing: list[int] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    without_next_offers: int = 0
    overlaps: int = 0
    published: int = 0

    def __str__(self) -> str:
        cuts = quantiles(self.answered_s, n=100)
        return (
            f"{len(self.winners)} rounds: {self.winners.count(1)} with one winner, {self.overlaps} overlaps; "
            f"{len(self.answered_s):,} losers answered within p50 {cuts[49] * 1000:.0f} ms, "
            f"p99 {cuts[98] * 1000:.0f} ms, at most {max(self.answered_s) * 1000:.0f} ms; "
            f"{self.published} plans published meanwhile"
        )


async def races(database: Database, territory_id: UUID, jobs: list[UUID], rounds: int) -> Outcome:
    """The first job takes one of two technicians' last slot of a day; the second one the dispatchers move about; all
    the others want what is left of it, each of them half a day long."""
    busy, spare, *racing = jobs
    outcome, desks = Outcome(), [BookingDesk(database), BookingDesk(database)]
    slot = slots_of([(await desks[0].offers(busy))[0]])[-1]
    await desks[0].book(busy, slot)
    for number in range(rounds):
        office = asyncio.create_task(dispatchers(BookingDesk(database), territory_id, spare, slot, number))
        won = await race(desks, racing, slot, by_hold=number % 2 == 0, outcome=outcome)
        outcome.published += await office
        outcome.winners.append(len(won))
        stands = await standing_in(database, slot, racing)
        outcome.standing.append(len(stands) if stands == won else 0)
        outcome.overlaps += await overlaps(database)
        for job_id in won:
            await desks[0].cancel(job_id)
    return outcome


async def race(
    desks: list[BookingDesk], jobs: list[UUID], slot: Slot, *, by_hold: bool, outcome: Outcome
) -> list[UUID]:
    """The winners. Every job wants the slot at the same moment, through one of the desks: each knows the days by
    itself, as processes do."""
    won: list[UUID] = []

    async def owner(number: int, job_id: UUID) -> None:
        desk, began = desks[number % len(desks)], time.perf_counter()
        try:
            if by_hold:
                await desk.hold(job_id, slot)
            await desk.book(job_id, slot)
            won.append(job_id)
        except SlotTaken:
            left = slots_of(await desk.offers(job_id))
            outcome.answered_s.append(time.perf_counter() - began)
            outcome.without_next_offers += not left or slot in left

    await asyncio.gather(*(owner(number, job_id) for number, job_id in enumerate(jobs)))
    return won


async def dispatchers(desk: BookingDesk, territory_id: UUID, other: UUID, slot: Slot, seed: int) -> int:
    """Plan and publish the day, cancel and book the other one again; how many plans were published."""
    draw, published = random.Random(seed), 0
    day = slot.opens.date()
    for _ in range(2):
        try:
            plan = await desk.database.write(planning.request, territory_id, day, 0.2)
            await planning.solve(desk.database, plan.id, threads=1, osrm_url=None)
            await desk.database.write(publishing.publish, plan.id)
            published += 1
        except (Conflict, IllegalMove):
            pass  # somebody booked meanwhile: they would plan again
        try:
            await desk.cancel(other, "the owner called")
            free = [one for one in slots_of(await desk.offers(other)) if one != slot]
            await desk.book(other, draw.choice(free))
        except (SlotTaken, IllegalMove):
            pass
    return published


async def overlaps(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(OVERLAPS)).scalar_one())


async def standing_in(database: Database, slot: Slot, among: list[UUID]) -> list[UUID]:
    """The jobs whose booking of that time stands, each with a visit that keeps it."""
    async with database.read() as session:
        rows = await session.execute(
            select(Booking.job_id)
            .join(Job, Job.id == Booking.job_id)
            .join(Visit, Visit.job_id == Job.id)
            .where(
                Booking.ended_at.is_(None),
                Booking.opens == slot.opens,
                Booking.job_id.in_(among),
                Job.promised_from == slot.opens,
                Visit.state == "planned",
                text("lower(visits.during) BETWEEN bookings.opens AND bookings.closes"),
            )
        )
        return [job_id for (job_id,) in rows]


async def lengthen(session: AsyncSession, jobs: list[UUID], to: timedelta) -> None:
    for job in await session.scalars(select(Job).where(Job.id.in_(jobs))):
        job.duration = to


async def set_up(session: AsyncSession) -> tuple[UUID, list[UUID]]:
    """Two technicians, and the owners' jobs."""
    territory = Territory(name="Bench", city="Porto", zone_name="Europe/Lisbon")
    session.add(territory)
    await session.flush()
    session.add_all(technician(territory, code) for code in ("B1", "B2"))
    reported = [(await tickets.report(session, report(territory.id, number)))[0].id for number in range(OWNERS + 2)]
    jobs = list(await session.scalars(select(Job.id).where(Job.ticket_id.in_(reported)).order_by(Job.id)))
    await lengthen(session, jobs, timedelta(hours=3))
    return territory.id, jobs


def technician(territory: Territory, code: str) -> Technician:
    return Technician(
        territory=territory,
        code=code,
        name=f"Technician {code}",
        latitude=41.15,
        longitude=-8.61,
        skills=["electrical"],
        max_overtime=timedelta(),
        certificates=[Certificate(kind="cert:electrician", valid_from=date(2020, 1, 1), valid_to=date(2099, 1, 1))],
        absences=[],
        shifts=[Shift(weekday=day, starts=clock(8), ends=clock(17), break_length=timedelta()) for day in range(7)],
    )


def report(territory_id: UUID, number: int) -> Report:
    return Report(
        territory_id=territory_id,
        community="Old Harbour",
        address=f"{number % 12} Quay Street",
        latitude=41.15 + number % 12 / 500,
        longitude=-8.61,
        defect="light-fitting",
        channel=Channel.PHONE,
        reported_at=datetime.now(UTC),
    )


async def run(database_url: str, rounds: int) -> Outcome:
    database = Database(database_url)
    try:
        territory_id, jobs = await database.write(set_up)
        return await races(database, territory_id, jobs, rounds)
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with own_house() as (_, servers):
        print(asyncio.run(run(servers.database_url, options.rounds)))


if __name__ == "__main__":
    main()
