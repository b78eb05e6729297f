"""Who else has a day open: by page, for a while, within one's territories, and nobody where Redis is gone."""

import time
from typing import Any
from uuid import uuid4

import pytest
import redis
from redis.asyncio import Redis
from town import DAY, Desk, Town

from api.adapters import presence
from api.adapters.presence import Here, Said, say


def here(desk: Desk, town: Town, **told: Any) -> list[dict[str, Any]]:
    answer = desk.post(f"/api/v1/days/{town.territory_id}/{DAY}/here", told)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.fixture(autouse=True)
def _nobody(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()


def test_others_see_who_is_there_and_what_is_in_hand_until_they_leave(town: Town, dora: Desk) -> None:
    page, job = str(uuid4()), str(uuid4())
    assert here(dora, town, page=page, job_id=job, dragging=True) == []
    assert here(dora, town, page=str(uuid4())) == []  # another page of the same person is nobody else
    mia = Desk(dora.client, "mia")
    found = [one for one in here(mia, town, page=str(uuid4())) if one["page"] == page]
    assert [(one["name"], one["job_id"], one["dragging"]) for one in found] == [("Dora", job, True)]
    dora = Desk(mia.client, "dora")
    here(dora, town, page=page, leaves=True)
    mia = Desk(dora.client, "mia")
    assert page not in {one["page"] for one in here(mia, town, page=str(uuid4()))}


def test_a_page_that_says_nothing_for_a_while_is_gone(
    town: Town, dora: Desk, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        past = time.time() - presence.LASTS_S - 1
        earlier.setattr("api.adapters.presence.time.time", lambda: past)
        here(dora, town, page=str(uuid4()))
    mia = Desk(dora.client, "mia")
    assert here(mia, town, page=str(uuid4())) == []
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.hlen(f"here:{town.territory_id}:{DAY}") == 1


def test_an_emptied_redis_knows_them_again_with_their_next_word(town: Town, dora: Desk, redis_url: str) -> None:
    page = str(uuid4())
    here(dora, town, page=page)
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    here(dora, town, page=page)
    mia = Desk(dora.client, "mia")
    assert [one["page"] for one in here(mia, town, page=str(uuid4()))] == [page]


def test_without_redis_nobody_is_shown_and_nothing_fails(town: Town) -> None:
    said = Said(town.territory_id, DAY, Here(uuid4(), uuid4(), "Dora", None, dragging=False))

    async def ask() -> list[Here]:
        gone = Redis.from_url("redis://127.0.0.1:1")
        try:
            return await say(gone, said)
        finally:
            await gone.aclose()

    assert town.run(lambda _: ask()) == []


def test_another_territory_s_day_is_not_found(town: Town, dora: Desk) -> None:
    answer = dora.post(f"/api/v1/days/{town.elsewhere_id}/{DAY}/here", {"page": str(uuid4())})
    assert answer.status_code == 404


def test_a_page_without_a_name_of_its_own_is_refused(town: Town, dora: Desk) -> None:
    answer = dora.post(f"/api/v1/days/{town.territory_id}/{DAY}/here", {"page": "mine"})
    assert answer.status_code in (400, 422)
