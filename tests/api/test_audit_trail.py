"""The audit trail is a chain that the app can add to and not change."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api.db.engine import Database
from api.db.trail import record
from api.queries.audit import check_trail


def checked(town: Town) -> tuple[int, int | None]:
    async def check(database: Database) -> tuple[int, int | None]:
        async with database.read() as session:
            return await check_trail(session)

    return town.run(check)


def tamper(town: Town, statement: str) -> None:
    """As the database's owner, with the guard taken off: what a burglar would do."""
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("ALTER TABLE audit_entries DISABLE TRIGGER USER")
        connection.execute(statement.encode())
        connection.execute("ALTER TABLE audit_entries ENABLE TRIGGER USER")


def test_entries_follow_from_one_another_also_when_many_write_at_once(town: Town) -> None:
    async def many(database: Database) -> None:
        import asyncio

        await asyncio.gather(
            *(database.write(record, "system", "test", None, number=n, word="测试") for n in range(40))
        )

    town.run(many)
    read, broken = checked(town)
    assert read >= 40
    assert broken is None


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"])
def test_the_app_s_own_role_can_not_change_the_trail(town: Town, statement: str) -> None:
    async def change(session: AsyncSession) -> None:
        await session.execute(text(statement))

    with pytest.raises(ProgrammingError, match="permission denied"):
        town.write(change)


def test_not_even_the_owner_changes_it_by_mistake(town: Town) -> None:
    with (
        psycopg.connect(town.database_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="only added to"),
    ):
        connection.execute("UPDATE audit_entries SET actor = 'x'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET data = '{\"number\": 99}' WHERE seq = (SELECT min(seq) + 3 FROM audit_entries)",
        "UPDATE audit_entries SET at = at + interval '1 hour' WHERE seq = (SELECT min(seq) + 5 FROM audit_entries)",
        "DELETE FROM audit_entries WHERE seq = (SELECT min(seq) + 7 FROM audit_entries)",
    ],
)
def test_a_changed_or_missing_entry_is_found(town: Town, statement: str) -> None:
    tamper(town, statement)
    assert checked(town)[1] is not None


def test_the_command_says_that_the_trail_was_changed(town: Town, redis_url: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "api", "audit"],
        env={"DATABASE_URL": town.database_url, "REDIS_URL": redis_url, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1, told.stderr
    assert "somebody has changed the trail" in told.stdout
