"""Two people, or a person and a phone, at the same moment: nothing is overwritten, and nobody gets a server error."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from town import DAY, Town

from api.actions import publishing, tickets
from api.actions.opening import Report
from api.db.engine import Database
from domain.errors import Conflict, PlanStale
from domain.jobs import Job, Visit, VisitState
from domain.people import Absence
from domain.places import Building, Community, Home, Territory
from domain.tickets import Channel, Ticket


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


async def the_visit(session: AsyncSession) -> Visit:
    query = select(Visit).options(joinedload(Visit.job).joinedload(Job.ticket))
    return (await session.scalars(query)).one()


def test_two_changes_of_one_job_at_the_same_moment_both_count(town: Town) -> None:
    town.report()

    async def both(database: Database) -> timedelta:
        read = asyncio.Barrier(2)
        tries = 0

        async def an_hour_more(session: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            job = (await session.scalars(select(Job))).one()
            if tries <= 2:
                await read.wait()
            job.duration += timedelta(hours=1)

        before = await database.write(duration)
        await asyncio.gather(database.write(an_hour_more), database.write(an_hour_more))
        return await database.write(duration) - before

    assert town.run(both) == timedelta(hours=2)


async def duration(session: AsyncSession) -> timedelta:
    return (await session.scalars(select(Job.duration))).one()


def test_a_change_that_is_overtaken_at_every_try_is_a_conflict(town: Town) -> None:
    town.report()

    async def overtaken(database: Database) -> None:
        async def change(session: AsyncSession) -> None:
            job = (await session.scalars(select(Job))).one()
            async with database.sessions.begin() as faster:
                await faster.execute(update(Job).values(version=Job.version + 1))
            job.duration += timedelta(hours=1)

        await database.write(change)

    with pytest.raises(Conflict, match="Look at it again"):
        town.run(overtaken)


def test_a_visit_that_begins_while_a_plan_is_published_stays_where_it_is(town: Town) -> None:
    town.report()
    town.publish()
    before = town.write(the_visit)

    async def away(session: AsyncSession) -> None:
        session.add(Absence(technician_id=before.technician_id, starts=DAY, ends=DAY))

    town.write(away)
    elsewhere = town.plan()

    async def arrive_meanwhile(database: Database) -> None:
        async with database.sessions.begin() as session:
            visit = (
                await session.scalars(
                    select(Visit).options(joinedload(Visit.job).joinedload(Job.ticket)).with_for_update(of=Visit)
                )
            ).one()
            coming = asyncio.create_task(database.write(publishing.publish, elsewhere))
            await asyncio.sleep(0.5)
            visit.arrive(datetime.now(UTC))
        with pytest.raises(PlanStale):
            await coming

    town.run(arrive_meanwhile)
    after = town.write(the_visit)
    assert (after.technician_id, after.state) == (before.technician_id, VisitState.ARRIVED)


def test_a_ticket_is_reported_while_a_plan_of_its_territory_is_being_published(town: Town) -> None:
    async def report_meanwhile(database: Database) -> None:
        async with database.sessions.begin() as session, asyncio.timeout(5):
            await session.get_one(Territory, town.territory_id, with_for_update=publishing.ONE_AT_A_TIME)
            await database.write(tickets.report, new_building(town.territory_id, "7 Lock Lane"))

    town.run(report_meanwhile)


def test_reports_of_one_new_address_at_the_same_moment_make_it_once(town: Town) -> None:
    told = new_building(town.territory_id, "1 Dawn Street")

    async def at_once(database: Database) -> None:
        await asyncio.gather(*(database.write(tickets.report, told) for _ in range(6)))

    async def counts(session: AsyncSession) -> list[int]:
        of_kind = [
            select(func.count(Community.id)).where(Community.name == told.community),
            select(func.count(Building.id)).where(Building.address == told.address),
            select(func.count(Home.id)).join(Home.building).where(Building.address == told.address),
            select(func.count(Ticket.id)),
        ]
        return [await session.scalar(query) or 0 for query in of_kind]

    town.run(at_once)
    assert town.write(counts) == [1, 1, 1, 6]


def new_building(territory_id: UUID, address: str) -> Report:
    return Report(
        territory_id=territory_id,
        community=f"{address} Court",
        address=address,
        unit="2",
        latitude=41.15,
        longitude=-8.61,
        defect="light-fitting",
        channel=Channel.PHONE,
        reported_at=datetime.now(UTC),
    )
