"""Ctrl-C, SIGTERM and kill -9 while Doorstep is still starting: nothing is left running, and nothing hangs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from real_processes import Process, Site, until
from town import Town

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing ends a child with its parent")


@pytest.fixture
def site(town: Town, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, town.database_url, redis_url) as site:
        yield site


def ended(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def test_a_site_stopped_before_its_processes_have_started_ends_at_once(site: Site) -> None:
    site.kill()
    site.start()
    main = psutil.Process(site.popen.pid)
    until(lambda: len(main.children()) == 2, 20, site.log.read_text)
    processes = main.children()
    site.popen.terminate()
    assert site.popen.wait(8) == 0, site.log.read_text()
    assert ended(processes)


@linux_only
def test_the_processes_of_a_killed_site_end_and_its_port_is_free_again(site: Site) -> None:
    processes = psutil.Process(site.popen.pid).children()
    os.kill(site.popen.pid, signal.SIGKILL)  # it alone
    site.popen.wait()
    until(lambda: ended(processes), 8)
    site.start_again()


@linux_only
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_the_processes_of_a_site_killed_while_they_start_end_too(site: Site, seconds: float) -> None:
    site.kill()
    site.start()
    main = psutil.Process(site.popen.pid)
    until(lambda: len(main.children()) == 2, 20, site.log.read_text)
    processes = main.children()
    time.sleep(seconds)
    os.kill(site.popen.pid, signal.SIGKILL)
    site.popen.wait()
    until(lambda: ended(processes), 8)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_while_its_servers_start_it_stops_them_in_order(
    number: signal.Signals, status: int, reachable: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    log = tmp_path / "migrate.log"
    with log.open("wb") as output:
        starting = subprocess.Popen(
            [sys.executable, "-m", "api", "migrate"],
            env=environment | {"DOORSTEP_HOME": str(reachable / "home")},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    note = reachable / "home" / "postgres" / "postmaster.pid"
    until(note.exists, 30, log.read_text)
    time.sleep(0.2)
    processes = psutil.Process(starting.pid).children(recursive=True)
    assert processes
    starting.send_signal(number)
    assert starting.wait(20) == status, log.read_text()
    assert log.read_text() == "Stopped.\n"
    assert ended(processes)
    assert not note.exists()  # PostgreSQL itself takes it away, at the end of a shutdown in order


def test_a_worker_stopped_while_it_starts_says_so_and_ends(town: Town, redis_url: str, tmp_path: Path) -> None:
    with Process("worker", tmp_path, town.database_url, redis_url) as worker:
        time.sleep(1.0)
        worker.popen.terminate()
        worker.popen.wait(10)
        assert "Traceback" not in worker.log.read_text()


def test_a_stop_that_comes_inside_a_weak_references_callback_is_not_lost() -> None:
    script = """
import os, signal, time, weakref
from api.cli.stops import stoppable
class Thing: pass
with stoppable():
    thing = Thing()
    gone = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM))
    del thing
    time.sleep(10)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=8, check=False)
    assert (done.returncode, done.stderr) == (143, "Stopped.\n")
