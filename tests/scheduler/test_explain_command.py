"""`doorstep explain` as a person and a script meet it: real processes, real files."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from cities import city
from click.testing import CliRunner, Result
from malformed import EVERYTHING
from overfull_days import first_come_first_served, overfull

from api.cli import main
from scheduler.check import check
from scheduler.fix import JobFixes
from scheduler.fixes import apply
from scheduler.problem import Job, Problem
from scheduler.solution import Solution, StopResult
from scheduler.solve import Stop, solve

DOORSTEP = [sys.executable, "-c", "from api.cli import main; main()"]
START_UP_S = 3.0  # of Python and its libraries, which the budget does not count, on a busy machine


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A problem of 40 jobs, and a plan that leaves out some."""
    problem = city(40, 4)
    written = tmp_path / "problem.json", tmp_path / "plan.json"
    written[0].write_bytes(problem.to_json())
    written[1].write_bytes(solve(problem, Stop(0.29)).to_json())
    return written


def explain(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, ["explain", *map(str, arguments)])


def test_json_names_every_job_left_out_and_its_fixes_can_be_applied(files: tuple[Path, Path]) -> None:
    began = time.monotonic()
    result = subprocess.run(
        [*DOORSTEP, "explain", *map(str, files), "--seconds", "1", "--json"], capture_output=True, check=False
    )
    assert time.monotonic() - began < 1 + 0.5 + START_UP_S
    assert (result.returncode, result.stderr) == (0, b"")
    told = json.loads(result.stdout)
    problem, plan = Problem.from_json(files[0].read_bytes()), Solution.from_json(files[1].read_bytes())
    assert told["format"] == "doorstep.fixes/1"
    assert {job["job"] for job in told["jobs"]} == {unserved.job for unserved in plan.unserved}
    verified = 0
    for job in told["jobs"]:
        for fix, fields in zip(msgspec.convert(job, JobFixes).fixes, job["fixes"], strict=True):
            assert (fields["sentence"] is not None) == fix.verified
            if fix.plan is not None:
                verified += 1
                assert set(fields["sentence"]) == {"en", "zh"}
                assert check(apply(problem, fix), fix.plan).violations == ()
    assert verified


def test_a_person_reads_what_helps_in_both_languages_and_what_was_not_proved(files: tuple[Path, Path]) -> None:
    result = explain(*files, "--seconds", "0.5")
    assert result.exit_code == 0
    for word in ("is left out", "min longer", "多加班", "the next day", "Not proved 未证实", "an extra skill"):
        assert word in " ".join(result.stdout.split())  # whatever the width


def test_only_the_jobs_asked_for_are_looked_at(files: tuple[Path, Path]) -> None:
    left_out = [unserved.job for unserved in Solution.from_json(files[1].read_bytes()).unserved][:2]
    result = explain(*files, "--seconds", "0.5", "--json", "--job", left_out[0], "--job", left_out[1])
    assert {job["job"] for job in json.loads(result.stdout)["jobs"]} == set(left_out)


def test_a_late_job_says_by_how_much(tmp_path: Path) -> None:
    for seed in range(20):
        problem = overfull(seed, 12, 2)
        plan = first_come_first_served(problem)
        late = [job.id for job in problem.jobs for route in plan.routes for stop in route.stops if _late(job, stop)]
        if late:
            break
    (tmp_path / "problem.json").write_bytes(problem.to_json())
    (tmp_path / "plan.json").write_bytes(plan.to_json())
    result = explain(tmp_path / "problem.json", tmp_path / "plan.json", "--job", late[0], "--seconds", "0.3")
    assert f"{late[0]}  starts" in result.stdout
    assert "min late. 迟到" in result.stdout


def _late(job: Job, stop: StopResult) -> bool:
    return job.id == stop.job and job.due is not None and stop.start > job.due


def test_a_job_that_is_served_in_time_has_nothing_to_fix(files: tuple[Path, Path]) -> None:
    served = Solution.from_json(files[1].read_bytes()).routes[0].stops[0].job
    result = explain(*files, "--job", served)
    assert (result.exit_code, result.stdout) == (0, "Nothing to fix: every job asked for is served in time.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [EVERYTHING],
        ["missing.json", "missing.json"],
        [EVERYTHING, "."],
        [EVERYTHING, EVERYTHING],
        [EVERYTHING, "plan.json", "--job", "nobody"],
        [EVERYTHING, "plan.json", "--seconds", "0"],
        [EVERYTHING, "plan.json", "--seconds", "nan"],
        [EVERYTHING, "broken.json"],
        [EVERYTHING, "stranger.json"],
    ],
    ids=lambda arguments: " ".join(Path(str(part)).name for part in arguments),
)
def test_what_cannot_be_done_is_one_clear_error_and_status_2(
    arguments: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text('{"format": "doorstep.solution/1", "routes": []}')
    Path("stranger.json").write_text('{"format": "doorstep.solution/1", "routes": [], "unserved": [{"job": "nobody"}]}')
    stop = {"job": "J3", "arrival": 0, "start": 0, "end": 0}
    route = {"technician": "T2", "stops": [stop], "leaves": 0, "returns": 0}
    Path("broken.json").write_text(json.dumps({"format": "doorstep.solution/1", "routes": [route]}))
    result = explain(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in result.stderr


def test_ctrl_c_prints_what_was_found_and_ends_with_status_130(files: tuple[Path, Path]) -> None:
    terminal, child = pty.openpty()  # so that the bar tells when the search is under way
    process = subprocess.Popen(
        [*DOORSTEP, "explain", *map(str, files), "--seconds", "60"],
        stdout=subprocess.PIPE,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(child)
    shown = b""
    while b"verified" not in shown:
        shown += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=10)
    os.close(terminal)
    assert process.returncode == 130
    assert "is left out" in stdout.decode()
