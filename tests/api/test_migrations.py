"""The migrations make exactly the tables, constraints and indexes that the domain declares, and keep what is there."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import made_database
from sqlalchemy import create_engine, text

from api.adapters.servers import Servers
from api.db.engine import Database, connect_url
from api.db.metadata import metadata
from api.db.migrate import alembic_config, upgrade
from api.db.trail import record
from api.queries.audit import Trail, check_trail
from domain.audit import BEFORE_THE_FIRST, entry_hash


@pytest.fixture
def older_database(servers: Servers) -> Iterator[str]:
    """As it was before audit entries were counted."""
    with made_database(servers, "older") as url:
        command.upgrade(alembic_config(url), "20261123d")
        yield url


def test_a_migrated_database_is_as_the_domain_declares_it(database_url: str) -> None:
    engine = create_engine(connect_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_an_audit_trail_with_gaps_goes_on_unbroken_when_entries_are_counted(older_database: str) -> None:
    """As a database of an earlier version has it: a sequence leaves a gap where a server was killed."""
    engine = create_engine(connect_url(older_database))
    previous, at = BEFORE_THE_FIRST, datetime(2026, 11, 1, tzinfo=UTC)
    with engine.begin() as connection:
        for seq in (1, 2, 34, 35, 70):
            hashed = entry_hash(at, "system", "begun", None, {"number": seq}, previous)
            connection.execute(
                text(
                    "INSERT INTO audit_entries (seq, at, actor, action, data, previous, hash) OVERRIDING SYSTEM VALUE"
                    " VALUES (:seq, :at, 'system', 'begun', CAST(:data AS jsonb), :previous, :hash)"
                ),
                {"seq": seq, "at": at, "data": json.dumps({"number": seq}), "previous": previous, "hash": hashed},
            )
            previous = hashed
    upgrade(older_database)

    async def go_on() -> Trail:
        database = Database(older_database, readers=1)
        await database.write(record, "system", "went_on", None)
        async with database.read() as session:
            trail = await check_trail(session)
        await database.close()
        return trail

    assert asyncio.run(go_on()) == Trail(read=6, broken=None)
    engine.dispose()
