from days import NINE, broken, day, job, judge, route

from scheduler.solution import StopResult


def test_the_full_duration_costs_nothing() -> None:
    problem = day([job(service=2400)])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_service_cut_short_counts_what_is_missing() -> None:
    problem = day([job(service=2400)])
    stops = (StopResult("J1", NINE, NINE, NINE + 1800),)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE), stops=stops))
    assert broken(verdict) == [("service", "J1", "T1", 600)]


def test_service_stretched_counts_what_is_too_much() -> None:
    problem = day([job(service=2400)])
    stops = (StopResult("J1", NINE, NINE, NINE + 2500),)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE), stops=stops, returns=NINE + 4000))
    assert broken(verdict) == [("service", "J1", "T1", 100)]
