from days import NINE, NOON, TEN, broken, day, job, judge, route, technician

from scheduler.problem import Pin

BOTH = [technician("T1"), technician("T2")]


def test_a_job_where_its_pin_says_costs_nothing() -> None:
    problem = day([job("J1", pinned=Pin("T2", start=NOON, position=1)), job("J2")], BOTH)
    plan = route(problem, "T2", ("J2", TEN), ("J1", NOON))
    assert broken(judge(problem, plan)) == []


def test_an_unserved_pinned_job_breaks_no_pin() -> None:
    problem = day([job("J1", pinned=Pin("T2", start=NOON, position=1))], BOTH)
    assert broken(judge(problem)) == []


def test_each_part_of_a_pin_counts_in_its_own_unit() -> None:
    problem = day([job("J1", pinned=Pin("T2", start=NOON, position=2)), job("J2")], BOTH)
    plan = route(problem, "T1", ("J1", NINE), ("J2", TEN))
    assert broken(judge(problem, plan)) == [
        ("pins", "J1", "T1", 1),
        ("pins", "J1", "T1", NOON - NINE),
        ("pins", "J1", "T1", 2),
    ]
