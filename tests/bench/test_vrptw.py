import json
from pathlib import Path

import pytest

from bench import catalogue
from bench.day import Day
from bench.evaluator import judge
from bench.timing import timetable
from bench.vrptw import VrplibError, read, read_solution
from scheduler.problem import Problem

FOLDER = catalogue.FOLDER / "vrptw"
INSTANCES = sorted(path.stem for path in FOLDER.glob("*.vrp"))


@pytest.mark.parametrize("name", INSTANCES)
def test_the_best_solution_known_costs_what_its_file_states_and_breaks_nothing(name: str) -> None:
    orders, stated = read_solution(FOLDER / f"{name}.sol")
    day = Day(read(FOLDER / f"{name}.vrp"))
    judged = judge(day, timetable(day, orders))
    assert (judged.cost, judged.broken) == (stated, frozenset())
    assert catalogue.best_known()[name] == stated


def test_the_planner_takes_what_the_reader_makes() -> None:
    problem = Problem.from_json(json.dumps(read(FOLDER / "RC208.vrp")).encode())
    assert (len(problem.jobs), len(problem.technicians)) == (100, 25)
    assert problem.jobs[0].unserved_cost is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "NODE_COORD_SECTION"),
        ("NODE_COORD_SECTION\n1 4 north\n", "north"),
        ("NODE_COORD_SECTION\n1 4 5\nDEMAND_SECTION\n1 0\nTIME_WINDOW_SECTION\n1 0 9\n", "VEHICLES"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mine.vrp"
    path.write_text(text)
    with pytest.raises(VrplibError, match=rf"mine\.vrp .*{says}"):
        read(path)


def test_a_solution_without_a_cost_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.sol"
    path.write_text("Route #1: 1 2\n")
    with pytest.raises(VrplibError, match="states no cost"):
        read_solution(path)
