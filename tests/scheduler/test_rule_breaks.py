from days import ELEVEN, NINE, NOON, ONE, TEN, breaks, broken, day, job, judge, lunch, route, technician

from scheduler.solution import BreakResult, RouteResult

RESTING = technician(breaks=(lunch(NOON, ONE),))


def test_a_break_at_either_end_of_its_window_costs_nothing() -> None:
    problem = day([job("J1"), job("J2")], [RESTING])
    for start in (NOON, ONE):
        plan = route(problem, "T1", ("J1", TEN), ("J2", ONE + 1800), breaks=breaks(start))
        assert broken(judge(problem, plan)) == []


def test_a_break_may_come_before_the_first_job_or_after_the_last() -> None:
    problem = day([job()], [RESTING])
    before = route(problem, "T1", ("J1", ONE), leaves=NOON, breaks=breaks(NOON))
    after = route(problem, "T1", ("J1", ELEVEN), returns=ONE, breaks=breaks(NOON))
    assert broken(judge(problem, before)) == []
    assert broken(judge(problem, after)) == []


def test_a_missing_break_counts_its_duration() -> None:
    problem = day([job()], [RESTING])
    verdict = judge(problem, route(problem, "T1", ("J1", TEN)))
    assert broken(verdict) == [("breaks", None, "T1", 1800)]


def test_a_break_outside_its_window_counts_the_seconds() -> None:
    problem = day([job("J1"), job("J2")], [RESTING])
    plan = route(problem, "T1", ("J1", TEN), ("J2", ONE + 1860), breaks=breaks(ONE + 60))
    assert broken(judge(problem, plan)) == [("breaks", None, "T1", 60)]


def test_a_break_too_short_counts_what_is_missing() -> None:
    problem = day([job("J1"), job("J2")], [RESTING])
    plan = route(problem, "T1", ("J1", TEN), ("J2", ONE + 1800), breaks=breaks(NOON, duration=1500))
    assert broken(judge(problem, plan)) == [("breaks", None, "T1", 300)]


def test_service_during_a_break_counts_the_shared_seconds() -> None:
    problem = day([job()], [RESTING])
    plan = route(problem, "T1", ("J1", NOON - 1500), returns=ONE, breaks=breaks(NOON))
    assert ("breaks", None, "T1", 300) in broken(judge(problem, plan))


def test_a_break_after_the_return_is_no_break() -> None:
    problem = day([job()], [RESTING])
    plan = route(problem, "T1", ("J1", NINE), breaks=breaks(NOON))
    home = NINE + 1800 + 600
    assert broken(judge(problem, plan)) == [("breaks", None, "T1", NOON + 1800 - home)]


def test_two_breaks_at_once_count_the_shared_seconds() -> None:
    problem = day([job("J1"), job("J2")], [technician(breaks=(lunch(NOON, ONE), lunch(NOON, ONE)))])
    plan = route(problem, "T1", ("J1", TEN), ("J2", ONE + 1800), breaks=breaks(NOON, NOON + 1700))
    assert broken(judge(problem, plan)) == [("breaks", None, "T1", 100)]


def test_stated_breaks_may_come_in_any_order() -> None:
    problem = day([job("J1"), job("J2")], [technician(breaks=(lunch(NOON, ONE), lunch(NINE, TEN)))])
    plan = route(problem, "T1", ("J1", TEN + 1800), ("J2", ONE + 1800), leaves=NINE, breaks=breaks(NINE, NOON))
    assert broken(judge(problem, plan)) == []


def test_a_technician_with_no_jobs_has_no_break() -> None:
    problem = day([job()], [RESTING])
    idle = RouteResult(technician="T1", leaves=NINE, returns=NINE)
    assert broken(judge(problem, idle)) == []
    resting = RouteResult(technician="T1", leaves=NOON, returns=ONE, breaks=(BreakResult(NOON, NOON + 1800),))
    assert broken(judge(problem, resting)) == [("breaks", None, "T1", 1800)]


def test_a_break_that_nobody_owes_counts_its_seconds() -> None:
    problem = day([job()], [technician()])
    plan = route(problem, "T1", ("J1", TEN), leaves=NINE, breaks=breaks(NINE))
    assert broken(judge(problem, plan)) == [("breaks", None, "T1", 1800)]
