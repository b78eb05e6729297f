import pytest
from days import NINE, NOON, TEN, broken, day, job, judge, route, technician

from scheduler.problem import Problem, Relation

HALF_TEN = NINE + 1800


def related(kind: str, gap: int = 0, jobs: tuple[str, ...] = ("J1", "J2")) -> Problem:
    return day(
        [job("J1", 1), job("J2", 1), job("J3", 1)],
        [technician("T1"), technician("T2")],
        relations=[Relation(kind, jobs, gap)],  # type: ignore[arg-type]
    )


def test_a_sequence_in_order_costs_nothing_with_others_between() -> None:
    problem = related("sequence", gap=1800)
    plan = route(problem, "T1", ("J1", NINE), ("J3", HALF_TEN), ("J2", TEN))
    assert broken(judge(problem, plan)) == []


def test_a_sequence_turned_round_counts_its_order_and_its_seconds() -> None:
    problem = related("sequence")
    plan = route(problem, "T1", ("J2", NINE), ("J1", TEN))
    assert broken(judge(problem, plan)) == [
        ("relations", "J2", "T1", 1),
        ("relations", "J2", "T1", TEN + 1800 - NINE),
    ]


def test_a_sequence_with_two_technicians_counts_once() -> None:
    problem = related("sequence")
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NOON))]
    assert broken(judge(problem, *plan)) == [("relations", "J2", "T2", 1)]


@pytest.mark.parametrize("kind", ["sequence", "not_before"])
def test_a_job_whose_predecessor_is_left_out_counts_once(kind: str) -> None:
    problem = related(kind)
    assert broken(judge(problem, route(problem, "T1", ("J2", NOON)))) == [("relations", "J2", "T1", 1)]
    assert broken(judge(problem, route(problem, "T1", ("J1", NOON)))) == []


def test_a_wait_that_is_kept_by_another_technician_costs_nothing() -> None:
    problem = related("not_before", gap=600)
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", HALF_TEN + 600))]
    assert broken(judge(problem, *plan)) == []


def test_a_wait_that_is_cut_short_counts_the_seconds() -> None:
    problem = related("not_before", gap=600)
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", HALF_TEN + 1))]
    assert broken(judge(problem, *plan)) == [("relations", "J2", "T2", 599)]


def test_one_technician_for_all_served_costs_nothing() -> None:
    problem = related("same_technician", jobs=("J1", "J2", "J3"))
    assert broken(judge(problem, route(problem, "T1", ("J3", NINE), ("J1", TEN)))) == []


def test_each_job_with_another_technician_counts_once() -> None:
    problem = related("same_technician", jobs=("J1", "J2", "J3"))
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NINE), ("J3", TEN))]
    assert broken(judge(problem, *plan)) == [("relations", "J2", "T2", 1), ("relations", "J3", "T2", 1)]


def test_starts_within_the_gap_cost_nothing() -> None:
    problem = related("same_time", gap=300)
    plan = [route(problem, "T1", ("J1", NINE + 300)), route(problem, "T2", ("J2", NINE))]
    assert broken(judge(problem, *plan)) == []


def test_starts_too_far_apart_count_the_seconds_above_the_gap() -> None:
    problem = related("same_time", gap=300)
    plan = [route(problem, "T1", ("J1", NINE + 310)), route(problem, "T2", ("J2", NINE))]
    assert broken(judge(problem, *plan)) == [("relations", "J1", "T1", 10)]


def test_jobs_at_the_same_time_are_served_all_or_none() -> None:
    problem = related("same_time", jobs=("J1", "J2", "J3"))
    assert broken(judge(problem)) == []
    assert broken(judge(problem, route(problem, "T1", ("J2", NINE)))) == [("relations", "J2", "T1", 2)]
