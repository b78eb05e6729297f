"""Messages on their way, in a queue of their own, since in the other they would wait behind a plan.

Like plans they stand in PostgreSQL; the queue only wakes. Whatever a flushed queue forgot or a killed worker left is
due again there, and is found within a second.
"""

import asyncio
import time
from typing import Any
from uuid import UUID

import httpx
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Queue, Worker
from saq.queue.redis import RedisQueue
from saq.types import PartialTimersDict
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api import clock
from api.actions import delivery
from api.actions.delivery import PATIENCE_S, Courier
from api.couriers import courier_of
from api.db.engine import Database
from api.settings import Settings
from domain.messages import Message, MessageState

log = structlog.get_logger()

AT_ONCE = 4
"""Messages that one worker has under way: a slow gateway holds up few others."""
LOOK_S = 1.0
MOST_WOKEN = 500


async def send_message(context: dict[str, Any], *, subject: str) -> None:
    database: Database = context["database"]
    courier: Courier = context["courier"]
    while await delivery.deliver(database, UUID(subject), courier) is MessageState.WAITING:
        pass  # refused by one way, it is due at once by the next; else it waits, and there is nothing to do


async def wake(database: Database, queue: Queue) -> None:
    async with database.read() as session:
        rows = await session.execute(
            select(Message.id, Message.tries)
            .where(Message.state == MessageState.WAITING, Message.next_at <= clock.now())
            .order_by(Message.next_at)
            .limit(MOST_WOKEN)
        )
        due = rows.all()
    for message_id, tries in due:
        # A killed worker leaves its key behind: with the minute in it, the key holds off no more than a minute.
        key = f"send_message:{message_id}:{tries}:{int(time.time() / 60)}"
        await queue.enqueue("send_message", key=key, subject=str(message_id), timeout=0, retries=1)


async def wake_for_ever(database: Database, queue: Queue) -> None:
    while True:
        try:
            await wake(database, queue)
        except (SQLAlchemyError, RedisError, OSError) as error:
            log.warning("messages_wait", error=type(error).__name__)
        await asyncio.sleep(LOOK_S)


class MessageWorker(Worker[Any]):
    """Beside the worker of plans in one process, which alone listens to signals and ends this one."""

    SIGNALS = []  # noqa: RUF012 (as SAQ declares it)


async def send_for_ever(settings: Settings, database: Database, redis: Redis) -> None:
    """Until cancelled. What is under way then is finished, or due again for somebody else."""
    queue = RedisQueue(redis, name="doorstep-messages")
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        context = {"database": database, "courier": courier_of(settings, client, redis, database)}

        async def startup(given: dict[str, Any]) -> None:
            given.update(context)

        worker = MessageWorker(
            queue,
            functions=[send_message],
            concurrency=AT_ONCE,
            startup=startup,
            dequeue_timeout=1,
            shutdown_grace_period_s=5,
            timers=PartialTimersDict(schedule=1, worker_info=10, sweep=60, abort=1),
        )
        waking = asyncio.create_task(wake_for_ever(database, queue))
        try:
            await worker.start()
        finally:
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)
