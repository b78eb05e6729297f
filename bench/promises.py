"""Is every booked time kept? `python -m bench.promises [--bookings 2000]`: a simulated week of random bookings.

Owners book, hold, move and cancel at random on five days; again and again a day is planned anew, with jobs nobody was
promised and emergencies that would win by breaking a promise, and published. A booking is broken if its visit is gone
or starts outside its slot.
"""

import argparse
import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import planning, publishing, tickets
from api.actions.opening import Report
from api.db.engine import Database
from bench.booking_desk import BookingDesk, slots_of
from bench.house import own_house
from bench.race import overlaps, technician
from domain.errors import Conflict, SlotTaken
from domain.jobs import Job
from domain.places import Territory
from domain.plans import Plan, PlanState
from domain.tickets import Channel

BROKEN = text(
    """
    SELECT count(*) FROM bookings JOIN jobs ON jobs.id = bookings.job_id
    LEFT JOIN visits ON visits.job_id = jobs.id AND visits.state = 'planned' AND visits.day = bookings.day
    WHERE bookings.ended_at IS NULL AND jobs.territory_id = :territory_id AND (
        visits.id IS NULL OR lower(visits.during) NOT BETWEEN bookings.opens AND bookings.closes
        OR jobs.promised_from <> bookings.opens
    )
    """
)


@dataclass
class Week:
    """What was done, and what came of it."""

    did: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    overlaps: int = 0


async def week(
    database: Database, territory_id: UUID, bookings: int, seed: int, *, plan_every: int, seconds: float
) -> Week:
    """Every `plan_every` bookings a day is planned, for so many `seconds`, and published."""
    draw, told, desk = random.Random(seed), Week(), BookingDesk(database)
    booked: list[UUID] = []
    while told.did["booked"] < bookings:
        job_id = await database.write(reported, territory_id, draw)
        offered = slots_of(await desk.offers(job_id))
        if not offered:  # the week is full: some owners change their minds
            for one in draw.sample(booked, min(8, len(booked))):
                booked.remove(one)
                await desk.cancel(one)
                told.did["cancelled"] += 1
            continue
        slot = draw.choice(offered)
        if draw.random() < 0.3:
            await desk.hold(job_id, slot)
            told.did["held"] += 1
        await desk.book(job_id, slot)
        booked.append(job_id)
        told.did["booked"] += 1
        if draw.random() < 0.1:
            await move(desk, draw.choice(booked), draw, told)
        if told.did["booked"] % plan_every == 0:
            await plan_and_look(desk, territory_id, draw, told, seconds)
    await plan_and_look(desk, territory_id, draw, told, seconds, every_day=True)
    return told


async def move(desk: BookingDesk, job_id: UUID, draw: random.Random, told: Week) -> None:
    offered = slots_of(await desk.offers(job_id))
    if offered:
        try:
            await desk.book(job_id, draw.choice(offered))
            told.did["moved"] += 1
        except SlotTaken:
            told.did["not moved"] += 1


async def plan_and_look(
    desk: BookingDesk, territory_id: UUID, draw: random.Random, told: Week, seconds: float, *, every_day: bool = False
) -> None:
    for _ in range(4):
        await desk.database.write(reported, territory_id, draw, urgent=True)
    today = datetime.now(UTC).date()
    days = [today + timedelta(days=ahead) for ahead in range(1, desk.rules.days + 1)]
    for day in days if every_day else [draw.choice(days)]:
        await plan(desk.database, territory_id, day, seconds, told)
        async with desk.database.read() as session:
            told.broken += int((await session.execute(BROKEN, {"territory_id": territory_id})).scalar_one())
        told.overlaps += await overlaps(desk.database)


async def plan(database: Database, territory_id: UUID, day: date, seconds: float, told: Week) -> None:
    asked = await database.write(planning.request, territory_id, day, seconds)
    await planning.solve(database, asked.id, threads=1, osrm_url=None)
    async with database.read() as session:
        made = await session.get_one(Plan, asked.id)
    if made.state is not PlanState.DRAFT:
        told.did[f"plan {made.state}: {made.failure}"] += 1
        return
    try:
        await database.write(publishing.publish, asked.id)
        told.did["published"] += 1
    except Conflict as refused:
        told.did[f"refused: {type(refused).__name__}"] += 1


async def reported(session: AsyncSession, territory_id: UUID, draw: random.Random, *, urgent: bool = False) -> UUID:
    told = Report(
        territory_id=territory_id,
        community="Old Harbour",
        address=f"{(house := draw.randrange(60))} Quay Street",
        latitude=41.15 + house % 8 / 60,
        longitude=-8.61 + house // 8 / 60,
        defect=draw.choice(("light-fitting", "basin-sink")),
        channel=Channel.PHONE,
        reported_at=datetime.now(UTC),
        answers={"danger": True} if urgent else {},
    )
    ticket, _ = await tickets.report(session, told)
    job = (await session.scalars(select(Job).where(Job.ticket_id == ticket.id))).one()
    job.duration = timedelta(minutes=draw.choice((15, 30, 45, 60, 90)))
    return job.id


async def set_up(session: AsyncSession, team: int, name: str = "Week") -> UUID:
    territory = Territory(name=name, city="Porto", zone_name="Europe/Lisbon")
    session.add(territory)
    await session.flush()
    for number in range(team):
        one = technician(territory, f"{name} {number:02}")
        one.skills = ["electrical", "plumbing"]
        session.add(one)
    return territory.id


async def run(database_url: str, bookings: int, team: int) -> Week:
    database = Database(database_url)
    try:
        territory_id = await database.write(set_up, team)
        return await week(database, territory_id, bookings, seed=1, plan_every=40, seconds=1.0)
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=2_000)
    parser.add_argument("--team", type=int, default=30)
    options = parser.parse_args()
    with own_house() as (_, servers):
        told = asyncio.run(run(servers.database_url, options.bookings, options.team))
    print(", ".join(f"{count:,} {what}" for what, count in told.did.most_common()))
    print(f"{told.broken} promises broken, {told.overlaps} overlaps")


if __name__ == "__main__":
    main()
