"""Workers that are killed while they send, and a Redis that forgets: nothing is lost, and nothing comes twice."""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from gateways import Answer, Asked, http_gateway
from real_processes import Process, until
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api.actions.messages import Told, tell
from api.actions.owner_messages import about_ticket
from domain.message_templates import MessageKind
from domain.messages import Message, MessageState, MessageTry

MANY = 60


async def write_many(session: AsyncSession, ticket_id: Any) -> None:
    about = await about_ticket(session, ticket_id)
    values = about.values()
    for number in range(MANY):
        told = Told(
            kind=MessageKind.COMPLETED, key=f"test:{number}", to=about.to, territory=about.territory,
            zh=values["zh"], en=values["en"], ticket_id=ticket_id, at_night=True,
        )  # fmt: skip
        await tell(session, told)


async def states(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {row[0]: row[1] for row in rows}


async def lease_is_over(session: AsyncSession) -> None:
    """What 45 seconds of silence do."""
    waiting = Message.state == MessageState.WAITING
    await session.execute(update(Message).where(waiting).values(next_at=datetime.now(UTC) - timedelta(seconds=1)))


def test_messages_are_neither_lost_nor_doubled_by_kill_9_and_flushall(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    """The gateway keeps keys, as ours are asked to: what comes again under a key that it has, it passes on no more."""
    chance = random.Random(7)
    passed_on: Counter[str] = Counter()

    def answers(asked: Asked) -> Answer:
        key = asked.headers["idempotency-key"]
        again = key in passed_on
        passed_on[key] += not again
        time.sleep(chance.choice((0.0, 0.05, 0.2)))  # a worker that is killed now has been heard, and doesn't know it
        if again:
            return 409, b""
        return (503, b"") if chance.random() < 0.1 else (200, b'{"id": "1"}')

    town.write(write_many, town.report())
    with http_gateway(answers) as gateway:
        settings = {"DOORSTEP_SMS_URL": f"{gateway.url}/send", "DOORSTEP_SMS_KEY": "hush"}
        with (
            Process("worker", tmp_path, town.database_url, redis_url, **settings) as one,
            Process("worker", tmp_path, town.database_url, redis_url, **settings) as other,
        ):
            for round_, worker in enumerate((one, other, one, other), start=1):
                goal = len(passed_on) + 6
                until(lambda goal=goal: len(passed_on) >= min(goal, MANY), 40, lambda: one.log.read_text()[-2000:])  # type: ignore[misc]
                worker.kill()
                if round_ % 2:
                    with redis.Redis.from_url(redis_url) as connection:
                        connection.flushall()
                town.write(lease_is_over)
                worker.start()

            def over() -> bool:
                town.write(lease_is_over)
                time.sleep(1)
                return town.write(states) == {MessageState.SENT: MANY}

            until(over, 60, lambda: f"{town.write(states)} {one.log.read_text()[-2000:]}")
    assert len(passed_on) == MANY, "none is lost"
    assert set(passed_on.values()) == {1}, "each is passed on once"

    async def tries(session: AsyncSession) -> tuple[int, int]:
        made = await session.scalar(select(func.count()).select_from(MessageTry))
        return made or 0, len(gateway.asked)

    made, asked = town.write(tries)
    assert made >= asked, "each call to the gateway was a try of its own, written down before"
    assert asked > MANY, "somebody was killed, or failed, after the gateway had heard it"
