"""How far a plan's search is, told through Redis: gone in ten minutes, and missed by nobody if lost."""

from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError


class Progress(msgspec.Struct):
    """Seconds gone, cost of the best plan so far, jobs that it serves; `points` are [seconds, cost] so far."""

    elapsed_s: float
    cost: int
    served: int
    points: list[list[float]] = []


async def tell(redis: Redis, plan_id: UUID, progress: Progress) -> None:
    try:
        await redis.set(f"progress:{plan_id}", msgspec.json.encode(progress), ex=600)
    except RedisError:
        return


async def ask(redis: Redis, plan_id: UUID) -> Progress | None:
    try:
        told = await redis.get(f"progress:{plan_id}")
    except RedisError:
        return None
    return msgspec.json.decode(told, type=Progress) if told else None
