"""The witness is worth believing only if it says no: false reasons are refused, true ones are confirmed."""

from brute_force import confirm_reason
from days import FIVE, NINE, NOON, day, job, lunch, route, technician

from scheduler.problem import Pin, Problem, Relation
from scheduler.solution import RouteResult, Solution, Unserved

LONG = 4 * 3600


def confirmed(problem: Problem, *routes: RouteResult, reason: str, **detail: object) -> bool:
    solution = Solution(format="doorstep.solution/1", routes=routes)
    return confirm_reason(problem, solution, Unserved("J1", reason, detail))  # type: ignore[arg-type]


def test_missing_skills() -> None:
    problem = day([job(skills=("gas",))], [technician(skills=("paint",))])
    assert confirmed(problem, reason="no_technician_with_skill", skills=("gas",))
    assert not confirmed(problem, reason="no_technician_with_skill", skills=("paint",))
    assert not confirmed(problem, reason="no_valid_certificate", skills=("gas",))
    assert not confirmed(problem, reason="no_window_in_shift", technicians_tried=1)
    assert not confirmed(problem, reason="no_capacity_left", technicians_tried=1)


def test_missing_certificates() -> None:
    problem = day([job(skills=("wiring", "cert:electrician"))], [technician(skills=("wiring",))])
    assert confirmed(problem, reason="no_valid_certificate", skills=("cert:electrician",))
    assert not confirmed(problem, reason="no_valid_certificate", skills=("wiring",))


def test_technicians_who_are_not_allowed_and_loads_that_are_too_large() -> None:
    problem = day([job(technicians=(), load=9)], [technician(capacity=5)])
    assert confirmed(problem, reason="not_allowed")
    assert not confirmed(problem, reason="load_too_large")
    problem = day([job(pinned=Pin("T1"), load=9)], [technician(capacity=5), technician("T2")])
    assert not confirmed(problem, reason="not_allowed")
    assert confirmed(problem, reason="load_too_large")


def test_a_window_nobody_can_reach() -> None:
    for windows, out_of_reach in ((((0, 60),), True), (((NINE, NOON),), False)):
        problem = day([job(windows=windows)])
        assert confirmed(problem, reason="no_window_in_shift", technicians_tried=1) is out_of_reach


def test_a_break_can_put_a_window_out_of_reach() -> None:
    at_noon, over = job(windows=((NOON, NOON),)), NOON + 1800
    for closes, out_of_reach in ((over, False), (over - 1, True)):
        problem = day([at_noon], [technician(breaks=(lunch(NOON - 600, closes, duration=3600),))])
        assert confirmed(problem, reason="no_window_in_shift", technicians_tried=1) is out_of_reach


def test_a_full_day_and_one_with_room() -> None:
    busy = [job("J2", service=8 * 3600), job("J3", service=LONG)]
    problem = day([job("J1", service=3600), *busy])
    assert confirmed(problem, route(problem, "T1", ("J2", NINE)), reason="no_capacity_left", technicians_tried=1)
    assert not confirmed(problem, route(problem, "T1", ("J2", NINE)), reason="no_capacity_left", technicians_tried=2)
    assert not confirmed(problem, route(problem, "T1", ("J3", NINE)), reason="no_capacity_left", technicians_tried=1)


def test_a_dearer_job_in_the_way_a_cheaper_one_and_none() -> None:
    plan = {"J2": 20_000, "J3": 5_000}
    for other, dearer in (("J2", True), ("J3", False)):
        problem = day([job("J1", service=LONG), job(other, service=8 * 3600, unserved_cost=plan[other])])
        full = route(problem, "T1", (other, NINE))
        claim = {"reason": "kept_out_by_more_urgent", "job": other, "technician": "T1"}
        assert confirmed(problem, full, **claim) is dearer  # type: ignore[arg-type]
    problem = day([job("J1"), job("J2", unserved_cost=20_000)])
    roomy = route(problem, "T1", ("J2", NINE))
    assert not confirmed(problem, roomy, reason="kept_out_by_more_urgent", job="J2", technician="T1")


def test_the_price_of_the_cheapest_place_must_be_exact() -> None:
    problem = day([job("J1", 5, unserved_cost=100)], travel_s=1)
    claim = {"reason": "costs_more_than_it_is_worth", "unserved_cost": 100}
    assert confirmed(problem, cheapest_insertion=6000, **claim)  # type: ignore[arg-type]
    assert not confirmed(problem, cheapest_insertion=5999, **claim)  # type: ignore[arg-type]
    worth_it = day([job("J1", 5, unserved_cost=6000)], travel_s=1)
    assert not confirmed(worth_it, reason="costs_more_than_it_is_worth", unserved_cost=6000, cheapest_insertion=6000)


def test_a_job_that_waits_for_another() -> None:
    jobs = [job("J1"), job("J2", windows=((0, 60),))]
    problem = day(jobs, relations=[Relation("not_before", ("J2", "J1"))])
    assert confirmed(problem, reason="related_job_unserved", jobs=("J2",))
    turned = day(jobs, relations=[Relation("not_before", ("J1", "J2"))])
    assert not confirmed(turned, reason="related_job_unserved", jobs=("J2",))


def test_a_wait_can_leave_no_room() -> None:
    jobs = [job("J1"), job("J2", windows=((FIVE - 3600, FIVE),))]
    both = [technician("T1"), technician("T2")]
    late = day(jobs, both, relations=[Relation("not_before", ("J2", "J1"))])
    plan = route(late, "T2", ("J2", FIVE - 3600))
    assert confirmed(late, plan, reason="no_capacity_left", technicians_tried=2)
    free = day(jobs, both)
    assert not confirmed(free, plan, reason="no_capacity_left", technicians_tried=2)


def test_running_out_of_time_proves_nothing_and_a_served_job_needs_no_reason() -> None:
    problem = day([job("J1", skills=("gas",))])
    assert not confirmed(problem, reason="out_of_time")
    plan = route(problem, "T1", ("J1", NINE))
    assert not confirmed(problem, plan, reason="no_technician_with_skill", skills=("gas",))
