"""Queue tasks: ids in, one action called. And the worker that runs them.

The queue only wakes: what is to be done stands in PostgreSQL, and the sweep finds what a flushed queue forgot or a
killed worker left half done.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job, Queue, Worker
from saq.queue.redis import RedisQueue
from saq.types import PartialTimersDict
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from api import clock
from api.actions import (
    alarms,
    delays,
    errands,
    intake_media,
    nightly,
    photo_upkeep,
    places,
    planning,
    reports,
    retention,
)
from api.actions.bookings.holds import forget_expired
from api.actions.effects.locations import forget_old
from api.actions.file_ends import end_files
from api.actions.imports import uploads
from api.adapters.photos.folder import PhotoFolder
from api.adapters.progress import Progress, tell
from api.adapters.wechat.platform import PATIENCE_S, WechatPlatform
from api.db.engine import Database
from api.db.task_troubles import dropped, noting_trouble
from api.events import UNTIL_DEAD, forget_sent, relay_for_ever
from api.sending import send_for_ever
from api.settings import Settings
from domain.errands import Errand, ErrandKind, ErrandState
from domain.errors import CanNotStore, DomainError
from domain.intakes import IntakeMessage, MediaState
from domain.places import Building
from domain.plans import Plan, PlanState

log = structlog.get_logger()

SWEEP_S = 5.0
BEAT_S = 5.0
LOCATE_AGAIN_S = 600
"""How often addresses that a geocoder could not be asked for are tried again; "not known" is remembered for a week."""

FETCH_AGAIN_S = 300
"""How often a picture is asked for again that WeChat did not give."""
WAITING_MEDIA = IntakeMessage.media_state == MediaState.WAITING

NIGHT_AGAIN_S = 300
"""How often a night's work is tried again that failed; a night that nobody worked is made up for at once."""

FORGET_S = 600.0
RETAIN_S = 3600.0
RING_S = 1.0
DELAYS_S = 30.0


PHOTOS_S = 1.0
"""How soon a received photo gets its copies. They don't wait in the queue, where a plan may take minutes."""
PHOTO_SWEEP_S = 600.0


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

    async def told(elapsed_s: float, cost: int, served: int, points: list[list[float]]) -> None:
        await tell(bench.redis, plan_id, Progress(elapsed_s, cost, served, points))

    beating = asyncio.create_task(beat_for_ever(context["job"]))
    try:
        await planning.solve(
            bench.database,
            plan_id,
            threads=bench.settings.solve_threads,
            osrm_url=bench.settings.osrm_url or None,
            told=told,
            stopping=context["worker"].event.is_set,
        )
    finally:
        await end([beating])


MAKERS = {ErrandKind.REPORT: reports.make, ErrandKind.IMPORT: uploads.make}


async def do_errand(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    beating = asyncio.create_task(beat_for_ever(context["job"]))
    try:
        await errands.run(bench.database, UUID(subject), MAKERS)
    finally:
        await end([beating])


async def beat_for_ever(job: Job) -> None:
    """Tells the queue that the task's worker lives: one that doesn't would be counted as at work for ever."""
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            await job.update()
        except (RedisError, OSError) as error:
            log.warning("beat_waits", error=type(error).__name__)


async def locate_building(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    async with noting_trouble(bench.database, "locate_building", UUID(subject)):
        await bench.database.write(places.locate_building, UUID(subject), bench.settings.chosen_geocoder())


async def fetch_media(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    settings = bench.settings
    if not settings.wechat_secret:
        return
    async with (
        noting_trouble(bench.database, "fetch_media", UUID(subject)),
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
    ):
        platform = WechatPlatform(client, bench.redis, settings.wechat_app_id, settings.wechat_secret)
        folder = PhotoFolder(settings.photo_folder)
        await bench.database.write(intake_media.fetch, UUID(subject), platform, folder, settings.photo_bytes)


async def nightly_work(context: dict[str, Any], *, subject: str) -> None:
    bench: Bench = context["bench"]
    await bench.database.write(nightly.run, UUID(subject), bench.settings.expiry_days)


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
    forgotten = or_(
        Errand.state == ErrandState.REQUESTED,
        (Errand.state == ErrandState.RUNNING) & (Errand.claimed_until < datetime.now(UTC)),
    )
    async with bench.database.read() as session:
        waiting = (await session.scalars(select(Plan.id).where(left))).all()
        errands_left = (await session.scalars(select(Errand.id).where(forgotten))).all()
        given_up = await dropped(session, "locate_building")
        unlocated = (
            (await session.scalars(select(Building.id).where(Building.latitude.is_(None)).limit(1000))).all()
            if bench.settings.geocoder
            else []
        )
        unfetched = (
            (await session.scalars(select(IntakeMessage.id).where(WAITING_MEDIA).limit(1000))).all()
            if bench.settings.wechat_secret
            else []
        )
        nights = await nightly.waiting(session, clock.now())
    for territory_id in nights:
        key = f"nightly_work:{territory_id}:{int(time.time() / NIGHT_AGAIN_S)}"
        await bench.queue.enqueue("nightly_work", key=key, subject=str(territory_id), timeout=600, retries=1)
    for plan_id in waiting:
        # A killed worker leaves its key behind: with the minute in it, the key holds off no more than a minute.
        key = f"solve_plan:{plan_id}:{int(time.time() / 60)}"
        await bench.queue.enqueue("solve_plan", key=key, subject=str(plan_id), **UNTIL_DEAD)
    for errand_id in errands_left:
        key = f"do_errand:{errand_id}:{int(time.time() / 60)}"
        await bench.queue.enqueue("do_errand", key=key, subject=str(errand_id), **UNTIL_DEAD)
    for building_id in set(unlocated) - given_up:
        key = f"locate_building:{building_id}:{int(time.time() / LOCATE_AGAIN_S)}"
        await bench.queue.enqueue("locate_building", key=key, subject=str(building_id), timeout=60, retries=1)
    for message_id in unfetched:
        key = f"fetch_media:{message_id}:{int(time.time() / FETCH_AGAIN_S)}"
        await bench.queue.enqueue("fetch_media", key=key, subject=str(message_id), timeout=60, retries=1)


async def forget_for_ever(bench: Bench) -> None:
    """Where technicians were is forgotten in time, also of those whose phones say nothing any more; old holds and old
    events too."""
    while True:
        try:
            await bench.database.write(forget_old, clock.now())
            await bench.database.write(forget_expired, clock.now())
            await bench.database.write(forget_sent, clock.now())
        except SQLAlchemyError as error:
            log.warning("forgetting_waits", error=type(error).__name__)
        await asyncio.sleep(FORGET_S)


async def retain_for_ever(bench: Bench) -> None:
    """Ends what has been kept long enough, and deletes the files of what has ended."""
    keep, folder = bench.settings.retention_rules(), PhotoFolder(bench.settings.photo_folder)
    while True:
        try:
            await retention.sweep(bench.database, keep, clock.now())
            while await bench.database.write(end_files, folder):
                pass
        except (SQLAlchemyError, CanNotStore) as error:
            log.warning("retention_waits", error=type(error).__name__)
        await asyncio.sleep(RETAIN_S)


async def copy_photos_for_ever(bench: Bench) -> None:
    folder, swept = PhotoFolder(bench.settings.photo_folder), -PHOTO_SWEEP_S
    while True:
        try:
            while await bench.database.write(photo_upkeep.copy_next, folder):
                pass
            if time.monotonic() - swept >= PHOTO_SWEEP_S:
                await photo_upkeep.sweep(bench.database, folder, clock.now())
                swept = time.monotonic()
        except (SQLAlchemyError, OSError, CanNotStore) as error:
            log.warning("photos_wait", error=type(error).__name__)
            await asyncio.sleep(SWEEP_S)
        await asyncio.sleep(PHOTOS_S)


async def ring_for_ever(bench: Bench) -> None:
    """Alarms don't wait in the queue either: they stand in PostgreSQL, and any worker takes their next step."""
    settings = bench.settings
    wait = timedelta(seconds=settings.alarm_seconds)
    while True:
        try:
            while await bench.database.write(alarms.ring_next, wait, settings.public_address):
                pass
        except SQLAlchemyError as error:
            log.warning("alarms_wait", error=type(error).__name__)
        await asyncio.sleep(RING_S)


async def warn_for_ever(bench: Bench) -> None:
    while True:
        try:
            await delays.warn_all(bench.database, bench.settings.osrm_url or None)
        except (SQLAlchemyError, DomainError, ValueError) as error:
            log.warning("delays_wait", error=type(error).__name__)
        await asyncio.sleep(DELAYS_S)


async def run_worker(settings: Settings) -> None:
    """Until SIGINT or SIGTERM. A search that runs then ends at once with the best plan it has."""
    clock.follow(settings.clock)
    database = Database(settings.database_url, readers=4)
    redis = Redis.from_url(settings.redis_url)
    queue = RedisQueue(redis, name="doorstep")
    bench = Bench(settings, database, redis, queue)
    beside: list[asyncio.Task[None]] = []

    async def startup(context: dict[str, Any]) -> None:
        context["bench"] = bench
        beside.append(asyncio.create_task(relay_for_ever(database, redis, queue)))
        beside.append(asyncio.create_task(sweep_for_ever(bench)))
        beside.append(asyncio.create_task(forget_for_ever(bench)))
        beside.append(asyncio.create_task(retain_for_ever(bench)))
        beside.append(asyncio.create_task(copy_photos_for_ever(bench)))
        beside.append(asyncio.create_task(ring_for_ever(bench)))
        beside.append(asyncio.create_task(warn_for_ever(bench)))
        beside.append(asyncio.create_task(send_for_ever(settings, database, redis)))

    worker: Worker[Any] = Worker(
        queue,
        functions=[solve_plan, do_errand, locate_building, fetch_media, nightly_work],
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
