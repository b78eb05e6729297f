"""Each reason, on a day where nothing else can be the cause, with exactly the detail it promises."""

import pytest
from brute_force import confirm_reason
from days import FIVE, NINE, NOON, TEN, day, job, lunch, technician

from scheduler.problem import Pin, Problem, Relation
from scheduler.reasons import REASONS
from scheduler.solve import Stop, solve

QUICK = Stop(0.29)
WORK = 8 * 3600  # with the drive there and back it fills a shift but for twenty minutes

DAYS: dict[str, tuple[Problem, dict[str, object]]] = {
    "no_technician_with_skill": (
        day([job(skills=("gas", "paint"))], [technician(skills=("paint",)), technician("T2")]),
        {"skills": ("gas",)},
    ),
    "no_valid_certificate": (
        day([job(skills=("gas", "cert:gas"))], [technician(skills=("gas",)), technician("T2")]),
        {"skills": ("cert:gas",)},
    ),
    "not_allowed": (
        day([job(skills=("gas",), technicians=("T2",))], [technician(skills=("gas",)), technician("T2")]),
        {"technicians": ("T2",)},
    ),
    "load_too_large": (
        day([job(load=7)], [technician(capacity=6), technician("T2", capacity=5)]),
        {"load": 7, "largest_capacity": 6},
    ),
    "no_window_in_shift": (
        day([job(windows=((0, NINE),))], [technician(shift=(TEN, FIVE)), technician("T2", shift=(NOON, FIVE))]),
        {"technicians_tried": 2},
    ),
    "related_job_unserved": (
        day([job("J1"), job("J2", windows=((0, 1),))], relations=[Relation("sequence", ("J2", "J1"))]),
        {"jobs": ("J2",)},
    ),
    "kept_out_by_more_urgent": (
        day([job("J1", service=WORK), job("J2", service=WORK, unserved_cost=10_001)]),
        {"job": "J2", "technician": "T1"},
    ),
    "no_capacity_left": (
        day([job("J1", 2, service=WORK), job("J2", 1, service=WORK)], travel_s=1),
        {"technicians_tried": 1, "places_tried": 2},
    ),
    "costs_more_than_it_is_worth": (
        day([job("J1", 5, unserved_cost=5_999)], travel_s=1),
        {"technician": "T1", "cheapest_insertion": 6_000, "unserved_cost": 5_999},
    ),
}


@pytest.mark.parametrize("reason", DAYS)
def test_the_reason_is_found_with_its_detail_and_is_true(reason: str) -> None:
    problem, detail = DAYS[reason]
    solution = solve(problem, QUICK)
    unserved = next(unserved for unserved in solution.unserved if unserved.job == "J1")
    assert (unserved.reason, unserved.detail) == (reason, detail)
    assert confirm_reason(problem, solution, unserved)


def test_every_reason_has_a_sentence_in_both_languages_and_a_day_that_shows_it() -> None:
    assert set(REASONS) == set(DAYS) | {"out_of_time"}
    for sentence in REASONS.values():
        assert sentence.en.endswith(".")
        assert sentence.zh.endswith("。")


def test_a_job_worth_exactly_its_price_is_served() -> None:
    assert solve(day([job("J1", 5, unserved_cost=6_000)], travel_s=1), QUICK).unserved == ()


def test_what_using_a_technician_costs_is_part_of_the_price() -> None:
    unserved = solve(day([job("J1", 0, unserved_cost=400)], technician_used=500), QUICK).unserved[0]
    assert unserved.detail == {"technician": "T1", "cheapest_insertion": 500, "unserved_cost": 400}


def test_leaving_out_a_pinned_job_costs_that_it_is_moved_as_well() -> None:
    pinned = job("J1", 0, unserved_cost=400, pinned=Pin("T1"))
    assert solve(day([pinned], technician_used=500, moved=100), QUICK).unserved == ()
    assert solve(day([pinned], technician_used=500, moved=99), QUICK).unserved[0].detail["unserved_cost"] == 499


def test_jobs_that_start_together_and_cannot_say_so_of_each_other() -> None:
    problem = day(
        [job("J1"), job("J2")],
        [technician("T1")],
        relations=[Relation("same_time", ("J1", "J2"))],
    )
    solution = solve(problem, QUICK)
    found = {unserved.job: (unserved.reason, unserved.detail) for unserved in solution.unserved}
    assert found == {
        "J1": ("related_job_unserved", {"jobs": ("J2",)}),
        "J2": ("related_job_unserved", {"jobs": ("J1",)}),
    }


def test_a_break_that_leaves_no_room_alone_is_out_of_reach() -> None:
    resting = technician(breaks=(lunch(NOON, NOON, duration=1800),))
    solution = solve(day([job("J1", windows=((NOON - 1799, NOON + 1799),))], [resting]), QUICK)
    assert solution.unserved[0].reason == "no_window_in_shift"


def test_with_no_time_at_all_nothing_is_claimed_that_was_not_tried() -> None:
    problem = day([job(f"J{j}", j % 6, service=WORK) for j in range(300)], [technician("T1")])
    solution = solve(problem, Stop(0.001))
    assert all(confirm_reason(problem, solution, u) for u in solution.unserved if u.reason != "out_of_time")
