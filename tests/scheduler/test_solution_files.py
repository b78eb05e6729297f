"""Solution files: those of other planners and of people are read strictly, and judged, never believed."""

import json
from typing import Any

import pytest

from scheduler.errors import SolutionError
from scheduler.solution import Solution

STOP = {"job": "J1", "arrival": 31800, "start": 32400, "end": 34800}
ROUTE = {"technician": "T1", "stops": [STOP], "breaks": [], "leaves": 30900, "returns": 59000}
GOOD: dict[str, Any] = {
    "format": "doorstep.solution/1",
    "cost": 123456,
    "terms": {"unserved": 0, "travel_s": 123456},
    "routes": [ROUTE],
    "unserved": [{"job": "J9", "reason": "no_technician_with_skill", "detail": {"skills": ["gas"]}}],
    "status": "feasible",
    "violations": [],
    "solver": {"seconds": 10.0, "seed": 1, "iterations": 0, "version": "1"},
}


def test_the_documented_form_is_read_and_written_back() -> None:
    solution = Solution.from_json(json.dumps(GOOD).encode())
    assert json.loads(solution.to_json()) == GOOD


def test_a_person_needs_to_write_only_the_routes() -> None:
    solution = Solution.from_json(json.dumps({"format": "doorstep.solution/1", "routes": [ROUTE]}).encode())
    assert solution.routes[0].stops[0].job == "J1"
    assert solution.unserved == ()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"format": "doorstep.problem/1"}, "$.format"),
        ({"routes": None}, "$.routes"),
        ({"routes": [ROUTE | {"leaves": -1}]}, "$.routes[0].leaves"),
        ({"routes": [ROUTE | {"leaves": 1.5}]}, "$.routes[0].leaves"),
        ({"routes": [ROUTE | {"stops": [STOP | {"start": "nine"}]}]}, "$.routes[0].stops[0].start"),
        ({"routes": [ROUTE | {"stops": [STOP | {"colour": 1}]}]}, "$.routes[0].stops[0]"),
        ({"routes": [ROUTE | {"breaks": [{"start": 1}]}]}, "$.routes[0].breaks[0]"),
        ({"routes": [{"technician": "T1"}]}, "$.routes[0]"),
        ({"unserved": [{"reason": "none"}]}, "$.unserved[0]"),
        ({"unserved": [{"job": "J9", "detail": {"deep": {"deeper": 1}}}]}, "$.unserved[0].detail[...]"),
        ({"status": "perfect"}, "$.status"),
        ({"cost": None}, "$.cost"),
        ({"cost": float("nan")}, "$.cost"),
        ({"solver": {"seconds": -1}}, "$.solver.seconds"),
        ({"violations": [{"rule": "windows"}]}, "$.violations[0]"),
        ({"author": "me"}, "$"),
    ],
)
def test_anything_else_is_refused_at_the_place_that_is_wrong(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(SolutionError) as error:
        Solution.from_json(json.dumps(GOOD | changes).encode())
    assert error.value.path == path


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(SolutionError) as error:
        Solution.from_json(data)
    assert error.value.path == "$"
