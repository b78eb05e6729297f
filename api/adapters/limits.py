"""How often something may be tried, counted in Redis. Without Redis nothing is counted, and work goes on."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.errors import TooManyTries


class Limits:
    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    async def count(self, what: str, who: str, *, most: int, seconds: int) -> None:
        """Raises TooManyTries from the try after the `most`-th on, until `seconds` after the first."""
        key = f"limit:{what}:{who}"
        try:
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, seconds, nx=True)
                tries, _ = await pipe.execute()
        except RedisError:
            return
        if tries > most:
            raise TooManyTries(f"Too many tries. Wait {seconds // 60} minutes.")
