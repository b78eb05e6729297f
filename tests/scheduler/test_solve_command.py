"""`doorstep solve` and `doorstep check` as a person and a script meet them: real processes, real files."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cities import city
from click.testing import CliRunner
from engines import with_every_engine
from malformed import EVERYTHING
from processes import catches, searches_of, wait_until

from api.cli import main
from scheduler.solution import Solution

DOORSTEP = [sys.executable, "-c", "from api.cli import main; main()"]
START_UP_S = 2.0  # of Python and its libraries, which the budget does not count, on a busy machine


def doorstep(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*DOORSTEP, *map(str, arguments)], capture_output=True, check=False)


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    file = tmp_path / "problem.json"
    file.write_bytes(city(30, 5).to_json())
    return file


def test_json_alone_goes_to_standard_output_and_progress_to_standard_error(problem: Path) -> None:
    began = time.monotonic()
    result = doorstep("solve", problem, "--seconds", 1, "--json", "--progress")
    assert time.monotonic() - began < 1 + 0.5 + START_UP_S
    assert result.returncode == 0
    solution = Solution.from_json(result.stdout)
    assert solution.status == "feasible"
    assert b"served" in result.stderr


def test_the_written_file_is_judged_as_the_solver_said(problem: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.json"
    result = doorstep("solve", problem, "--seconds", 0.5, "--output", output)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"feasible" in result.stdout
    assert list(tmp_path.iterdir()) == [problem, output] or sorted(tmp_path.iterdir()) == sorted([problem, output])
    verdict = doorstep("check", problem, output, "--json")
    assert verdict.returncode == 0
    assert json.loads(verdict.stdout)["cost"] == Solution.from_json(output.read_bytes()).cost
    assert b"No rule is broken" in doorstep("check", problem, output).stdout


def test_a_plan_that_breaks_a_rule_is_listed_and_ends_with_status_1(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    stop = {"job": "J3", "arrival": 40000, "start": 40000, "end": 41200}
    route = {"technician": "T2", "stops": [stop], "leaves": 39101, "returns": 41200}
    plan.write_text(json.dumps({"format": "doorstep.solution/1", "routes": [route]}))
    result = doorstep("check", EVERYTHING, plan, "--json")
    assert result.returncode == 1
    assert [(v["rule"], v["job"], v["technician"], v["amount"]) for v in json.loads(result.stdout)["violations"]] == [
        ("must_be_served", "J2", None, 1),
        ("driving", "J3", "T2", 1),
    ]
    shown = doorstep("check", EVERYTHING, plan)
    assert shown.returncode == 1
    assert b"driving" in shown.stdout


def test_a_plan_for_another_day_is_bad_input(problem: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"format": "doorstep.solution/1", "routes": [], "unserved": [{"job": "nobody"}]}')
    result = doorstep("check", problem, plan)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode() == f"Error: {plan}: $.unserved[0].job: the problem has no job 'nobody'\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "missing.json"],
        ["solve", "."],
        ["check", "missing.json", "missing.json"],
        ["solve", EVERYTHING, "--output", "."],
        ["solve", EVERYTHING, "--output", "no/such/folder/plan.json"],
        ["solve", EVERYTHING, "--seconds", "0"],
        ["solve", EVERYTHING, "--seconds", "nan"],
        ["solve", EVERYTHING, "--seconds", "soon"],
        ["solve", EVERYTHING, "--threads", "0"],
        ["solve", EVERYTHING, "--seed", "-1"],
        ["solve", EVERYTHING, "--engine", "magic"],
        ["solve"],
    ],
    ids=lambda arguments: " ".join(Path(str(part)).name for part in arguments),
)
def test_what_cannot_be_done_is_one_clear_error_and_status_2(arguments: list[object]) -> None:
    result = CliRunner().invoke(main, [str(part) for part in arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_clear_error(problem: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*DOORSTEP, "solve", str(problem), "--seconds", "0.2", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == b"Error: standard output can't be written: No space left on device\n"
    written = doorstep("solve", problem, "--seconds", 0.2, "--output", "/dev/full")
    assert written.returncode == 2
    assert written.stderr == b"Error: /dev/full can't be written: No space left on device\n"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_linked_output_is_written_through_the_link_and_keeps_its_mode(problem: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(target)
    assert doorstep("solve", problem, "--seconds", 0.2, "--output", link).returncode == 0
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert Solution.from_json(target.read_bytes()).status == "feasible"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@with_every_engine
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_writes_the_best_plan_so_far(
    problem: Path, tmp_path: Path, number: int, status: int, engine: str
) -> None:
    output = tmp_path / "plan.json"
    command = [*DOORSTEP, "solve", str(problem), "--seconds", "60", "--engine", engine, "--output", str(output)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if engine == "ortools":
        assert wait_until(lambda: len(searches_of(process.pid)) == 2, 20)
    else:
        assert wait_until(lambda: catches(process.pid, signal.SIGTERM), 20)
        time.sleep(0.5)  # the file is read by then, and the search in full flight
    os.kill(process.pid, number)
    asked = time.monotonic()
    assert process.wait(timeout=20) == status
    assert time.monotonic() - asked < 3
    assert Solution.from_json(output.read_bytes()).status == "feasible"
    assert sorted(tmp_path.iterdir()) == sorted([problem, output])


def test_the_kernel_where_it_was_not_built_is_one_clear_error(problem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scheduler.native._kernel", None)  # Python then finds no such module
    result = CliRunner().invoke(main, ["solve", str(problem), "--engine", "kernel"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the search kernel was not built on this machine" in result.stderr.splitlines()[-1]
