"""The comparison itself: every planner on a small day, judged alike, told and written down."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench import catalogue, engines
from bench.cities import Rules, city
from bench.day import Day
from bench.report import lines, remarks, write_plot
from bench.rounds import Run, run
from bench.solver import main

MODELLED_BY_ALL = Rules(breaks=True, setup=True, overtime=True, pins=True, capacity=True, open_routes=True, speed=True)


@pytest.mark.parametrize("engine", engines.MODULES)
def test_every_planner_keeps_every_rule_it_can_express(engine: str) -> None:
    found = run(Day(city(24, 5, 2, MODELLED_BY_ALL)), "small", engine, 2.0, seed=1)
    assert found.failure is None
    assert found.unserved is not None
    assert found.unserved <= 6


def test_a_planner_that_breaks_a_rule_has_no_cost() -> None:
    stated = city(24, 5, 2)
    ids = [job["id"] for job in stated["jobs"]]
    stated["relations"] = [
        {"type": "sequence", "jobs": [a, b], "gap": 30_000} for a, b in zip(ids[::2], ids[1::2], strict=True)
    ]
    found = run(Day(stated), "tied", "vroom", 1.0, seed=1)
    assert found.cost is None
    assert "relations" in (found.failure or "")


def test_a_problem_that_a_planner_refuses_is_a_failure_with_its_reason() -> None:
    stated = city(5, 2, 1)
    stated["jobs"][0]["unserved_cost"] = -1
    found = run(Day(stated), "broken", "doorstep", 0.5, seed=1)
    assert found.cost is None
    assert "ProblemError: $.jobs[0].unserved_cost" in (found.failure or "")


def a_run(engine: str, cost: int | None, seed: int = 1, seconds: float = 2.0) -> Run:
    return Run("X", engine, seconds, seed, seconds, cost, 0, None if cost else "no plan")


def test_gaps_are_of_the_median_to_the_least_cost_known() -> None:
    runs = [a_run("doorstep", cost, seed) for seed, cost in enumerate((110, 130, 120))]
    assert [line.gap for line in lines(runs, {"X": 100})] == [20.0]
    assert [line.gap for line in lines(runs, {})] == [pytest.approx(100 / 11)]


def test_a_line_with_a_seed_that_failed_has_no_median() -> None:
    (line,) = lines([a_run("pyvrp", 110), a_run("pyvrp", None, seed=2)], {"X": 100})
    assert (line.valid, line.gap) == (False, None)
    assert remarks([line]) == ["X, 2 s, pyvrp: 1 of 2 without a valid plan (no plan)"]


def test_a_planner_that_overran_its_time_is_told_apart() -> None:
    slow = Run("X", "vroom", 2.0, 1, took_s=3.3, cost=100, unserved=0)
    assert remarks(lines([slow, a_run("doorstep", 100)], {})) == ["X, 2 s, vroom: overran (!)"]


def test_the_picture_is_drawn_also_when_a_planner_has_nothing_to_show(tmp_path: Path) -> None:
    runs = [a_run("doorstep", 100), a_run("doorstep", 101, seconds=10.0), a_run("pyvrp", None)]
    write_plot(tmp_path / "gaps.svg", lines(runs, {}))
    assert "<svg" in (tmp_path / "gaps.svg").read_text()


def test_the_command_measures_tells_what_peers_cannot_and_writes_every_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(city(10, 3, 1, Rules(breaks=True))))
    told = tmp_path / "runs.json"
    assert main(["--instances", str(mine), "--seconds", "0.5", "--seeds", "1", "2", "--json", str(told)]) == 0
    out = capsys.readouterr().out
    assert "pyvrp has no breaks" in out
    written = json.loads(told.read_text())
    assert [one["engine"] for one in written["runs"]] == [*engines.MODULES] * 2
    assert written["machine"]["cores"] == os.cpu_count()
    assert written["versions"].keys() == engines.MODULES.keys()


def test_ctrl_c_leaves_what_was_measured_and_no_process(tmp_path: Path) -> None:
    mine, told = tmp_path / "mine.json", tmp_path / "runs.json"
    mine.write_text(json.dumps(city(10, 3, 1)))
    arguments = ["--instances", str(mine), "--engines", "doorstep", "--seconds", "0.5", "60", "--seeds", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.solver", *arguments, "--json", str(told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=catalogue.FOLDER.parents[1],
        env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": "150"},  # or the progress bar waits for the end
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as bench:
        try:
            seen = b""
            while b"60 s" not in seen:
                assert bench.stderr is not None
                seen += (piece := os.read(bench.stderr.fileno(), 4096))
                assert piece, seen
            time.sleep(1.0)  # the second run is under way, or still starting: either must end
            family = psutil.Process(bench.pid).children(recursive=True)
            os.killpg(bench.pid, signal.SIGINT)
            out, err = bench.communicate(timeout=20)
        finally:
            bench.kill()
    assert bench.returncode == 130, err.decode()
    assert "Stopped after 1 run." in re.sub(r"\x1b\[[0-9;]*m", "", out.decode())
    assert "Traceback" not in err.decode()
    assert [one["seconds"] for one in json.loads(told.read_text())["runs"]] == [0.5]
    assert family
    assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--instances", "NOWHERE_1"], "there is no instance 'NOWHERE_1'"),
        (["--seconds", "0"], "0 is not a number of seconds above 0"),
        (["--seconds", "soon"], "soon is not a number of seconds"),
        (["--json", "/no/such/folder/x.json"], "can't be written"),
        (["--plot", "gaps.txt"], "must end in .svg"),
        (["--engines", "excel"], "invalid choice: 'excel'"),
    ],
)
def test_bad_options_are_one_line_each(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "doorstep.problem/9"}', '{"format": "doorstep.problem/1"}'])
def test_a_file_that_is_no_problem_is_refused_by_name(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(SystemExit):
        main(["--instances", str(tmp_path / "odd.json")])
    assert "odd.json is not" in capsys.readouterr().err


def test_a_lower_cost_becomes_the_best_known_and_a_higher_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "best.json"
    kept.write_text(json.dumps({"RC208": {"cost": 7761, "source": "RC208.sol"}}))
    monkeypatch.setattr(catalogue, "BEST_KNOWN", kept)
    assert catalogue.lower_best_known({"RC208": [7800], "CITY_40_6_s1": [5, 4], "mine": [1]}, "me") == ["CITY_40_6_s1"]
    assert catalogue.best_known() == {"RC208": 7761, "CITY_40_6_s1": 4}
