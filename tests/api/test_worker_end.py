"""A worker ends what runs beside it, also when a cancellation is lost on the way."""

import asyncio

from api.tasks import end


def test_a_task_that_loses_its_first_cancellation_is_ended_all_the_same() -> None:
    lost: list[int] = []

    async def relay() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append(1)

    async def work() -> bool:
        task = asyncio.create_task(relay())
        await asyncio.sleep(0)
        await asyncio.wait_for(end([task]), 20)
        return task.cancelled()

    assert asyncio.run(work())
    assert lost == [1]
