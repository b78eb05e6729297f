"""Who has which day open, told through Redis: gone half a minute after the last word, and missed by nobody if lost."""

import time
from datetime import date
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "doorstep:here"
"""Redis channel of every change; who listens hears those of her territories."""
LASTS_S = 25
"""Pages say every ten seconds that they are still there."""
MOST = 100
"""Pages told of one day."""


class Here(msgspec.Struct):
    """One page, and whose it is. `job_id` is what is selected on it, or `dragging`."""

    page: UUID
    person_id: UUID
    name: str
    job_id: UUID | None
    dragging: bool


class Said(msgspec.Struct):
    """What a page has told; it `leaves` with its last word."""

    territory_id: UUID
    day: date
    here: Here
    leaves: bool = False


class _Kept(msgspec.Struct):
    """`until` in seconds since 1970."""

    here: Here
    until: float


async def say(redis: Redis, said: Said) -> list[Here]:
    """Everybody's pages on that day after it, the sayer's too, by name. None without Redis."""
    key, page, now = f"here:{said.territory_id}:{said.day}", str(said.here.page), time.time()
    kept = msgspec.json.encode(_Kept(said.here, now + LASTS_S))
    try:
        async with redis.pipeline(transaction=True) as pipe:
            if said.leaves:
                pipe.hdel(key, page)
            else:
                pipe.hset(key, page, kept)
            pipe.expire(key, LASTS_S)
            pipe.publish(CHANNEL, msgspec.json.encode(said))
            pipe.hgetall(key)
            *_, found = await pipe.execute()
        known = {page: msgspec.json.decode(told, type=_Kept) for page, told in found.items()}
        if gone := [page for page, one in known.items() if one.until < now]:
            await redis.hdel(key, *gone)
    except RedisError:
        return []
    pages = [one.here for one in known.values() if one.until >= now]
    return sorted(pages, key=lambda one: (one.name, one.page))[:MOST]
