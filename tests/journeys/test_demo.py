"""The demo, as its reader runs it: a real city's requests planned, with nothing broken and every reason true."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from brute_force import confirm_reason
from real_processes import until

from scheduler.check import check
from scheduler.problem import Problem
from scheduler.solution import Solution

DEMO = [sys.executable, "-m", "api", "demo"]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder of the demo's own, that the account of root's PostgreSQL may enter."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-demo-"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def run(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [*DEMO, *options],
        env=environment | {"DOORSTEP_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    return run(home, "--once", "--json", "--seconds", "10", "--save", str(home.parent / "files"))


def test_one_command_serves_all_but_a_few_of_158_real_requests(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert told["jobs"] == 158
    assert told["served"] >= 150
    assert told["served"] + len(told["unserved"]) == 158
    assert 22 <= told["technicians_used"] <= 26
    assert set(told) >= {"travel_s", "late", "seconds"}


def test_no_hard_rule_is_broken_and_every_reason_stands_a_second_trial(
    first: subprocess.CompletedProcess[str], home: Path
) -> None:
    files = home.parent / "files"
    problem = Problem.from_json((files / "problem.json").read_bytes())
    solution = Solution.from_json((files / "solution.json").read_bytes())
    assert check(problem, solution).violations == ()
    checked = subprocess.run(
        [sys.executable, "-m", "api", "check", files / "problem.json", files / "solution.json"], check=False
    )
    assert checked.returncode == 0
    for left in solution.unserved:
        assert confirm_reason(problem, solution, left), left


def test_run_again_it_makes_no_duplicates_and_shows_its_tables(
    first: subprocess.CompletedProcess[str], home: Path
) -> None:
    again = run(home, "--once", "--seconds", "3")
    assert again.returncode == 0, again.stderr
    assert re.search(r"1[56]\d of 158 requests served by 2\d technicians", again.stdout.replace("\n", " "))
    assert "陈伟 Chen Wei" in again.stdout


def test_ctrl_c_stops_every_process_that_it_started(first: subprocess.CompletedProcess[str], home: Path) -> None:
    environment = os.environ | {"DOORSTEP_HOME": str(home), "DOORSTEP_PORT": "18311"}
    log = home.parent / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [*DEMO, "--seconds", "2"], env=environment, stdout=output, stderr=output, start_new_session=True
        )
    until(lambda: "Ctrl-C stops everything" in log.read_text() or demo.poll() is not None, 90, log.read_text)
    assert httpx.get("http://127.0.0.1:18311/ready").json() == {"database": "answers", "redis": "answers"}
    children = psutil.Process(demo.pid).children(recursive=True)
    assert {"postgres", "valkey-server"} <= {child.name() for child in children}
    demo.send_signal(signal.SIGINT)
    assert demo.wait(30) == 0
    until(lambda: not any(child.is_running() for child in children), 10)


def test_a_taken_port_is_one_clear_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = os.environ | {"DOORSTEP_HOME": str(home), "DOORSTEP_PORT": str(taken.getsockname()[1])}
        refused = subprocess.run(DEMO, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2
    assert "DOORSTEP_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr
