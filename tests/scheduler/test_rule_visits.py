import pytest
from days import NINE, TEN, broken, day, job, judge, route, technician

from scheduler.errors import SolutionError
from scheduler.solution import Unserved


def test_a_job_served_or_listed_as_unserved_costs_nothing() -> None:
    problem = day([job("J1"), job("J2")])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)), unserved=(Unserved("J2"),))) == []


def test_a_job_served_twice_counts_once() -> None:
    problem = day([job("J1")], [technician("T1"), technician("T2")])
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J1", TEN))]
    assert broken(judge(problem, *plan)) == [("once", "J1", "T2", 1)]


def test_a_served_job_listed_as_unserved_counts_once() -> None:
    problem = day([job("J1")])
    verdict = judge(problem, route(problem, "T1", ("J1", NINE)), unserved=(Unserved("J1"), Unserved("J1")))
    assert broken(verdict) == [("once", "J1", "T1", 1), ("once", "J1", "T1", 1), ("once", "J1", None, 1)]


def test_a_job_that_must_be_served_and_is_costs_nothing() -> None:
    problem = day([job("J1", unserved_cost=None)])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_a_job_that_must_be_served_and_is_not_counts_once_and_has_no_price() -> None:
    problem = day([job("J1", unserved_cost=None)])
    verdict = judge(problem)
    assert broken(verdict) == [("must_be_served", "J1", None, 1)]
    assert verdict.cost == 0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"technician": "T9"}, "$.routes[1].technician"),
        ({"technician": "T1"}, "$.routes[1].technician"),
    ],
)
def test_a_plan_for_other_technicians_cannot_be_judged(changes: dict[str, str], path: str) -> None:
    problem = day([job("J1")], [technician("T1"), technician("T2")])
    plan = route(problem, "T2", ("J1", NINE), **changes)
    with pytest.raises(SolutionError) as error:
        judge(problem, route(problem, "T1"), plan)
    assert error.value.path == path


def test_a_plan_with_unknown_jobs_cannot_be_judged() -> None:
    problem, other = day([job("J1")]), day([job("J1"), job("J2")])
    with pytest.raises(SolutionError) as error:
        judge(problem, route(other, "T1", ("J1", NINE), ("J2", TEN)))
    assert error.value.path == "$.routes[0].stops[1].job"
    with pytest.raises(SolutionError) as error:
        judge(problem, unserved=(Unserved("J2"),))
    assert error.value.path == "$.unserved[0].job"
