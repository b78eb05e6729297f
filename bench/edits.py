"""Does a plan ever undo what somebody decided while it was made? `python -m bench.edits [--edits 500]`.

One dispatcher moves visits about while the same day is planned and published over and over. A plan may be published
only if it was made from every edit there is: anything else would be a stale overwrite.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import planning, publishing, visits
from api.actions.visits import Place
from api.auth import Person
from api.db.engine import Database
from bench.house import own_house
from bench.race import overlaps
from bench.workers import set_up
from domain.errors import ChangedMeanwhile, IllegalMove, MoveRefused, PlanStale
from domain.jobs import Visit, VisitState
from domain.people import Role, Staff, Technician
from domain.places import Territory
from domain.plans import Plan, PlanState


@dataclass
class Outcome:
    """Edits `made` and `refused` by a rule or because a plan came first; plans `published`, found `stale` in time, and
    those that overwrote what they had not seen."""

    made: int = 0
    refused: int = 0
    published: int = 0
    stale: int = 0
    overwritten: int = 0
    overlaps: int = 0

    def __str__(self) -> str:
        return (
            f"{self.made} office edits during solves ({self.refused} refused); {self.published} plans published, "
            f"{self.stale} found stale; {self.overwritten} stale overwrites, {self.overlaps} overlaps"
        )


async def edits_during_solves(
    database: Database,
    territory_id: UUID,
    technicians: Sequence[UUID],
    by: Person,
    day: date,
    edits: int,
    seed: int = 1,
) -> Outcome:
    """Until so many edits are made. The day has a published plan."""
    told, draw, done = Outcome(), random.Random(1), asyncio.Event()

    async def edit() -> None:
        while told.made < edits:
            async with database.read() as session:
                found = (await session.scalars(select(Visit).where(Visit.state == VisitState.PLANNED))).all()
            visit = draw.choice(found)
            there = Place(day, draw.choice(technicians), draw.randrange(4))
            try:
                await database.write(visits.place, visit.job_id, there, visit.version, by)
                told.made += 1
            except (ChangedMeanwhile, MoveRefused, IllegalMove):
                told.refused += 1
            await asyncio.sleep(draw.choice((0.0, 0.0, 0.05, 0.6)))  # now and then a plan has the time to be made
        done.set()

    async def solve() -> None:
        while not done.is_set():
            plan = await database.write(planning.request, territory_id, day, 0.2)
            await planning.solve(database, plan.id, threads=1, osrm_url=None)
            async with database.read() as session:
                made = await session.get_one(Plan, plan.id)
            if made.state is PlanState.STALE:
                told.stale += 1
                continue
            assert made.state is PlanState.DRAFT, made.failure
            try:
                told.overwritten += await database.write(publish_and_compare, plan.id, made.snapshot or {})
                told.published += 1
            except PlanStale:
                told.stale += 1

    await asyncio.gather(edit(), solve())
    told.overlaps = await overlaps(database)
    return told


async def publish_and_compare(session: AsyncSession, plan_id: UUID, made_from: dict[str, Any]) -> bool:
    """Publishes; whether, with the day's locks held, any visit was not as the plan had seen it."""
    plan = await session.get_one(Plan, plan_id)
    territory = await session.get_one(Territory, plan.territory_id, with_for_update=publishing.ONE_AT_A_TIME)
    await publishing.hold_visits(session, territory, plan.day)
    standing = await session.execute(
        select(Visit.id, Visit.state, Visit.locked, Visit.technician_id, func.lower(Visit.during)).where(
            Visit.day == plan.day, Visit.state != VisitState.CANCELLED
        )
    )
    seen = {f"visit {v}": f"{state} {locked} {who} {starts}" for v, state, locked, who, starts in standing}
    await publishing.publish(session, plan_id)
    return {key: made_from.get(key) for key in seen} != seen


async def dispatcher(session: AsyncSession, territory_id: UUID) -> tuple[Person, Sequence[UUID]]:
    staff = Staff(username="edits", name="Edits", role=Role.MANAGER, password_hash="", territories=[])
    session.add(staff)
    await session.flush()
    team = await session.scalars(select(Technician.id).where(Technician.territory_id == territory_id))
    return Person(staff.id, "Edits", Role.MANAGER, None), team.all()


async def run(database_url: str, territory_id: UUID, edits: int) -> Outcome:
    database = Database(database_url)
    try:
        by, team = await database.write(dispatcher, territory_id)
        day = datetime.now(UTC).date() + timedelta(days=1)
        return await edits_during_solves(database, territory_id, team, by, day, edits)
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=40)
    options = parser.parse_args()
    with own_house() as (_, servers):
        [territory_id] = set_up(servers.database_url, 1, jobs=options.jobs)
        told = asyncio.run(run(servers.database_url, territory_id, options.edits))
    print(told)
    sys.exit(1 if told.overwritten or told.overlaps else 0)


if __name__ == "__main__":
    main()
