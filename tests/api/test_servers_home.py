"""The home folder: what Doorstep makes is shut to others, and what was there before stays as it was."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.adapters.servers import Home, HomeInUse, Postgres, ServerError, Valkey, bring_up, default_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its servers another account")


def marks(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mode, found.st_uid, found.st_gid


def test_folders_above_keep_mode_and_owner_and_no_account_is_added(reachable: Path) -> None:
    above = [reachable, *reachable.parents]
    before = [marks(folder) for folder in above]
    accounts = pwd.getpwall()
    old = os.umask(0o077)
    try:
        with (
            bring_up(reachable / "made" / "too" / "home", fast=True) as up,
            psycopg.connect(up.database_url.replace("+psycopg", "")),
        ):
            pass
    finally:
        os.umask(old)
    assert [marks(folder) for folder in above] == before
    assert pwd.getpwall() == accounts


def test_only_the_servers_account_can_look_into_data_and_sockets(reachable: Path) -> None:
    folder = reachable / "home"
    with bring_up(folder, fast=True):
        for private in ("postgres", "run"):
            assert (folder / private).stat().st_mode & 0o777 == 0o700
        for file in ("lock", "addresses.json", "postgres.log", "valkey.log"):
            assert (folder / file).stat().st_mode & 0o777 == 0o600
        for socket in (folder / "run").iterdir():
            assert socket.stat().st_mode & 0o077 == 0
        if os.geteuid() == 0:
            assert (folder / "postgres").owner() == "nobody"
        else:
            assert folder.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_folder_that_bars_the_way_is_named_and_not_opened(reachable: Path) -> None:
    shut = reachable / "shut"
    shut.mkdir(mode=0o700)
    with pytest.raises(ServerError, match=rf"nobody .* can't pass {shut} on the way .* Set DOORSTEP_HOME"):
        Home(shut / "home")
    assert shut.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_to_is_refused(reachable: Path) -> None:
    everybodys = reachable / "everybodys"
    everybodys.mkdir()
    everybodys.chmod(0o1777)
    with pytest.raises(ServerError, match="anybody may write to it"):
        Home(everybodys)
    assert list(everybodys.iterdir()) == []


@as_root
def test_a_folder_of_another_account_is_refused(reachable: Path) -> None:
    theirs = reachable / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    with pytest.raises(ServerError, match="belongs to another account"):
        Home(theirs)


@as_root
def test_data_of_another_account_is_refused(reachable: Path) -> None:
    home = Home(reachable / "home")
    (home.folder / "postgres").mkdir(mode=0o700)
    with pytest.raises(ServerError, match=r"belongs to another account \(user id 0\); nobody would run it"):
        Postgres(home).start()
    home.close()


def test_a_home_that_cannot_be_made_is_explained(reachable: Path) -> None:
    (reachable / "file").write_text("")
    with pytest.raises(ServerError, match=r"Can't make the folder .*/file: File exists.*Set DOORSTEP_HOME"):
        Home(reachable / "file" / "home")


@pytest.mark.parametrize("name", ['quo"te', "dollar$", "back`tick"])
def test_a_name_that_postgresql_cannot_work_with_is_refused(reachable: Path, name: str) -> None:
    with pytest.raises(ServerError, match="there is a quote"):
        Home(reachable / name)


@pytest.mark.parametrize("name", ["my home, 房's", "long" * 40])
def test_odd_and_long_names_work(reachable: Path, name: str) -> None:
    """A comma parts hosts for libpq, and a socket's path is short: both move the sockets to /tmp."""
    with bring_up(reachable / name, fast=True) as up:
        short = (reachable / name / "run").readlink()
        with psycopg.connect(up.database_url.replace("+psycopg", "")) as connection:
            assert connection.info.host == str(short)
    assert short.stat().st_mode & 0o777 == 0o700
    home = Home(reachable / name)
    with Valkey(home):
        assert (short / "valkey.sock").exists()
    short.rmdir()
    with Valkey(home):
        other = (reachable / name / "run").readlink()
        assert (other / "valkey.sock").exists()
    other.rmdir()
    home.close()


def test_a_second_doorstep_on_one_home_is_told_of_the_first(reachable: Path) -> None:
    first = Home(reachable / "home")
    with pytest.raises(HomeInUse, match=rf"runs already on {reachable}/home \(process {os.getpid()}\)") as told:
        Home(reachable / "home")
    assert told.value.pid == os.getpid()
    first.close()
    Home(reachable / "home").close()


def test_looking_for_a_running_doorstep_never_keeps_one_from_starting(reachable: Path) -> None:
    folder = reachable / "home"
    home = Home(folder)
    home.announce({"database_url": "", "redis_url": ""})
    home.close()
    (folder / "addresses.json").write_text("{}")
    look = "import sys; from pathlib import Path; from api.adapters.servers import Home\n"
    look += "while True: Home.announced(Path(sys.argv[1]))"
    looking = subprocess.Popen([sys.executable, "-c", look, str(folder)])
    try:
        for _ in range(20):
            Home(folder).close()
            (folder / "addresses.json").write_text("{}")
    finally:
        looking.kill()
        looking.wait()


@pytest.fixture
def small_disk(reachable: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    disk = reachable / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param},mode=755", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small disk here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("small_disk", ["20m", "55m"], indirect=True)
def test_a_full_disk_is_explained(small_disk: Path) -> None:
    """20 MB are too few for the programs, 55 MB for the database."""
    with pytest.raises(ServerError, match="No space left on device"):
        bring_up(small_disk / "home", fast=True)
    assert not (small_disk / "home" / "postgres").exists()


def test_the_default_home_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_folder({"DOORSTEP_HOME": "/srv/doorstep"}) == Path("/srv/doorstep")
    if os.geteuid() == 0:
        assert default_folder({}) == Path("/var/lib/doorstep")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/mia")
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_folder({"XDG_DATA_HOME": "/data/mia"}) == Path("/data/mia/doorstep")
    assert default_folder({"XDG_DATA_HOME": "relative"}) == Path("/home/mia/.local/share/doorstep")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_folder({}) == Path("/home/mia/Library/Application Support/doorstep")
