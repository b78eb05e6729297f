"""What `doorstep up` relies on: two servers that answer, or a sentence that says why not."""

import os
import platform
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy

from api.adapters.servers import Home, HomeInUse, ServerError, Servers, Valkey, bring_up, given, running


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def one(url: str, query: str) -> object:
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_embedded_servers_answer_sqlalchemy_libpq_and_redis(servers: Servers) -> None:
    engine = sqlalchemy.create_engine(servers.database_url)
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT current_user")) == "doorstep"
    engine.dispose()
    assert str(one(servers.database_url, "SHOW server_version")).startswith("18.")
    with redis.Redis.from_url(servers.redis_url) as connection:
        assert connection.ping()


def test_servers_given_by_url_are_used_and_not_stopped(servers: Servers, tmp_path: Path) -> None:
    with bring_up(tmp_path / "home", libpq(servers.database_url), servers.redis_url) as given_ones:
        assert given_ones.database_url == servers.database_url
        assert given_ones.redis_url == servers.redis_url
        assert given_ones.mend() == []
    assert not (tmp_path / "home").exists()
    assert one(servers.database_url, "SELECT 1") == 1


def test_one_given_server_leaves_the_other_to_doorstep(servers: Servers, reachable: Path) -> None:
    with bring_up(reachable / "home", servers.database_url, None) as half:
        assert half.database_url == servers.database_url
        assert half.redis_url != servers.redis_url
        assert not (reachable / "home" / "postgres").exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:s3cret@127.0.0.1/x", "must look like postgresql://"),
        ("s3cret", "must look like postgresql://"),
        ("postgresql://app:s3cret@127.0.0.1:1/doorstep", "Connection refused"),
        ("postgres://app:s3cret@127.0.0.1:port/doorstep", "invalid integer value"),
        ("postgresql://app:s3cret@[::1/doorstep", "end of string"),
        ("postgresql://app@/doorstep?host=/nowhere&password=s3cret", "No such file"),
    ],
)
def test_a_wrong_database_url_is_explained_without_its_password(url: str, says: str) -> None:
    with pytest.raises(ServerError, match="DATABASE_URL") as refused:
        bring_up(None, url, None)
    assert says in str(refused.value)
    assert "s3cret" not in str(refused.value).replace("starts with 's3cret'", "")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1", "must look like redis://"),
        ("redis://:s3cret@127.0.0.1:1/0", "Connection refused"),
        ("unix:///nowhere/valkey.sock", "No such file"),
    ],
)
def test_a_wrong_redis_url_is_explained_without_its_password(servers: Servers, url: str, says: str) -> None:
    with pytest.raises(ServerError, match="REDIS_URL") as refused:
        bring_up(None, servers.database_url, url)
    assert says in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_servers_that_are_too_old_are_refused(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "OLDEST_POSTGRES", 99)
    with pytest.raises(ServerError, match="is version 18; Doorstep needs 99"):
        bring_up(None, servers.database_url, None)
    monkeypatch.undo()
    monkeypatch.setattr(given, "OLDEST_REDIS", (99, 0))
    with pytest.raises(ServerError, match=r"Doorstep needs 99\.0 or newer"):
        bring_up(None, servers.database_url, servers.redis_url)


def test_a_database_that_cannot_hold_every_name_is_refused(servers: Servers) -> None:
    with psycopg.connect(libpq(servers.database_url), autocommit=True) as connection:
        latin = "TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'"
        connection.execute(f"CREATE DATABASE latin {latin}")
    with pytest.raises(ServerError, match="stores text as LATIN1"):
        bring_up(None, servers.database_url.replace("@/doorstep?", "@/latin?"), None)


def test_another_command_finds_the_servers_while_they_run(reachable: Path) -> None:
    home = reachable / "home"
    assert running(home) is None
    with bring_up(home, fast=True) as up:
        found = running(home)
        assert found is not None
        assert (found.database_url, found.redis_url) == (up.database_url, up.redis_url)
        found.stop()
        assert one(up.database_url, "SELECT 1") == 1
        with pytest.raises(HomeInUse, match=f"process {os.getpid()}"):
            bring_up(home, fast=True)
    assert running(home) is None


def test_servers_that_died_come_back_at_the_same_address(reachable: Path) -> None:
    with bring_up(reachable / "home", fast=True) as up:
        with psycopg.connect(libpq(up.database_url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS x")

        def compute() -> None:
            with pytest.raises(psycopg.OperationalError):
                one(up.database_url, "SELECT count(*) FROM generate_series(1, 1e5), generate_series(1, 1e5) AS endless")

        computing = threading.Thread(target=compute)
        computing.start()
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%endless' AND state = 'active'"
        while not one(up.database_url, sessions):
            time.sleep(0.01)
        for pid in up.pids.values():
            assert pid
            os.kill(pid, signal.SIGKILL)
        mended: list[str] = []
        while len(mended) < 2:
            mended += up.mend()
        assert sorted(mended) == ["PostgreSQL", "Valkey"]
        computing.join()
        assert up.mend() == []
        assert one(up.database_url, "SELECT x FROM kept") == 1
        with redis.Redis.from_url(up.redis_url) as connection:
            assert connection.ping()


def test_a_machine_without_a_program_for_it_is_told_what_to_do(
    reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    home = Home(reachable / "home")
    with pytest.raises(ServerError, match=r"no program for this kind of machine \(.* riscv64\).*REDIS_URL"):
        Valkey(home).start()
    home.close()


def test_starting_outside_the_main_thread_is_refused(reachable: Path) -> None:
    """Linux would end the servers with that thread."""
    caught: list[BaseException] = []

    def start() -> None:
        try:
            bring_up(reachable / "home", fast=True).stop()
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])
