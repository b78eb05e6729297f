"""Events on their way out: from the outbox to the queue and to whoever listens in Redis, at least once, in order.

PostgreSQL's NOTIFY wakes the relay at the commit; a glance every few seconds finds what a lost wake-up left. One
relay works at a time, held by an advisory lock, so the order of the outbox is the order of delivery.
"""

import asyncio

import msgspec
import structlog
from psycopg import AsyncConnection
from psycopg import Error as DatabaseError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Queue
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.engine import Database
from api.db.outbox import CHANNEL, OutboxEvent

log = structlog.get_logger()

LISTENERS = "doorstep:events"
"""Redis channel of everything that leaves."""

RELAY_LOCK = 8311_0003
GLANCE_S = 2.0

TASK_OF = {"plan.requested": "solve_plan", "building.unlocated": "locate_building"}
"""Which events are work for the queue, and the task that does it."""


async def relay_for_ever(database: Database, redis: Redis, queue: Queue) -> None:
    """Runs until cancelled; a lost database or Redis is waited out."""
    while True:
        try:
            await relay_until_lost(database, redis, queue)
        except (DatabaseError, SQLAlchemyError, RedisError, OSError) as error:
            log.warning("relay_waits", error=type(error).__name__)
            await asyncio.sleep(GLANCE_S)


async def relay_until_lost(database: Database, redis: Redis, queue: Queue) -> None:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await AsyncConnection.connect(url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        while True:
            while await database.write(relay_some, redis, queue):
                pass
            async for _ in listener.notifies(timeout=GLANCE_S, stop_after=1):
                pass


async def relay_some(session: AsyncSession, redis: Redis, queue: Queue, most: int = 100) -> int:
    """Delivers the oldest events and forgets them; how many. A crash in between delivers them again."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(RELAY_LOCK))):
        return 0
    events = (await session.scalars(select(OutboxEvent).order_by(OutboxEvent.seq).limit(most))).all()
    for event in events:
        if task := TASK_OF.get(event.kind):
            await queue.enqueue(task, key=f"{task}:{event.subject}", subject=str(event.subject), timeout=0, retries=1)
        told = {"seq": event.seq, "kind": event.kind, "subject": event.subject, "at": event.at, **event.body}
        await redis.publish(LISTENERS, msgspec.json.encode(told))
    if events:
        await session.execute(delete(OutboxEvent).where(OutboxEvent.seq.in_([event.seq for event in events])))
    return len(events)
