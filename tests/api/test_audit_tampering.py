"""A thousand times one row or field of the trail, of a sealed sign-off or of an operation is changed: always found."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from town import DAY, Desk, Pocket, Town

from api.db.engine import connect_url
from api.db.trail import record
from api.queries.audit import check_operations, check_sealed, check_trail
from domain.audit import entry_hash

SEED = 20261123
TIMES = 1000
FIELDS = ("at", "actor", "action", "subject", "data", "previous", "hash", "seq")


@pytest.fixture
def _a_day_s_work(town: Town, site: TestClient[Litestar]) -> None:
    """Three sign-offs among some forty other entries."""

    async def away(session: AsyncSession) -> None:
        from domain.people import Absence

        session.add(Absence(technician_id=town.technicians[1], starts=DAY, ends=DAY))

    town.write(away)
    for house in range(1, 4):
        town.report(where=house)
    town.publish()
    phone = Pocket(Desk(site, "dora"), town.technicians[0])
    for stop in phone.stops():
        phone.send(phone.operation("arrive", stop["visit_id"]), phone.complete(stop["visit_id"]))
    ping = {"latitude": 31.2, "longitude": 121.5, "accuracy_m": 8}
    phone.send({name: value for name, value in (phone.operation("ping", "") | ping).items() if value != ""})
    for number in range(20):
        town.write(record, "system", "test", UUID(int=number) if number % 2 else None, number=number, word="测试")


def field_of_an_entry(random: Random, rows: int) -> tuple[str, dict[str, Any]]:
    """One field of one entry holds something else."""
    field, seq = random.choice(FIELDS), random.randrange(1, rows + 1)
    new: dict[str, Callable[[], str]] = {
        "at": lambda: f"at + interval '{random.randrange(1, 10**9)} microseconds'",
        "actor": lambda: "actor || 'x'",
        "action": lambda: "'x' || action",
        "subject": lambda: f"CASE WHEN subject IS NULL OR :coin THEN '{UUID(int=random.getrandbits(128))}'::uuid END",
        "data": lambda: f"data || '{{\"{random.choice('abc')}\": {random.randrange(99)}}}'",
        "previous": lambda: f"'{random.getrandbits(256):064x}'",
        "hash": lambda: f"'{random.getrandbits(256):064x}'",
        "seq": lambda: str(random.choice((0, -seq, rows + random.randrange(1, 50)))),
    }
    statement = f"UPDATE audit_entries SET {field} = {new[field]()} WHERE seq = :seq"
    told: dict[str, Any] = {"seq": seq}
    return statement, told | ({"coin": bool(random.getrandbits(1))} if ":coin" in statement else {})


def row_of_the_trail(random: Random, rows: int) -> tuple[str, dict[str, Any]]:
    """One entry is taken out, or one is put at the end that follows from the last as it should."""
    if random.random() < 0.8:
        return "DELETE FROM audit_entries WHERE seq = :seq", {"seq": random.randrange(1, rows + 1)}
    return "forge", {}


def part_of_a_seal(random: Random, rows: int) -> tuple[str, dict[str, Any]]:
    """One sealed sign-off is changed in one place, or taken away."""
    which = "WHERE sign_off_id = (SELECT sign_off_id FROM sealed_sign_offs ORDER BY audit_seq OFFSET :nth LIMIT 1)"
    told = {"nth": random.randrange(3)}
    return random.choice(
        (
            (f"DELETE FROM sealed_sign_offs {which}", told),
            (f"UPDATE sealed_sign_offs SET key_id = 'x' || key_id {which}", told),
            (f"UPDATE sealed_sign_offs SET audit_seq = 1 {which}", told),
            (
                f"UPDATE sealed_sign_offs SET record = overlay(record placing :by from :at for 1) {which}",
                told | {"at": random.randrange(1, 4000), "by": random.choice("字~")},
            ),
        )
    )


def what_a_phone_told(random: Random, rows: int) -> tuple[str, dict[str, Any]]:
    """One operation says something else, or nothing."""
    which = "WHERE op_id = (SELECT op_id FROM operations ORDER BY received_at, device_seq OFFSET :nth LIMIT 1)"
    changes = (
        'payload = payload || \'{"note": "something else"}\'',
        "payload = payload - 'at'",
        "payload_hash = md5(payload_hash)",
        "kind = 'x' || kind",
    )
    return f"UPDATE operations SET {random.choice(changes)} {which}", {"nth": random.randrange(6)}


def head(random: Random, rows: int) -> tuple[str, dict[str, Any]]:
    return random.choice(
        (
            ("UPDATE audit_head SET seq = :seq", {"seq": random.choice([*range(rows), rows + 1])}),
            ("UPDATE audit_head SET hash = :hash", {"hash": f"{random.getrandbits(256):064x}"}),
        )
    )


WAYS = (field_of_an_entry, row_of_the_trail, part_of_a_seal, what_a_phone_told, head)


async def forge(connection: AsyncConnection) -> None:
    last = (await connection.execute(text("SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1"))).one()
    at = datetime(2026, 3, 3, tzinfo=UTC)
    told = {"seq": last.seq + 1, "at": at, "previous": last.hash}
    told["hash"] = entry_hash(at, "system", "forged", None, {}, last.hash)
    await connection.execute(
        text("INSERT INTO audit_entries VALUES (:seq, :at, 'system', 'forged', NULL, '{}', :previous, :hash)"), told
    )


async def whole(connection: AsyncConnection) -> bool:
    async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
        trail = await check_trail(session)
        _, broken = await check_sealed(session)
        _, altered = await check_operations(session)
        return trail.broken is None and broken == [] and altered == []


async def missed(url: str) -> tuple[list[Any], int]:
    """The tamperings that were not found, and how many were tried, each undone before the next."""
    random, not_found, tried = Random(SEED), [], 0
    engine = create_async_engine(connect_url(url))
    async with engine.connect() as connection, connection.begin() as all_of_it:
        for statement in (
            "ALTER TABLE audit_entries DISABLE TRIGGER USER",
            "ALTER TABLE sealed_sign_offs DISABLE TRIGGER USER",
            "ALTER TABLE sealed_sign_offs DROP CONSTRAINT fk_sealed_sign_offs_audit_seq",
        ):
            await connection.execute(text(statement))
        rows = await connection.scalar(text("SELECT count(*) FROM audit_entries")) or 0
        assert rows > 30
        assert await whole(connection)
        while tried < TIMES:
            way = random.choices(WAYS, (6, 2, 2, 2, 1))[0]
            statement, told = way(random, rows)
            undo = await connection.begin_nested()
            with suppress(IntegrityError):  # a number or hash that another row has: the database itself refuses
                if statement == "forge":
                    await forge(connection)
                else:
                    await connection.execute(text(statement), told)
                tried += 1
                if await whole(connection):
                    not_found.append((statement, told))
            await undo.rollback()
        await all_of_it.rollback()
    await engine.dispose()
    return not_found, tried


@pytest.mark.usefixtures("_a_day_s_work")
def test_every_row_and_field_that_was_tampered_with_is_found(town: Town) -> None:
    not_found, tried = asyncio.run(missed(town.database_url))
    assert not_found == [], f"seed {SEED}"
    assert tried == TIMES
