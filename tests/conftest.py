"""Real servers for the tests: one PostgreSQL and one Valkey a session, and a fresh database for each test file."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from databases import made_database

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
def _migrated(servers: Servers) -> Iterator[str]:
    """The name of a database with every migration, to be copied: a tenth of the time of migrating anew."""
    from api.db.migrate import upgrade

    with made_database(servers, "migrated") as url:
        upgrade(url)
        yield "migrated"


@pytest.fixture(scope="module")
def database_url(servers: Servers, _migrated: str) -> Iterator[str]:
    """A migrated database without rows, for the tests of one file."""
    with made_database(servers, f"test_{uuid4().hex}", template=_migrated) as url:
        yield url


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(servers.redis_url) as connection:
        connection.flushall()
    return servers.redis_url
