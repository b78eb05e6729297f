"""Every wrong problem file gives one clear error that names the place, from the library and the command."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from malformed import EVERYTHING, wrong_files

from api.cli import main
from scheduler.errors import ProblemError
from scheduler.problem import Problem

WRONG = list(wrong_files())


def test_there_are_at_least_two_hundred_wrong_files() -> None:
    assert len({data for _, data, _ in WRONG}) >= 200


@pytest.mark.parametrize(("data", "path"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_file_is_refused_at_the_place_that_is_wrong(data: bytes, path: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as error:
        Problem.from_json(data)
    assert error.value.path == path
    assert 0 < len(error.value.message) <= 300
    assert str(error.value).isprintable()

    file = tmp_path / "problem.json"
    file.write_bytes(data)
    result = CliRunner().invoke(main, ["solve", str(file), "--seconds", "0.1"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: {file}: {error.value}\n"


def test_a_file_with_everything_is_read_as_it_is_written() -> None:
    problem = Problem.from_json(EVERYTHING.read_bytes())
    assert Problem.from_json(problem.to_json()) == problem
    assert problem.technicians[0].speed == 1.2
    assert problem.technicians[1].end is None
    assert problem.jobs[1].unserved_cost is None
    assert problem.jobs[0].pinned is not None
    assert problem.jobs[0].pinned.position == 0
    assert problem.durations_at(1.2).tolist()[0] == [0, 584, 917]  # 700 / 1.2 = 583.3, 1100 / 1.2 = 916.7


def test_what_may_be_left_out_has_the_documented_default() -> None:
    problem = Problem.from_json(
        b'{"locations": [{"id": "a", "lat": 22.5, "lon": 114}, {"id": "b", "lat": 22.6, "lon": 114}],'
        b' "technicians": [{"id": "T", "start": 0, "end": 1, "shift": [0, 36000]}],'
        b' "jobs": [{"id": "J", "location": 1, "service": 60}]}'
    )
    job, technician = problem.jobs[0], problem.technicians[0]
    assert (job.unserved_cost, job.windows, job.technicians, job.setup) == (None, (), None, 0)
    assert (technician.speed, technician.max_overtime, technician.capacity) == (1.0, 0, None)
    assert (problem.objective.travel_s, problem.objective.overtime_s) == (1, 0)


def test_travel_comes_from_coordinates_when_there_is_no_matrix() -> None:
    problem = Problem.from_json(
        b'{"locations": [{"id": "a", "lat": 0, "lon": 0}, {"id": "b", "lat": 0, "lon": 1}],'
        b' "technicians": [], "jobs": []}'
    )
    degree_m = 111_195  # of longitude, at the equator
    assert problem.distances[0, 1] == pytest.approx(1.35 * degree_m, rel=1e-3)
    assert problem.durations[0, 1] == pytest.approx(1.35 * degree_m / (25 / 3.6), rel=1e-3)


def test_a_problem_made_in_python_is_checked_too() -> None:
    good = Problem.from_json(EVERYTHING.read_bytes())
    with pytest.raises(ProblemError, match=r"\$\.jobs\[1\]\.id: 'J1' is already the id of"):
        Problem(locations=good.locations, technicians=good.technicians, jobs=(good.jobs[0], good.jobs[0]))
