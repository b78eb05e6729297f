"""A thousand guesses of a code, from addresses that say they are others: PostgreSQL lets five be looked at.

There is no Redis here, so nothing is counted by address and every guess reaches the database.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, last_code, link_for
from town import Desk, Town

from api.app import create_app
from api.settings import Settings
from domain.owner_links import CODE_GUESSES

GUESSES, CONNECTIONS = int(os.environ.get("DOORSTEP_TEST_GUESSES", "1000")), 16
"""With 10000 each test takes a minute."""
PHONE = "13812340000"


@pytest.fixture
def bare(town: Town, tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    """The real app on the real database, and nobody answers where Redis should be."""
    settings = Settings(
        database_url=town.database_url,
        redis_url="redis://127.0.0.1:1",
        seal_keys=str(tmp_path / "seal"),
        photos=str(tmp_path / "photos"),
        messages=str(tmp_path / "messages"),
    )
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def guess_all(bare: TestClient[Litestar], path: str, right: str, told: dict[str, str], headers: dict[str, str]) -> int:
    """The statuses of all guesses are 403; returns how many there were. None of them is the right one: that is tried
    after them."""
    chance = random.Random(8311)
    codes = [f"{(int(right) + chance.randrange(1, 10**6)) % 10**6:06}" for _ in range(GUESSES)]

    async def from_one(connection: int) -> Counter[int]:
        async with AsyncClient(transport=ASGITransport(bare.app), base_url="http://127.0.0.1") as client:
            answers: Counter[int] = Counter()
            for number in range(connection, GUESSES, CONNECTIONS):
                forwarded = {"X-Forwarded-For": f"10.{chance.randrange(256)}.{number // 250}.{number % 250}"}
                answer = await client.post(path, json=told | {"code": codes[number]}, headers=headers | forwarded)
                answers[answer.status_code] += 1
            return answers

    async def all_at_once() -> Counter[int]:
        return sum(await asyncio.gather(*map(from_one, range(CONNECTIONS))), Counter[int]())

    with bare.portal() as portal:
        answers = portal.call(all_at_once)
    assert set(answers) == {403}
    return answers[403]


def rows(town: Town, query: str) -> list[tuple[int]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query.encode()).fetchall()


def test_of_a_thousand_guesses_of_a_tickets_code_five_are_looked_at_and_then_the_right_one_is_refused(
    town: Town, bare: TestClient[Litestar], tmp_path: Path
) -> None:
    owner = OwnerBrowser(bare, link_for(Desk(bare, "dora"), town.report(contact_phone=PHONE)))
    assert owner.post("code").status_code == 202
    right = last_code(tmp_path / "messages")
    assert guess_all(bare, "/api/v1/owner/proof", right, {}, owner.headers) == GUESSES
    assert rows(town, "SELECT guesses FROM owner_codes") == [(CODE_GUESSES,)]
    assert owner.post("proof", {"code": right}).json()["code"] == "code_refused"


def test_of_a_thousand_guesses_of_a_numbers_code_five_are_looked_at_and_then_the_right_one_is_refused(
    town: Town, bare: TestClient[Litestar], tmp_path: Path
) -> None:
    ticket = town.report()
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "INSERT INTO owners (id, home_id, name, phone)"
            " SELECT gen_random_uuid(), home_id, '李四', %s FROM tickets WHERE id = %s",
            (PHONE, ticket),
        )
    sent = bare.post("/api/v1/owner/number", json={"phone": PHONE})
    assert sent.status_code == 202
    right, proof = last_code(tmp_path / "messages"), {"proof": sent.json()["proof"]}
    assert guess_all(bare, "/api/v1/owner/number/proof", right, proof, {}) == GUESSES
    assert rows(town, "SELECT guesses FROM number_codes") == [(CODE_GUESSES,)]
    refused = bare.post("/api/v1/owner/number/proof", json=proof | {"code": right})
    assert (refused.status_code, refused.json()["code"]) == (403, "code_refused")
    assert rows(town, "SELECT count(*) FROM home_links") == [(0,)]
