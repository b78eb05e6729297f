"""Events on their way out: from the outbox to the queue and to whoever listens in Redis, at least once, in order.

PostgreSQL's NOTIFY wakes the relay at the commit; a glance every few seconds finds what a lost wake-up left. One
relay works at a time, held by an advisory lock, so the order of the outbox is the order of delivery.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

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

KEPT_FOR = timedelta(days=1)
"""How long a listener may have been away and still hear all that it missed."""

UNTIL_DEAD = {"timeout": 0, "heartbeat": 30, "retries": 1}
"""A task takes as long as it takes. One that says nothing for 30 s is dead with its worker: the queue lets go of it."""

RELAY_LOCK = 8311_0003
GLANCE_S = 2.0

TASK_OF = {
    "plan.requested": "solve_plan",
    "plan.ready": "solve_plan",
    "errand.requested": "do_errand",
    "building.unlocated": "locate_building",
    "intake.media": "fetch_media",
}
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
            while events := await database.write(relay_some, queue):
                for event in events:  # after the commit: whoever is woken finds them in the table
                    told = {"seq": event.seq, "kind": event.kind, "subject": event.subject, "at": event.at}
                    await redis.publish(LISTENERS, msgspec.json.encode(told | event.body))
            async for _ in listener.notifies(timeout=GLANCE_S, stop_after=1):
                pass


async def relay_some(session: AsyncSession, queue: Queue, most: int = 100) -> Sequence[OutboxEvent]:
    """Gives the oldest events to the queue, and their number to whoever listens. A crash in between does it again."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(RELAY_LOCK))):
        return []
    unsent = select(OutboxEvent).where(OutboxEvent.sent.is_(None)).order_by(OutboxEvent.seq).limit(most)
    events = (await session.scalars(unsent)).all()
    last = (await session.scalar(select(func.max(OutboxEvent.sent))) or 0) if events else 0
    for event in events:
        if task := TASK_OF.get(event.kind):
            key = f"{task}:{event.subject}"
            await queue.enqueue(task, key=key, subject=str(event.subject), **UNTIL_DEAD)
        event.sent = last = last + 1
    return events


async def forget_sent(session: AsyncSession, now: datetime) -> None:
    """Of events that left long ago nobody asks any more; the newest stays, since the next is counted from it."""
    newest = select(func.max(OutboxEvent.sent)).scalar_subquery()
    await session.execute(
        delete(OutboxEvent)
        .where(OutboxEvent.sent < newest, OutboxEvent.at < now - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
