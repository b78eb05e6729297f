"""`doorstep roads build` and `serve` with the real OSRM: what is left after good, bad and broken runs."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from api.adapters import road_network
from api.cli import main

PORTO = Path(__file__).parents[3] / "shared" / "data" / "roads" / "porto.osm.pbf"
pytestmark = pytest.mark.skipif(not PORTO.is_file(), reason="the map of Porto is not here")

DOORSTEP = [sys.executable, "-c", "from api.cli import main; main()"]


def doorstep(home, *arguments):
    return CliRunner().invoke(main, ["roads", *map(str, arguments)], env={"DOORSTEP_HOME": str(home)})


@contextmanager
def running(home, *arguments):
    """The command in a process of its own, as from a terminal."""
    process = subprocess.Popen(
        [*DOORSTEP, "roads", *map(str, arguments)],
        env=os.environ | {"DOORSTEP_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process, pattern):
    """The first line that matches; fails with all that was said if the output ends before."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"never said {pattern!r}:\n{''.join(lines)}")


def eventually(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url):
    try:
        return httpx.get(f"{url}/nearest/v1/driving/-8.61,41.15", trust_env=False).json()["code"] == "Ok"
    except httpx.ConnectError:
        return False


def networks(home):
    return sorted(manifest.parent.name for manifest in (home / "roads").glob("porto-*/manifest.json"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose first build was killed and whose second came through."""
    home = tmp_path_factory.mktemp("home")
    with running(home, "build", PORTO) as first:
        said(first, "Reading the roads of porto.osm.pbf")
        eventually(lambda: list((home / "roads").glob(".building-*/*")))
        first.kill()
        first.wait()
    assert road_network.in_use(home / "roads") is None
    assert networks(home) == []
    again = doorstep(home, "build", PORTO)
    assert again.exit_code == 0, again.output
    return home


def test_a_killed_build_leaves_nothing_and_the_next_one_sweeps_up(home):
    assert len(networks(home)) == 1
    assert list((home / "roads").glob(".building-*")) == []
    network = road_network.in_use(home / "roads")
    assert network.manifest.source == "porto.osm.pbf"
    assert network.manifest.profile == "car"
    assert len(network.manifest.sha256) == 64


def test_the_same_map_is_not_built_twice(home):
    before = road_network.in_use(home / "roads")
    again = doorstep(home, "build", PORTO)
    assert again.exit_code == 0
    assert "Reading" not in again.output
    assert road_network.in_use(home / "roads") == before


def bad_map(kind, folder):
    whole = PORTO.read_bytes()
    file = folder / f"{kind}.osm.pbf"
    file.write_bytes(
        {
            "empty": b"",
            "text": b"not a map\n" * 100,
            "cut": whole[:1_500_000],
            "head": whole[:113],
            "rotten": whole[:200_000] + bytes(5_000),
        }[kind]
    )
    return file


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "head", "rotten"])
def test_a_bad_map_is_refused_and_the_network_in_use_stays(home, tmp_path, kind):
    before = road_network.in_use(home / "roads")
    refused = doorstep(home, "build", bad_map(kind, tmp_path))
    assert refused.exit_code == 2
    assert f"{kind}.osm.pbf" in refused.output
    assert "Traceback" not in refused.output
    assert road_network.in_use(home / "roads") == before
    assert list((home / "roads").glob(".building-*")) == []


def test_a_missing_map_is_refused(home, tmp_path):
    refused = doorstep(home, "build", tmp_path / "nowhere.osm.pbf")
    assert refused.exit_code == 2
    assert "does not exist" in refused.output


def test_a_second_build_at_the_same_time_is_refused(home):
    with (home / "roads" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = doorstep(home, "build", PORTO)
    assert refused.exit_code == 1
    assert "Another build is under way" in refused.output


def test_another_map_takes_the_place_of_the_first(home, tmp_path):
    renamed = tmp_path / "porto-new.osm.pbf"
    shutil.copy(PORTO, renamed)
    built = doorstep(home, "build", renamed)
    assert built.exit_code == 0, built.output
    assert road_network.in_use(home / "roads").manifest.source == "porto-new.osm.pbf"
    assert len(networks(home)) == 1


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_stopped(home, stop):
    with running(home, "serve", "--port", 0) as process:
        url = said(process, r"DOORSTEP_OSRM_URL=(http://127\.0\.0\.1:\d+)")[1]
        assert answers(url)
        process.send_signal(stop)
        assert process.wait(10) == 0
    assert not answers(url)


def test_the_road_server_ends_even_when_doorstep_is_killed(home):
    with running(home, "serve", "--port", 0) as process:
        url = said(process, r"DOORSTEP_OSRM_URL=(\S+)")[1]
        process.kill()
    eventually(lambda: not answers(url))


def test_a_taken_port_is_said(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = doorstep(home, "serve", "--port", taken.getsockname()[1])
    assert refused.exit_code == 1
    assert "Can't use port" in refused.output


def test_a_network_of_another_osrm_is_to_be_built_again(home):
    manifest = home / "roads" / "current" / "manifest.json"
    written = manifest.read_text()
    manifest.write_text(written.replace('"osrm": "', '"osrm": "1.'))
    refused = doorstep(home, "serve", "--port", 0)
    manifest.write_text(written)
    assert refused.exit_code == 1
    assert "Build it again from porto" in refused.output


def test_serving_before_the_first_build_says_what_to_do(tmp_path):
    refused = doorstep(tmp_path, "serve")
    assert refused.exit_code == 1
    assert "doorstep roads build FILE.osm.pbf" in refused.output
