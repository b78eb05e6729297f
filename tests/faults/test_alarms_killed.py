"""An alarm goes on where it was: through workers that are killed, and a Redis that forgets everything."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from real_processes import Process, until
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from domain.on_call import AlarmStep, OnCallTurn
from domain.people import Staff


async def on_call(session: AsyncSession, territory_id: Any) -> None:
    now = datetime.now(UTC)
    staff = await session.scalars(select(Staff).order_by(Staff.username))
    for position, one in enumerate(staff, start=1):
        session.add(
            OnCallTurn(
                territory_id=territory_id,
                staff=one,
                reach_at=one.username,
                position=position,
                starts=now - timedelta(hours=1),
                ends=now + timedelta(hours=1),
            )
        )


async def numbers(session: AsyncSession) -> list[int]:
    return list(await session.scalars(select(AlarmStep.number).order_by(AlarmStep.number)))


def test_an_alarm_rings_on_after_kill_9_and_flushall(town: Town, redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "messages" / "outgoing.jsonl"
    town.write(on_call, town.territory_id)
    sunday = datetime.now(UTC) - timedelta(days=datetime.now(UTC).weekday() + 1)
    town.report("gas-smell", reported_at=sunday)

    def told() -> list[str]:
        text = file.read_text() if file.exists() else ""
        return [json.loads(line)["to"] for line in text.splitlines()]

    settings = {"DOORSTEP_ALARM_SECONDS": "0.5"}
    with Process("worker", tmp_path, town.database_url, redis_url, **settings) as worker:
        for goal in (1, 3, 5):
            until(lambda goal=goal: len(told()) >= goal, 30, lambda: worker.log.read_text()[-2000:])  # type: ignore[misc]
            worker.kill()
            with redis.Redis.from_url(redis_url) as connection:
                connection.flushall()
            worker.start()
    steps = town.write(numbers)
    assert steps == list(range(1, len(steps) + 1)), "no step is left out, and none is taken twice"
    order = told()
    assert set(order) == {"dora", "mia"}
    assert len({json.loads(line)["id"] for line in file.read_text().splitlines()}) >= 5
