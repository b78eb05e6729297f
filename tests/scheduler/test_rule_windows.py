import pytest
from days import ELEVEN, NINE, NOON, TEN, broken, day, job, judge, route

TWO_WINDOWS = ((NINE, TEN), (ELEVEN, NOON))


@pytest.mark.parametrize("start", [NINE, TEN, ELEVEN, NOON])
def test_both_ends_of_every_window_are_inside(start: int) -> None:
    problem = day([job(windows=TWO_WINDOWS)])
    assert broken(judge(problem, route(problem, "T1", ("J1", start)))) == []


def test_a_job_without_windows_may_start_at_any_time() -> None:
    problem = day([job(windows=())])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE + 1)))) == []


@pytest.mark.parametrize(("start", "seconds"), [(NINE - 1, 1), (TEN + 60, 60), (ELEVEN - 60, 60), (NOON + 1, 1)])
def test_a_start_outside_counts_the_seconds_to_the_nearest_window(start: int, seconds: int) -> None:
    problem = day([job(windows=TWO_WINDOWS)])
    assert broken(judge(problem, route(problem, "T1", ("J1", start)))) == [("windows", "J1", "T1", seconds)]
