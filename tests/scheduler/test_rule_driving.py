from days import NINE, STEP_S, TEN, breaks, broken, day, job, judge, lunch, route, technician

from scheduler.solution import StopResult


def test_just_enough_time_for_every_drive_costs_nothing() -> None:
    problem = day([job("J1", 1), job("J2", 3)])
    second = NINE + 1800 + 2 * STEP_S
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE), ("J2", second)))) == []


def test_each_drive_that_is_too_short_counts_its_missing_seconds() -> None:
    problem = day([job("J1", 1), job("J2", 3)])
    second = NINE + 1800 + 2 * STEP_S - 7
    late_home = route(problem, "T1", ("J1", NINE), ("J2", second), leaves=NINE - 590, returns=second + 1800)
    assert broken(judge(problem, late_home)) == [
        ("driving", "J1", "T1", 10),
        ("driving", "J2", "T1", 7),
        ("driving", None, "T1", 3 * STEP_S),
    ]


def test_a_faster_technician_needs_less_time_rounded_up() -> None:
    problem = day([job()], [technician(speed=1.7)])
    shortest = 353  # 600 / 1.7 = 352.9
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE), leaves=NINE - shortest))) == []
    short = route(problem, "T1", ("J1", NINE), leaves=NINE - shortest + 1)
    assert broken(judge(problem, short)) == [("driving", "J1", "T1", 1)]


def test_the_drive_may_be_split_by_a_break() -> None:
    problem = day([job("J1", 1), job("J2", 3)], [technician(breaks=(lunch(NINE, TEN),))])
    second = NINE + 1800 + 2 * STEP_S + 1800
    split = route(problem, "T1", ("J1", NINE), ("J2", second), breaks=breaks(NINE + 1800 + 100))
    assert broken(judge(problem, split)) == []


def test_a_break_takes_away_from_the_time_to_drive() -> None:
    problem = day([job("J1", 1), job("J2", 3)], [technician(breaks=(lunch(NINE, TEN),))])
    second = NINE + 1800 + 2 * STEP_S + 1700
    tight = route(problem, "T1", ("J1", NINE), ("J2", second), breaks=breaks(NINE + 1800 + 100))
    assert broken(judge(problem, tight)) == [("driving", "J2", "T1", 100)]


def test_set_up_is_due_only_when_the_stop_before_is_elsewhere() -> None:
    problem = day([job("J1", 1, setup=300), job("J2", 1, setup=300)])
    kept = route(problem, "T1", ("J1", NINE), ("J2", NINE + 1800))
    assert broken(judge(problem, kept)) == []
    hasty = (StopResult("J1", NINE - 100, NINE, NINE + 1800),)
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE), stops=hasty))) == [("driving", "J1", "T1", 200)]


def test_set_up_is_not_due_at_the_place_where_the_day_starts() -> None:
    problem = day([job("J1", 0, setup=300)])
    assert broken(judge(problem, route(problem, "T1", ("J1", NINE)))) == []


def test_a_start_before_the_arrival_counts_its_seconds() -> None:
    problem = day([job()])
    stops = (StopResult("J1", NINE + 50, NINE, NINE + 1800),)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE), stops=stops))
    assert broken(verdict) == [("driving", "J1", "T1", 50)]
