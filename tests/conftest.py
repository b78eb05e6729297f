"""Real servers for the tests: one PostgreSQL and one Valkey a session, and a fresh database for each test file."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis

from api.adapters.servers import Servers, bring_up

# A shell starts background jobs with SIGINT ignored, which their children inherit; the tests that send it mean it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Processes that tests start make their seal's key here, and not in the data of a Doorstep on this machine.
os.environ["DOORSTEP_SEAL_KEYS"] = str(Path(tempfile.gettempdir()) / f"doorstep-tests-seal-{os.getpid()}")


def _reachable() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="doorstep-tests-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder like tmp_path. That one is shut to other accounts, and root's PostgreSQL runs as another."""
    folder = _reachable()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    folder = _reachable()
    with bring_up(folder / "home", fast=True) as servers:
        yield servers
    shutil.rmtree(folder)
    shutil.rmtree(os.environ["DOORSTEP_SEAL_KEYS"], ignore_errors=True)


@pytest.fixture(scope="session")
def _migrated(servers: Servers) -> str:
    """The name of a database with every migration, to be copied: a tenth of the time of migrating anew."""
    from api.db.migrate import upgrade

    _administer(servers, "CREATE DATABASE migrated")
    upgrade(_of(servers, "migrated"))
    return "migrated"


@pytest.fixture(scope="module")
def database_url(servers: Servers, _migrated: str) -> Iterator[str]:
    """A migrated database without rows, for the tests of one file."""
    name = f"test_{uuid4().hex}"
    _administer(servers, f"CREATE DATABASE {name} TEMPLATE {_migrated}")
    yield _of(servers, name)
    _administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(servers.redis_url) as connection:
        connection.flushall()
    return servers.redis_url


def _of(servers: Servers, database: str) -> str:
    return servers.database_url.replace("@/doorstep?", f"@/{database}?")


def _administer(servers: Servers, statement: str) -> None:
    url = servers.database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
