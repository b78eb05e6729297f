"""Every soft rule: kept it costs 0, broken it costs exactly this number."""

from days import FIVE, NINE, NOON, STEP_M, STEP_S, TEN, day, job, judge, route, technician

from scheduler.problem import Pin
from scheduler.rules import SOFT

BOTH = [technician("T1"), technician("T2", start=5, end=5)]


def test_serving_every_job_costs_nothing() -> None:
    problem = day([job()])
    assert judge(problem, route(problem, "T1", ("J1", NINE))).cost == 0


def test_each_job_left_out_costs_its_own_price() -> None:
    problem = day([job("J1", unserved_cost=10_000), job("J2", unserved_cost=200_000), job("J3")])
    verdict = judge(problem, route(problem, "T1", ("J3", NINE)))
    assert (verdict.cost, verdict.terms["unserved"]) == (210_000, 210_000)


def test_a_job_at_home_needs_no_driving() -> None:
    problem = day([job(location=0)], travel_s=1, distance_m=1)
    assert judge(problem, route(problem, "T1", ("J1", NINE))).cost == 0


def test_driving_costs_every_second_and_metre_there_and_back() -> None:
    problem = day([job("J1", 2), job("J2", 3)], travel_s=2, distance_m=1)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN)))
    assert (verdict.terms["travel_s"], verdict.terms["distance_m"]) == (6 * STEP_S, 6 * STEP_M)
    assert verdict.cost == 2 * 6 * STEP_S + 6 * STEP_M


def test_driving_costs_at_the_technicians_speed_and_an_open_route_saves_the_way_home() -> None:
    problem = day([job("J1", 2)], [technician(speed=1.2, end=None)], travel_s=1, distance_m=1)
    assert judge(problem, route(problem, "T1", ("J1", NINE))).cost == 1000 + 2 * STEP_M


def test_a_start_when_due_is_not_late() -> None:
    problem = day([job(due=NINE, late_cost_per_s=3)], late_s=2)
    assert judge(problem, route(problem, "T1", ("J1", NINE))).cost == 0


def test_each_late_second_costs_the_objectives_price_and_the_jobs() -> None:
    problem = day([job("J1", due=NINE, late_cost_per_s=3), job("J2", due=TEN)], late_s=2)
    verdict = judge(problem, route(problem, "T1", ("J1", NINE + 10), ("J2", TEN + 1)))
    assert (verdict.terms["late_s"], verdict.terms["late_cost"]) == (11, 30)
    assert verdict.cost == 11 * 2 + 30


def test_a_return_at_the_end_of_the_shift_is_no_overtime() -> None:
    problem = day([job()], [technician(max_overtime=3600)], overtime_s=5)
    assert judge(problem, route(problem, "T1", ("J1", FIVE - STEP_S - 1800))).cost == 0


def test_each_second_of_overtime_costs() -> None:
    problem = day([job()], [technician(max_overtime=3600)], overtime_s=5)
    assert judge(problem, route(problem, "T1", ("J1", FIVE - STEP_S - 1800 + 60))).cost == 300


def test_a_technician_with_no_jobs_costs_nothing() -> None:
    problem = day([job(unserved_cost=0)], BOTH, technician_used=700)
    assert judge(problem, route(problem, "T1")).cost == 0


def test_each_technician_on_the_road_costs() -> None:
    problem = day([job("J1"), job("J2", 4)], BOTH, technician_used=700)
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NINE))]
    assert judge(problem, *plan).cost == 1400


def test_a_preferred_technician_or_none_preferred_costs_nothing() -> None:
    problem = day([job("J1", preferred=("T2", "T1")), job("J2")], BOTH, not_preferred=50)
    assert judge(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN))).cost == 0


def test_each_unfamiliar_face_costs() -> None:
    problem = day([job("J1", preferred=("T2",)), job("J2", preferred=("T2",))], BOTH, not_preferred=50)
    assert judge(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN))).cost == 100


def test_equal_work_or_a_single_technician_is_balanced() -> None:
    problem = day([job("J1", 1), job("J2", 4)], BOTH, imbalance_s=1)
    both = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NOON))]
    assert judge(problem, *both).cost == 0
    alone = route(problem, "T1", ("J1", NINE), ("J2", NOON))
    assert judge(problem, alone).cost == 0


def test_imbalance_costs_the_driving_set_up_and_service_that_one_has_more() -> None:
    problem = day([job("J1", 1), job("J2", 3, service=3600, setup=300)], BOTH, imbalance_s=2)
    plan = [route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NOON))]
    more = (4 * STEP_S + 300 + 3600) - (2 * STEP_S + 1800)
    assert judge(problem, *plan).cost == 2 * more


def test_a_pinned_job_with_its_technician_costs_nothing() -> None:
    problem = day([job(pinned=Pin("T1"))], BOTH, moved=900)
    assert judge(problem, route(problem, "T1", ("J1", NINE))).cost == 0


def test_a_pinned_job_dropped_or_taken_by_another_costs() -> None:
    problem = day([job("J1", pinned=Pin("T1")), job("J2", unserved_cost=5, pinned=Pin("T1"))], BOTH, moved=900)
    verdict = judge(problem, route(problem, "T2", ("J1", NINE)))
    assert verdict.terms["moved"] == 2
    assert verdict.cost == 2 * 900 + 5


def test_every_term_is_named_in_the_verdict_even_when_it_is_nothing() -> None:
    assert judge(day([])).terms == {rule.name: 0 for rule in SOFT}
