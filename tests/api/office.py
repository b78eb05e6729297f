"""A back office for tests: it runs `doorstep` on a database of its own, and sees what is in the tables."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.servers import Servers
from api.cli import main
from api.db.engine import Database
from domain.places import Territory

T = TypeVar("T")

TABLES = (
    "territories", "communities", "buildings", "homes", "owners", "technicians", "certificates", "shifts", "tickets",
    "jobs", "audit_entries", "outbox",
)  # fmt: skip


class Office:
    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        self.database_url, self.folder = database_url, folder
        self.environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}

    def doorstep(self, *words: str | Path) -> Result:
        return CliRunner().invoke(main, list(map(str, words)), env=self.environment, catch_exceptions=False)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def counts(self) -> dict[str, int]:
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
        return dict(zip(TABLES, self.ask(f"SELECT {counts}")[0], strict=True))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        url = self.database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url) as connection:
            return connection.execute(query.encode()).fetchall()

    def run(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def go() -> T:
            database = Database(self.database_url, writers=2, readers=2)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(go())

    def write(self, action: Callable[..., Awaitable[T]], *args: Any) -> T:
        return self.run(lambda database: database.write(action, *args))


@pytest.fixture(scope="module")
def office(database_url: str, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """With two territories, Harbour in Porto and 城北 in Beijing."""
    office = Office(database_url, servers.redis_url, tmp_path_factory.mktemp("office"))
    office.write(add_territories)
    return office


async def add_territories(session: AsyncSession) -> None:
    assert not (await session.scalars(select(Territory))).all()
    session.add(Territory(name="Harbour", city="Porto", zone_name="Europe/Lisbon"))
    session.add(Territory(name="城北", city="Beijing", zone_name="Asia/Shanghai"))
