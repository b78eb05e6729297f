"""A phone whose answer got lost sends the same again: that must not cost a busy server what the first delivery did."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town

from domain.visit_facts import VisitNote

NOTES = 12


@pytest.fixture
def phone(town: Town, site: TestClient[Litestar]) -> Pocket:
    town.empty()
    town.report()
    town.publish()
    desk = Desk(site, "dora")
    return next(phone for phone in (Pocket(desk, one) for one in town.technicians) if phone.stops())


@contextmanager
def commits() -> Iterator[list[Connection]]:
    """Of transactions that wrote or might have, anywhere in this process."""
    seen: list[Connection] = []

    def committed(connection: Connection) -> None:
        seen.append(connection)

    event.listen(Engine, "commit", committed)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", committed)


def notes(phone: Pocket) -> list[dict[str, Any]]:
    visit_id = phone.stops()[0]["visit_id"]
    return [phone.operation("add_note", visit_id, text=f"note {number}") for number in range(NOTES)]


def stored(town: Town) -> int:
    async def look(session: AsyncSession) -> int:
        return await session.scalar(select(func.count(VisitNote.op_id))) or 0

    return town.write(look)


def test_a_batch_that_is_known_is_answered_without_a_transaction_for_each(phone: Pocket) -> None:
    batch = notes(phone)
    with commits() as first:
        phone.send(*batch)
    with commits() as again:
        verdicts = phone.send(*batch)
    assert [verdict["status"] for verdict in verdicts] == ["duplicate"] * NOTES
    assert (len(first), len(again)) == (NOTES, 0)


def test_a_known_operation_with_another_content_is_still_refused(phone: Pocket) -> None:
    known, other = notes(phone)[:2]
    phone.send(known)
    verdicts = phone.send(known | {"text": "something else"}, other)
    assert [verdict["status"] for verdict in verdicts] == ["rejected", "applied"]
    assert verdicts[0]["reason"] == "payload_mismatch"


def test_one_op_id_twice_in_a_batch_is_judged_by_its_own_content_each_time(phone: Pocket) -> None:
    known = notes(phone)[0]
    phone.send(known)
    both = {"operations": [known, known | {"text": "something else"}]}
    answer = phone.client.post("/mobile/v1/operations", json=both, headers=phone.headers).json()
    assert [verdict["status"] for verdict in answer["verdicts"]] == ["duplicate", "rejected"]


def test_a_batch_sent_again_while_the_first_is_at_work_waits_for_it(town: Town, phone: Pocket) -> None:
    batch = notes(phone)
    heard: list[list[str]] = []

    def send() -> None:
        heard.append([verdict["status"] for verdict in phone.send(*batch)])

    with commits() as made:
        sending = [threading.Thread(target=send) for _ in range(4)]
        for thread in sending:
            thread.start()
        for thread in sending:
            thread.join()
    assert sorted(heard) == [["applied"] * NOTES] + [["duplicate"] * NOTES] * 3
    assert len(made) == NOTES
    assert stored(town) == NOTES
