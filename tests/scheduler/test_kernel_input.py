"""Arrays that don't belong together are refused by name before the kernel reads a number of them."""

import re
from typing import Any

import numpy as np
import pytest

kernel = pytest.importorskip("scheduler.native._kernel", reason="the search kernel could not be built here")

TECHNICIAN = (0, 0, 0, 28_800, 28_800, None, 0, [(10_800, 14_400, 1_800)])
JOB = (1, 1_800, 0, [(0, 28_800)], 28_800, 0, 10_000, False, None, 0)


def square(places: int, drive_s: int = 600) -> Any:
    return np.full((places, places), drive_s, dtype=np.int32)


def given(**changes: Any) -> dict[str, Any]:
    """Two jobs at the second of three places, one technician who starts at the first."""
    return {
        "durations": [square(3)],
        "metres": None,
        "technicians": [TECHNICIAN],
        "jobs": [JOB, JOB],
        "able": np.ones((2, 1), dtype=np.uint8),
        "dislike": None,
        "ties": [(0, [0, 1], 0)],
        "prices": (1, 0, 0, 0, 0),
    } | changes


def changed(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def shown(value: Any) -> str:
    """In a test's name: what is changed; an array's numbers would hide it."""
    return ", ".join(value) if isinstance(value, dict) else str(value)


def test_a_day_that_is_as_it_should_be_is_searched() -> None:
    search = kernel.Search(kernel.Day.of(**given()), 60.0, 1, 1, 100)
    assert search.wait(60)
    orders, cost, _ = search.best()
    assert (orders, cost) == ([[0, 1]], 600 + 600 + 600)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"durations": []}, "there is at least one matrix"),
        ({"durations": [np.zeros((3, 2), np.int32)]}, "a row and a column for each place"),
        ({"durations": [square(3), square(4)]}, "a row and a column for each place"),
        ({"metres": square(2)}, "a row and a column for each place"),
        ({"prices": (1, 1, 0, 0, 0)}, "metres have a price, so they are needed"),
        ({"technicians": [changed(TECHNICIAN, 0, 3)]}, "starts and ends at a place"),
        ({"technicians": [changed(TECHNICIAN, 0, -1)]}, "starts and ends at a place"),
        ({"technicians": [changed(TECHNICIAN, 1, 3)]}, "starts and ends at a place"),
        ({"technicians": [changed(TECHNICIAN, 6, 1)]}, "speed is the index of a matrix"),
        ({"technicians": [changed(TECHNICIAN, 7, [(0, 1, 1)] * 4)]}, "at most 3 breaks"),
        ({"jobs": [JOB, changed(JOB, 0, 3)]}, "a job is at a place"),
        ({"jobs": [JOB, changed(JOB, 0, -1)]}, "a job is at a place"),
        ({"jobs": [JOB]}, "a tie names jobs of the day"),
        ({"jobs": [JOB] * 3}, "able has a row a job"),
        ({"technicians": []}, "able has a row a job"),
        ({"able": np.ones((1, 2), np.uint8)}, "able has a row a job"),
        ({"dislike": np.zeros((2, 2), np.int64)}, "dislike has a row a job"),
        ({"ties": [(4, [0, 1], 0)]}, "one of the four kinds"),
        ({"ties": [(-1, [0, 1], 0)]}, "one of the four kinds"),
        ({"ties": [(0, [0, -1], 0)]}, "a tie names jobs of the day"),
    ],
    ids=shown,
)
def test_what_does_not_belong_together_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        kernel.Day.of(**given(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"durations": [np.zeros(9, np.int32)]},
        {"durations": None},
        {"able": None},
        {"jobs": [changed(JOB, 1, 2**31)]},
        {"jobs": [JOB[:-1]]},
        {"jobs": [changed(JOB, 1, 0.5)]},
        {"prices": (2**63, 0, 0, 0, 0)},
        {"technicians": [changed(TECHNICIAN, 0, None)]},
    ],
    ids=shown,
)
def test_what_is_of_another_type_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="incompatible function arguments"):
        kernel.Day.of(**given(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"durations": [square(3, -1)]},
        {"durations": [square(3, 2**31 - 1)]},
        {"metres": square(3, -1)},
        {"technicians": [changed(TECHNICIAN, 4, 2**31 - 1)]},
        {"technicians": [changed(TECHNICIAN, 7, [(0, 0, 2**31 - 1)])]},
        {"jobs": [JOB, changed(JOB, 1, 2**31 - 1)]},
        {"jobs": [JOB, changed(JOB, 1, -1)]},
        {"jobs": [JOB, changed(JOB, 3, [(0, 2**31 - 1)])]},
        {"ties": [(0, [0, 1], 2**31 - 1)]},
    ],
    ids=shown,
)
def test_times_and_distances_whose_sums_would_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=re.escape("from 0 to 10^8")):
        kernel.Day.of(**given(**changes))


@pytest.mark.parametrize("threads", [0, -1, 65])
def test_so_few_or_so_many_threads_are_refused(threads: int) -> None:
    with pytest.raises(ValueError, match="thread"):
        kernel.Search(kernel.Day.of(**given()), 1.0, threads, 1)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_search_without_time_ends_at_once_with_its_first_plan(seconds: float) -> None:
    search = kernel.Search(kernel.Day.of(**given()), seconds, 1, 1)
    assert search.wait(5)
    assert search.best()[0] == [[0, 1]]


@pytest.mark.parametrize("changes", [{"jobs": [], "ties": []}, {"technicians": []}], ids=["no jobs", "no technicians"])
def test_a_day_without_jobs_or_technicians_has_an_empty_plan(changes: dict[str, Any]) -> None:
    size = given(**changes)
    size["able"] = np.ones((len(size["jobs"]), len(size["technicians"])), dtype=np.uint8)
    search = kernel.Search(kernel.Day.of(**size), 60.0, 2, 1)
    assert search.wait(5)
    assert search.best()[0] == [[] for _ in size["technicians"]]
