"""Who listens to what happens, in this process: Redis wakes, PostgreSQL tells.

A message in Redis says only that there is something new. What it is stands in the outbox, in numbers without gaps, so
an emptied Redis, a lost connection or a lost message costs a listener a second or two and never an event. Who
else has a day open goes by Redis alone: that may be lost.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from api.adapters import presence
from api.auth import Person
from api.db.engine import Database
from api.events import LISTENERS
from api.queries.events import Happened, kept, since
from domain.errors import TooManyTries

log = structlog.get_logger()

GLANCE_S = 1.0
"""How soon what nobody was woken for is found."""
MOST_WAITING = 256
"""Events that a slow listener may lag behind before it is sent away; it comes back and asks for what it missed."""
MOST_LISTENERS = 1_000

Told = asyncio.Queue[Happened | presence.Said | None]  # None: it's over


class Listeners:
    def __init__(self, database: Database, redis: Redis) -> None:
        self._database, self._redis = database, redis
        self._queues: set[Told] = set()
        self._told = 0
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; a lost Redis or database is waited out."""
        while True:
            try:
                if not self._ready.is_set():
                    async with self._database.read() as session:
                        _, self._told = await kept(session)
                    self._ready.set()
                await self._listen_until_lost()
            except (RedisError, SQLAlchemyError, OSError) as error:
                log.warning("listeners_wait", error=type(error).__name__)
                with suppress(SQLAlchemyError, OSError):
                    await self._tell_news()
                await asyncio.sleep(GLANCE_S)

    async def hear(self, by: Person, after: int | None) -> AsyncGenerator[Happened | presence.Said | None, None]:
        """What happens in this person's territories, from the event numbered `after` on, or from now on.

        The first is None as soon as it listens. Ends when the listener lags too far behind, or the process ends.
        Raises TooManyTries when too many listen.
        """
        if len(self._queues) >= MOST_LISTENERS:
            raise TooManyTries("Too many pages listen already. Try again in a while.")
        await self._ready.wait()
        queue: Told = asyncio.Queue(MOST_WAITING)
        self._queues.add(queue)
        here = self._told  # all that is newer comes through the queue
        try:
            yield None
            reached = here if after is None else after
            while reached < here:
                async with self._database.read() as session:
                    missed = await since(session, reached)
                if not missed:
                    break
                for one in missed:
                    reached = one.number
                    if may_hear(by, one):
                        yield one
            while (news := await queue.get()) is not None:
                if may_hear(by, news) and (isinstance(news, presence.Said) or news.number > reached):
                    yield news
        finally:
            self._queues.discard(queue)

    async def forgotten(self, after: int) -> bool:
        """Whether events that came after that one are no longer kept, or it is none of ours."""
        async with self._database.read() as session:
            oldest, newest = await kept(session)
        return after + 1 < oldest or after > newest

    async def end(self, running: "asyncio.Task[None]") -> None:
        """Sends everybody away."""
        while not running.done():  # a library that it waits in can lose a cancellation (python/cpython#86296)
            running.cancel()
            await asyncio.wait({running}, timeout=0.5)
        for queue in list(self._queues):
            send_away(queue)

    @property
    def newest(self) -> int:
        """The number of the newest event that listeners were told."""
        return self._told

    async def _listen_until_lost(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(LISTENERS, presence.CHANNEL)
            while True:
                await self._tell_news()
                told = await channel.get_message(ignore_subscribe_messages=True, timeout=GLANCE_S)
                if told and told["channel"] == presence.CHANNEL.encode():
                    with suppress(msgspec.DecodeError):  # of another version, while that is replaced
                        self._pass_on(msgspec.json.decode(told["data"], type=presence.Said))

    def _pass_on(self, said: presence.Said) -> None:
        for queue in self._queues:
            with suppress(asyncio.QueueFull):  # whoever lags behind asks anew in a few seconds
                queue.put_nowait(said)

    async def _tell_news(self) -> None:
        while True:
            async with self._database.read() as session:
                news = await since(session, self._told)
            if not news:
                return
            for queue in list(self._queues):
                for one in news:
                    try:
                        queue.put_nowait(one)
                    except asyncio.QueueFull:
                        send_away(queue)
                        self._queues.discard(queue)
                        break
            self._told = news[-1].number


def may_hear(by: Person, event: Happened | presence.Said) -> bool:
    return event.territory_id is not None and by.sees(event.territory_id)


def send_away(queue: Told) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
