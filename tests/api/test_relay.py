"""Events leave the outbox whatever happens to the connections they leave through."""

import asyncio
from uuid import uuid4

import psycopg
from redis.asyncio import Redis
from saq.queue.redis import RedisQueue
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api.db.engine import Database
from api.db.outbox import OutboxEvent, emit
from api.events import relay_for_ever
from api.tasks import end

CUT_WHO_FORGETS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE outbox%'
"""


async def waiting(session: AsyncSession) -> int:
    return await session.scalar(select(func.count(OutboxEvent.seq)).where(OutboxEvent.sent.is_(None))) or 0


def test_the_relay_outlives_a_connection_that_is_cut_in_the_middle_of_its_work(town: Town, redis_url: str) -> None:
    async def cut(database: Database) -> None:
        await database.write(emit, "visit.told", uuid4())
        redis = Redis.from_url(redis_url)
        url = town.database_url.replace("+psycopg", "")
        async with asyncio.timeout(30), await psycopg.AsyncConnection.connect(url, autocommit=True) as owner:
            async with database.sessions.begin() as holding:
                await holding.execute(select(OutboxEvent.seq).with_for_update())
                relay = asyncio.create_task(relay_for_ever(database, redis, RedisQueue(redis, name="doorstep")))
                while not await (await owner.execute(CUT_WHO_FORGETS)).fetchall():  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.05)
            while await database.write(waiting):  # noqa: ASYNC110 (only the database knows)
                await asyncio.sleep(0.05)
        assert not relay.done()
        await end([relay])
        await redis.aclose()

    town.run(cut)
