"""Queue tasks: ids in, one action called. And the worker that runs them.

The queue only wakes: what is to be done stands in PostgreSQL, and the sweep finds what a flushed queue forgot or a
killed worker left half done.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Queue, Worker
from saq.queue.redis import RedisQueue
from saq.types import PartialTimersDict
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from api.actions import places, planning
from api.adapters.progress import Progress, tell
from api.db.engine import Database
from api.events import relay_for_ever
from api.settings import Settings
from domain.places import Building
from domain.plans import Plan, PlanState

log = structlog.get_logger()

SWEEP_S = 5.0
LOCATE_AGAIN_S = 600
"""How often addresses that a geocoder could not be asked for are tried again; "not known" is remembered for a week."""


@dataclass(frozen=True)
class Bench:
    """What a worker has at hand."""

    settings: Settings
    database: Database
    redis: Redis
    queue: Queue


async def solve_plan(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    plan_id = UUID(subject)

    async def told(elapsed_s: float, cost: int, served: int) -> None:
        await tell(bench.redis, plan_id, Progress(elapsed_s, cost, served))

    await planning.solve(
        bench.database,
        plan_id,
        threads=bench.settings.solve_threads,
        osrm_url=bench.settings.osrm_url or None,
        told=told,
        stopping=context["worker"].event.is_set,
    )


async def locate_building(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    await bench.database.write(places.locate_building, UUID(subject), bench.settings.chosen_geocoder())


async def sweep_for_ever(bench: Bench) -> None:
    """Wakes the queue for plans that wait, and for those whose worker has not come back."""
    while True:
        try:
            await sweep(bench)
        except (SQLAlchemyError, RedisError, OSError) as error:
            log.warning("sweep_waits", error=type(error).__name__)
        await asyncio.sleep(SWEEP_S)


async def sweep(bench: Bench) -> None:
    left = or_(
        Plan.state == PlanState.REQUESTED,
        (Plan.state == PlanState.SOLVING) & (Plan.claimed_until < datetime.now(UTC)),
    )
    async with bench.database.read() as session:
        waiting = (await session.scalars(select(Plan.id).where(left))).all()
        unlocated = (
            (await session.scalars(select(Building.id).where(Building.latitude.is_(None)).limit(1000))).all()
            if bench.settings.geocoder
            else []
        )
    for plan_id in waiting:
        # A killed worker leaves its key behind: with the minute in it, the key holds off no more than a minute.
        key = f"solve_plan:{plan_id}:{int(time.time() / 60)}"
        await bench.queue.enqueue("solve_plan", key=key, subject=str(plan_id), timeout=0, retries=1)
    for building_id in unlocated:
        key = f"locate_building:{building_id}:{int(time.time() / LOCATE_AGAIN_S)}"
        await bench.queue.enqueue("locate_building", key=key, subject=str(building_id), timeout=60, retries=1)


async def run_worker(settings: Settings) -> None:
    """Until SIGINT or SIGTERM. A search that runs then ends at once with the best plan it has."""
    database = Database(settings.database_url, readers=4)
    redis = Redis.from_url(settings.redis_url)
    queue = RedisQueue(redis, name="doorstep")
    bench = Bench(settings, database, redis, queue)
    beside: list[asyncio.Task[None]] = []

    async def startup(context: dict[str, Any]) -> None:
        context["bench"] = bench
        beside.append(asyncio.create_task(relay_for_ever(database, redis, queue)))
        beside.append(asyncio.create_task(sweep_for_ever(bench)))

    worker: Worker[Any] = Worker(
        queue,
        functions=[solve_plan, locate_building],
        concurrency=1,
        startup=startup,
        dequeue_timeout=1,
        shutdown_grace_period_s=10,
        timers=PartialTimersDict(
            schedule=1, worker_info=1, sweep=1, abort=1
        ),  # its upkeep sleeps this long before it sees that it should stop
    )
    try:
        await worker.start()
    finally:
        await end(beside)
        await queue.disconnect()
        await redis.aclose()
        await database.close()


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancels them until they are over: a library that they wait in can lose one cancellation, as was seen.

    On Python 3.11 `asyncio.wait_for` drops one that arrives just when what it waits for does (python/cpython#86296).
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.5)
    await asyncio.gather(*tasks, return_exceptions=True)
