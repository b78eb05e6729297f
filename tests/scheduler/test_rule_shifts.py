from days import EIGHT, FIVE, STEP_S, broken, day, job, judge, route, technician

FIRST = EIGHT + STEP_S  # the earliest start at the next home
LAST = FIVE - STEP_S - 1800


def test_leaving_and_returning_at_the_ends_of_the_shift_costs_nothing() -> None:
    problem = day([job("J1"), job("J2")])
    assert broken(judge(problem, route(problem, "T1", ("J1", FIRST), ("J2", LAST)))) == []


def test_leaving_early_and_returning_late_count_their_seconds() -> None:
    problem = day([job("J1"), job("J2")])
    verdict = judge(problem, route(problem, "T1", ("J1", FIRST - 60), ("J2", LAST + 5)))
    assert broken(verdict) == [("shifts", None, "T1", 60), ("shifts", None, "T1", 5)]


def test_overtime_is_allowed_up_to_its_most() -> None:
    problem = day([job()], [technician(max_overtime=900)])
    assert broken(judge(problem, route(problem, "T1", ("J1", LAST + 900)))) == []
    assert broken(judge(problem, route(problem, "T1", ("J1", LAST + 901)))) == [("shifts", None, "T1", 1)]


def test_an_open_route_is_over_with_its_last_service() -> None:
    problem = day([job()], [technician(end=None)])
    assert broken(judge(problem, route(problem, "T1", ("J1", FIVE - 1800)))) == []
    assert broken(judge(problem, route(problem, "T1", ("J1", FIVE - 1799)))) == [("shifts", None, "T1", 1)]
