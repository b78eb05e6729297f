"""What a real worker makes of a report or an import."""

import asyncio
from uuid import UUID

from redis import Redis
from town import Town

from api.db.engine import Database
from domain.errands import Errand, ErrandState


def settled(town: Town, errand_id: UUID, flushing: Redis | None = None, seconds: float = 90) -> ErrandState:
    """How it ended. `flushing` is emptied meanwhile, eight times."""

    async def go(database: Database) -> ErrandState:
        for look in range(int(seconds * 4)):
            async with database.read() as session:
                state = (await session.get_one(Errand, errand_id)).state
            if state not in (ErrandState.REQUESTED, ErrandState.RUNNING):
                break
            if flushing is not None and look < 8:
                flushing.flushall()
            await asyncio.sleep(0.25)
        return state

    return town.run(go)
