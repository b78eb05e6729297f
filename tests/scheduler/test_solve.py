"""What `solve` promises: a valid plan in time, whatever happens to the search."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from brute_force import Witness
from cities import city
from days import NINE, NOON, day, job, lunch, technician
from engines import needs_kernel, with_every_engine
from processes import is_alive, searches_of, wait_until

from bench.cities import city as city_of_trades
from scheduler.check import check
from scheduler.problem import Pin, Problem, Relation
from scheduler.solution import Solution
from scheduler.solve import Stop, default_engine, solve

LUNCH = Path(__file__).parent / "problems" / "city_40_lunch.json"
NOISE_S = 1.0  # for a machine that has other things to do
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def served(solution: Solution) -> dict[str, tuple[str, int]]:
    """(technician, start) by job."""
    return {stop.job: (route.technician, stop.start) for route in solution.routes for stop in route.stops}


def in_background(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


@with_every_engine
def test_a_day_with_lunch_breaks_is_planned_well_and_every_reason_is_true(engine: str) -> None:
    problem = Problem.from_json(LUNCH.read_bytes())
    seen: list[tuple[float, int, int]] = []
    solution = solve(problem, Stop(3.0), engine=engine, progress=lambda *told: seen.append(told))
    assert solution.status == "feasible"
    assert check(problem, solution).cost == solution.cost < 50_000  # greedy alone: 50,671
    witness = Witness(problem, solution)
    assert all(witness.confirms(unserved) for unserved in solution.unserved)
    costs = [cost for _, cost, _ in seen]
    assert costs == sorted(costs, reverse=True)
    assert len(costs) > 1
    assert solution.cost <= costs[-1]


@with_every_engine
def test_large_days_are_answered_in_time_and_valid(engine: str) -> None:
    problem = city(500, 60)
    began = time.monotonic()
    solution = solve(problem, Stop(1.0), engine=engine)
    assert time.monotonic() - began < 1.0 + 0.5 + 0.02 + NOISE_S
    assert solution.status == "feasible"
    assert len(served(solution)) > 400
    assert "out_of_time" not in {unserved.reason for unserved in solution.unserved}


@needs_kernel
@pytest.mark.parametrize(("jobs", "technicians", "seconds"), [(500, 60, 0.3), (2_000, 200, 1.0)])
def test_the_kernel_has_a_plan_at_any_time(jobs: int, technicians: int, seconds: float) -> None:
    """Every job of this city can be served; what a busy machine takes away is a tenth at most."""
    problem = Problem.from_json(json.dumps(city_of_trades(jobs, technicians, 1)).encode())
    began = time.monotonic()
    solution = solve(problem, Stop(seconds), engine="kernel")
    assert time.monotonic() - began < seconds + 0.5 + NOISE_S
    assert solution.status == "feasible"
    assert len(served(solution)) > 0.9 * jobs


@on_linux
def test_a_search_that_hangs_is_killed_in_time() -> None:
    problem = city(60, 8, lunch=True)

    def freeze() -> None:
        wait_until(lambda: len(searches_of(os.getpid())) == 2, 5)
        for child in searches_of(os.getpid()):
            os.kill(child, signal.SIGSTOP)

    thread = in_background(freeze)
    began = time.monotonic()
    solution = solve(problem, Stop(1.5), engine="ortools")
    assert time.monotonic() - began < 1.5 + 0.5 + 0.03 + NOISE_S
    thread.join()
    assert solution.status == "feasible"
    assert searches_of(os.getpid()) == []


@on_linux
@pytest.mark.parametrize("after", [0.0, 1.0], ids=["at once", "in full flight"])
def test_a_search_that_is_killed_leaves_the_best_plan_so_far(after: float) -> None:
    problem = city(60, 8)

    def kill() -> None:
        wait_until(lambda: len(searches_of(os.getpid())) == 2, 5)
        time.sleep(after)
        for child in searches_of(os.getpid()):
            os.kill(child, signal.SIGKILL)

    thread = in_background(kill)
    began = time.monotonic()
    solution = solve(problem, Stop(20.0), engine="ortools")
    assert time.monotonic() - began < 10  # nobody waits for the dead
    thread.join()
    assert check(problem, solution).violations == ()
    assert len(served(solution)) > 45


@on_linux
def test_searches_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "city.json"
    file.write_bytes(city(60, 8).to_json())
    command = [sys.executable, "-c", "from api.cli import main; main()", "solve", str(file)]
    parent = subprocess.Popen([*command, "--seconds", "60", "--engine", "ortools"])
    try:
        assert wait_until(lambda: len(searches_of(parent.pid)) == 2, 10)
        time.sleep(0.7)  # until they are deep in native code
        searches = searches_of(parent.pid)
    finally:
        parent.kill()
        parent.wait()
    assert wait_until(lambda: not any(is_alive(search) for search in searches), 3)


@with_every_engine
@pytest.mark.parametrize("kind", ["event", "function"])
def test_a_cancelled_solve_answers_at_once_with_the_best_so_far(kind: str, engine: str) -> None:
    problem, enough = city(150, 20), threading.Event()
    moment: list[float] = []

    def cancel() -> None:
        time.sleep(1.2)
        moment.append(time.monotonic())
        enough.set()

    thread = in_background(cancel)
    solution = solve(problem, Stop(60, enough if kind == "event" else enough.is_set), engine=engine)
    assert time.monotonic() - moment[0] < 0.3 + NOISE_S
    thread.join()
    assert check(problem, solution).violations == ()
    assert len(served(solution)) > 100


@with_every_engine
def test_a_solve_that_is_cancelled_before_it_starts_still_answers(engine: str) -> None:
    solution = solve(city(40, 6), Stop(60, lambda: True), engine=engine)
    assert solution.status == "feasible"
    assert len(served(solution)) + len(solution.unserved) == 40


def test_the_same_seed_and_no_search_give_the_same_plan() -> None:
    problem = city(80, 10)
    plans = [solve(problem, Stop(0.29), engine="ortools") for _ in range(2)]
    assert plans[0].routes == plans[1].routes


@with_every_engine
def test_a_day_without_jobs_or_without_technicians_has_an_answer(engine: str) -> None:
    assert solve(day([]), Stop(1.0), engine=engine).routes == ()
    nobody = solve(day([job("J1")], []), Stop(1.0), engine=engine)
    assert nobody.status == "feasible"
    assert [(u.job, u.reason) for u in nobody.unserved] == [("J1", "no_technician_with_skill")]


@with_every_engine
def test_a_job_that_must_be_served_and_cannot_makes_the_plan_infeasible_but_not_empty(engine: str) -> None:
    problem = day([job("J1", unserved_cost=None, windows=((0, 60),)), job("J2")])
    solution = solve(problem, Stop(1.0), engine=engine)
    assert solution.status == "infeasible"
    assert [(v.rule, v.job) for v in solution.violations] == [("must_be_served", "J1")]
    assert [u.reason for u in solution.unserved] == ["no_window_in_shift"]
    assert set(served(solution)) == {"J2"}


@with_every_engine
def test_a_job_that_must_be_served_takes_the_place_of_a_dear_one(engine: str) -> None:
    busy = {"service": 4 * 3600, "windows": ((NINE, NINE + 60),)}
    problem = day([job("dear", unserved_cost=10**9, **busy), job("must", unserved_cost=None, **busy)])
    solution = solve(problem, Stop(1.0), engine=engine)
    assert set(served(solution)) == {"must"}
    assert solution.status == "feasible"
    assert solution.unserved[0].reason == "kept_out_by_more_urgent"
    assert solution.unserved[0].detail == {"job": "must", "technician": "T1"}


@with_every_engine
def test_pins_hold_technician_start_and_position(engine: str) -> None:
    problem = day(
        [
            job("J1", 4, pinned=Pin("T2", start=NOON)),
            job("J2", 1, pinned=Pin("T2", position=0)),
            *(job(f"J{j}", j % 5, windows=((NINE, NOON),)) for j in range(3, 9)),
        ],
        [technician("T1"), technician("T2")],
        travel_s=1,
    )
    solution = solve(problem, Stop(1.0), engine=engine)
    assert solution.status == "feasible"
    assert served(solution)["J1"] == ("T2", NOON)
    route = next(route for route in solution.routes if route.technician == "T2")
    assert route.stops[0].job == "J2"
    assert solution.unserved == ()


@with_every_engine
def test_relations_hold_across_technicians(engine: str) -> None:
    problem = day(
        [job(f"J{j}", j % 6, unserved_cost=None) for j in range(8)],
        [technician("T1", breaks=(lunch(),)), technician("T2", start=5, end=5, breaks=(lunch(),))],
        relations=[
            Relation("sequence", ("J0", "J1"), 600),
            Relation("not_before", ("J2", "J3"), 7200),
            Relation("same_time", ("J4", "J5"), 0),
            Relation("same_technician", ("J6", "J7")),
        ],
        travel_s=1,
    )
    for seconds in (0.25, 1.5):  # OR-Tools' first plan alone, then a search
        solution = solve(problem, Stop(seconds), engine=engine)
        assert solution.status == "feasible"
        where = served(solution)
        assert where["J0"][0] == where["J1"][0]
        assert where["J1"][1] >= where["J0"][1] + 1800 + 600
        assert where["J3"][1] >= where["J2"][1] + 1800 + 7200
        assert where["J4"][1] == where["J5"][1]
        assert where["J4"][0] != where["J5"][0]
        assert where["J6"][0] == where["J7"][0]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 10**6])
def test_a_budget_must_be_a_time_above_nothing_and_within_a_day(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be above 0"):
        Stop(seconds)


def test_unknown_engines_and_numbers_of_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="no engine 'magic'"):
        solve(day([]), Stop(1.0), engine="magic")
    with pytest.raises(ValueError, match="threads must be from 1 to 64"):
        solve(day([]), Stop(1.0), threads=0)


@needs_kernel
def test_the_kernel_is_the_search_where_it_was_built() -> None:
    assert default_engine() == "kernel"
    assert solve(city(12, 3), Stop(0.1)).solver.version.endswith("kernel")


def test_where_the_kernel_was_not_built_or_tools_searches_and_the_kernel_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scheduler.native._kernel", None)  # Python then finds no such module
    assert default_engine() == "ortools"
    assert solve(city(12, 3), Stop(0.1)).solver.version.endswith("ortools")
    with pytest.raises(ValueError, match="the search kernel was not built on this machine"):
        solve(city(12, 3), Stop(0.1), engine="kernel")


@with_every_engine
def test_a_solve_begins_at_the_plan_it_is_given(engine: str) -> None:
    problem = city(60, 8)
    long = solve(problem, Stop(2.0), engine=engine)
    number = {job.id: j for j, job in enumerate(problem.jobs)}
    orders = {route.technician: tuple(number[stop.job] for stop in route.stops) for route in long.routes}
    start = tuple(orders.get(technician.id, ()) for technician in problem.technicians)
    assert solve(problem, Stop(0.25), engine=engine, start=start).cost <= long.cost
