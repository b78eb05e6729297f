"""Does planning spread over workers, and survive their deaths? `python -m bench.workers [--territories 12]`.

Every territory has a published plan and gets a new one: by one worker, by three, and by three that are killed with -9
at random and started again. Each must end with exactly one new version, saved by its last attempt, and an empty queue.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg
from redis.asyncio import Redis
from saq.queue.redis import RedisQueue
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import planning, publishing, tickets
from api.actions.opening import Report
from api.db.engine import Database
from bench.house import own_house
from bench.race import technician
from domain.places import Territory
from domain.tickets import Channel

T = TypeVar("T")
TEAM, JOBS = 6, 40
DAY = datetime.now(UTC).date() + timedelta(days=1)
QUEUE_EMPTIES_WITHIN_S = 120.0

NEW_VERSIONS = """
    SELECT territories.name, count(plans.id), count(plans.id) FILTER (WHERE plans.state = 'draft'),
        coalesce(max(plans.attempt), 0), (SELECT count(*) FROM routes JOIN plans p ON p.id = routes.plan_id
            WHERE p.territory_id = territories.id AND p.version > %(before)s)
    FROM territories LEFT JOIN plans ON plans.territory_id = territories.id AND plans.version > %(before)s
    WHERE territories.id = ANY(%(territories)s) GROUP BY territories.id ORDER BY territories.name
"""


class Workers:
    """Processes of `doorstep worker`; one that is killed is started again at once, as a supervisor would."""

    def __init__(self, number: int, folder: Path, database_url: str, redis_url: str) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DOORSTEP_SOLVE_THREADS": "1",
            "DOORSTEP_PHOTOS": str(folder / "photos"),
            "DOORSTEP_SEAL_KEYS": str(folder / "seal"),
        }
        self.log = folder / "workers.log"
        self.running = [self.started() for _ in range(number)]

    def started(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api", "worker"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, number: int) -> None:
        """With -9, and all that it started."""
        end(self.running[number])
        self.running[number] = self.started()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.running:
            end(one)


def end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class Outcome:
    """`broken` names what should not be. `attempts` is the most that any plan took."""

    seconds: float = 0.0
    emptied_s: float = 0.0
    kills: int = 0
    attempts: int = 0
    broken: list[str] = field(default_factory=list)


def set_up(database_url: str, territories: int, jobs: int = JOBS, team: int = TEAM) -> list[UUID]:
    """Each with a published plan of the day, version 1, and then some new jobs."""

    async def town(session: AsyncSession, number: int) -> UUID:
        territory = Territory(name=f"Workers {number:02}", city="Porto", zone_name="Europe/Lisbon")
        session.add(territory)
        await session.flush()
        session.add_all(technician(territory, f"W{number:02}-{one}") for one in range(team))
        return territory.id

    async def report(session: AsyncSession, territory_id: UUID, house: int) -> None:
        told = Report(
            territory_id=territory_id,
            community="Old Harbour",
            address=f"{house} Quay Street",
            latitude=41.15 + house % 8 / 90,
            longitude=-8.61 + house // 8 / 90,
            defect="light-fitting",
            channel=Channel.PHONE,
            reported_at=datetime.now(UTC),
        )
        await tickets.report(session, told)

    async def work(database: Database) -> list[UUID]:
        made = [await database.write(town, number) for number in range(territories)]
        for territory_id in made:
            for house in range(jobs):
                await database.write(report, territory_id, house)
            plan = await database.write(planning.request, territory_id, DAY, 0.2)
            await planning.solve(database, plan.id, threads=1, osrm_url=None)
            await database.write(publishing.publish, plan.id)
        return made

    return with_database(database_url, work)


def with_database(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(url, writers=2, readers=2)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def solved_by(
    workers: Workers, database_url: str, redis_url: str, territories: list[UUID], seconds: float, kills: int, seed: int
) -> Outcome:
    """All territories asked for at once; then `kills` times one of the workers is killed while plans are being made."""
    outcome, draw = Outcome(), random.Random(seed)

    async def ask(database: Database) -> int:
        before = 0
        for territory_id in territories:
            plan = await database.write(planning.request, territory_id, DAY, seconds)
            before = plan.version - 1
        return before

    began = time.monotonic()
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        before = with_database(database_url, ask)
        next_kill = 0.0
        deadline = began + 240 + 3 * seconds * len(territories)
        while open_plans(connection) and time.monotonic() < deadline:
            if outcome.kills < kills and time.monotonic() >= next_kill and all_busy(connection, workers):
                time.sleep(draw.uniform(0.0, seconds / 2))
                workers.kill(draw.randrange(len(workers.running)))
                outcome.kills += 1
                next_kill = time.monotonic() + draw.uniform(0.0, seconds)
            time.sleep(0.1)
        outcome.seconds = time.monotonic() - began
        asked = {"before": before, "territories": territories}
        for name, versions, drafts, attempts, routes in connection.execute(NEW_VERSIONS.encode(), asked).fetchall():
            outcome.attempts = max(outcome.attempts, attempts)
            if (versions, drafts) != (1, 1) or not routes:
                outcome.broken.append(f"{name}: {versions} new versions, {drafts} of them made, {routes} routes")
    outcome.emptied_s, left = asyncio.run(emptied(redis_url))
    if left:
        outcome.broken.append(f"the queue still has {left} after {QUEUE_EMPTIES_WITHIN_S:.0f} s")
    return outcome


def open_plans(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM plans WHERE state IN ('requested', 'solving')").fetchone()
    assert row
    return int(row[0])


def all_busy(connection: psycopg.Connection, workers: Workers) -> bool:
    """Whoever is killed then leaves a plan half made. Plans of those killed before don't count: nobody has them."""
    row = connection.execute(
        """SELECT count(*) FILTER (WHERE state = 'solving' AND claimed_until > now() + interval '17 seconds'),
            count(*) FROM plans WHERE state IN ('requested', 'solving')"""
    ).fetchone()
    assert row
    at_work, waiting = row
    return at_work > 0 and at_work >= min(len(workers.running), waiting)


async def emptied(redis_url: str) -> tuple[float, int]:
    """How long until nothing is queued, running or half done any more; and how much is left after all."""
    redis, began = Redis.from_url(redis_url), time.monotonic()
    queue = RedisQueue(redis, name="doorstep")
    try:
        while left := sum([await queue.count(kind) for kind in ("queued", "active", "incomplete")]):
            if time.monotonic() - began > QUEUE_EMPTIES_WITHIN_S:
                break
            await asyncio.sleep(0.2)
        return time.monotonic() - began, left
    finally:
        await redis.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territories", type=int, default=12)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a plan's search")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    broken = list[str]()
    with own_house() as (folder, servers):
        territories = set_up(servers.database_url, options.territories)
        print(f"{options.territories} territories, {options.seconds:g} s each; seed {options.seed}")
        for number, kills in ((1, 0), (options.workers, 0), (options.workers, options.kills)):
            with ExitStack() as ends:
                workers = ends.enter_context(Workers(number, folder, servers.database_url, servers.redis_url))
                told = solved_by(
                    workers,
                    servers.database_url,
                    servers.redis_url,
                    territories,
                    options.seconds,
                    kills,
                    options.seed,
                )
            broken += told.broken
            print(
                f"{number} worker{'s' if number > 1 else ''}, {told.kills} killed: {told.seconds:6.1f} s, "
                f"queue empty {told.emptied_s:.1f} s later, at most {told.attempts} attempts, "
                f"{len(told.broken)} broken"
            )
    for what in broken:
        print(f"BROKEN: {what}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
