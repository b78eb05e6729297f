"""Fixes for jobs left out or late: each kind on a day where it is the one that helps, and what is true of all."""

import threading
import time
from collections import Counter

import pytest
from cities import city
from days import EIGHT, ELEVEN, FIVE, NINE, NOON, ONE, TEN, day, job, route, technician
from hypothesis import HealthCheck, given, settings
from overfull_days import first_come_first_served, overfull
from proofs import holds
from random_days import problems

from scheduler.errors import SolutionError
from scheduler.fix import Price
from scheduler.fixes import FIXES, Fix, JobFixes, apply, find_fixes, sentence
from scheduler.problem import Pin, Problem, Relation
from scheduler.relaxations import (
    AlsoAllowed,
    MoreSkills,
    NextDay,
    Nothing,
    OtherWindow,
    Overtime,
    Relaxation,
)
from scheduler.solution import RouteResult, Solution, Unserved
from scheduler.solve import Stop, solve

AMPLE = Stop(30)
WORK = 8 * 3600  # with the drive there and back it fills a shift but for twenty minutes
ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def plan(problem: Problem, *routes: RouteResult) -> Solution:
    served = {stop.job for one in routes for stop in one.stops}
    left_out = tuple(Unserved(one.id) for one in problem.jobs if one.id not in served)
    return Solution(format="doorstep.solution/1", routes=routes, unserved=left_out)


def fixes_for(problem: Problem, solution: Solution, name: str, search_s: float = 0.0) -> JobFixes:
    (found,) = find_fixes(problem, solution, AMPLE, [name], search_s=search_s)
    for fix in found.fixes:
        if fix.verified:
            holds(problem, solution, found, fix)
    return found


def verified(found: JobFixes) -> dict[str, Fix]:
    """The cheapest of each kind."""
    return {fix.kind: fix for fix in reversed(found.fixes) if fix.verified}


# Each kind


def full_day(**changes: object) -> tuple[Problem, Solution]:
    """With J2, T1 works from 8:00 to 16:40: twenty minutes are left for the half hour that J1 takes next door."""
    problem = day([job("J1", 1, **changes), job("J2", 1, service=WORK + 1200)], overtime_s=2)
    return problem, plan(problem, route(problem, "T1", ("J2", EIGHT + 600)))


def one_of_three() -> tuple[Problem, Solution]:
    """Only T1 can do J1, and is busy all day with J2, which T2 could do."""
    problem = day(
        [job("J1", 0, service=WORK, skills=("gas",)), job("J2", 0, service=WORK)],
        [technician("T1", skills=("gas",)), technician("T2")],
        technician_used=7,
    )
    return problem, plan(problem, route(problem, "T1", ("J2", EIGHT)))


def booked(**changes: object) -> tuple[Problem, Solution]:
    """T1 is with J2, from ten to noon as promised, when J1 wants to be served."""
    problem = day(
        [job("J1", 0, windows=((TEN, ELEVEN),), **changes), job("J2", 0, service=7200, windows=((TEN, TEN),))],
        [technician("T1")],
    )
    return problem, plan(problem, route(problem, "T1", ("J2", TEN)))


def nobody(**changes: object) -> tuple[Problem, Solution]:
    problem = day([job("J1", 1, **changes)], [technician("T1", skills=("paint",))], travel_s=1)
    return problem, plan(problem)


DAYS: dict[str, tuple[tuple[Problem, Solution], str, Relaxation, Price]] = {
    "as_it_is": (nobody(unserved_cost=500), "T1", Nothing(), Price(1_200, 700, 0, 0)),
    "move": (one_of_three(), "T1", Nothing(), Price(14, -9_993, 0, 0)),
    "overtime": (full_day(), "T1", Overtime("T1", 600), Price(1_200, -8_800, 600, 0)),
    "window": (booked(), "T1", OtherWindow("J1", (TEN, ELEVEN), (NINE + 1800, TEN + 1800)), Price(0, -10_000, 1800, 1)),
    "allowed": (nobody(technicians=()), "T1", AlsoAllowed("J1", "T1"), Price(1_200, -8_800, 0, 0)),
    "skill": (
        nobody(skills=("paint", "gas", "tiling")),
        "T1",
        MoreSkills("T1", ("gas", "tiling")),
        Price(1_200, -8_800, 0, 0),
    ),
    "certificate": (nobody(skills=("cert:gas",)), "T1", MoreSkills("T1", ("cert:gas",)), Price(1_200, -8_800, 0, 0)),
    "next_day": (full_day(due=NOON), "T1", NextDay("J1"), Price(0, -10_000, 0, 0)),
}


@pytest.mark.parametrize("kind", DAYS)
def test_each_kind_is_found_with_what_it_asks_and_costs_and_holds(kind: str) -> None:
    (problem, solution), who, relaxation, price = DAYS[kind]
    fix = verified(fixes_for(problem, solution, "J1"))[kind]
    assert (fix.technician, fix.relaxation, fix.price) == (who, relaxation, price)


def test_every_kind_has_a_day_and_words_in_both_languages() -> None:
    assert set(FIXES) == set(DAYS)
    for kind, ((problem, solution), *_) in DAYS.items():
        told = sentence(verified(fixes_for(problem, solution, "J1"))[kind])
        assert told.en.endswith(".")
        assert told.zh.endswith("。")
        assert "None" not in told.en + told.zh
        assert "T1" in told.en
        assert "T1" in told.zh


def test_the_sentence_names_what_is_asked() -> None:
    problem, solution = full_day()
    assert sentence(verified(fixes_for(problem, solution, "J1"))["overtime"]) == (
        "T1 serves it at 8:10 if T1 works 10 min longer.",
        "T1 多加班 10 分钟，T1 可于 8:10 上门。",
    )
    problem, solution = booked()
    assert sentence(verified(fixes_for(problem, solution, "J1"))["window"]).en == (
        "T1 serves it at 9:30 if the window 10:00–11:00 becomes 9:30–10:30."
    )


# What others keep


def test_a_pinned_job_is_never_moved() -> None:
    problem, solution = one_of_three()
    pinned = day(
        [problem.jobs[0], job("J2", 0, service=WORK, pinned=Pin("T1"))], problem.technicians, technician_used=7
    )
    assert "move" in verified(fixes_for(problem, solution, "J1"))
    assert "move" not in verified(fixes_for(pinned, solution, "J1", search_s=0.4))


def chain() -> tuple[Problem, Solution]:
    """J1 needs T1, who is busy with J2, which else only T2 can do, who is busy with J3, which T3 could do."""
    problem = day(
        [
            job("J1", 0, service=WORK, skills=("a",)),
            job("J2", 0, service=WORK, skills=("b",)),
            job("J3", 0, service=WORK, skills=("c",)),
        ],
        [technician("T1", skills=("a", "b")), technician("T2", skills=("b", "c")), technician("T3", skills=("c",))],
    )
    return problem, plan(problem, route(problem, "T1", ("J2", EIGHT)), route(problem, "T2", ("J3", EIGHT)))


def test_planning_anew_finds_what_takes_several_moves() -> None:
    problem, solution = chain()
    assert "move" not in verified(fixes_for(problem, solution, "J1"))
    found = fixes_for(problem, solution, "J1", search_s=0.4)
    move = verified(found)["move"]
    assert [(one.job, one.technician_before, one.technician) for one in move.moved] == [
        ("J2", "T1", "T2"),
        ("J3", "T2", "T3"),
    ]
    assert found.fixes[0].price is not None
    assert found.fixes[0].price.cost == 0


def test_what_no_time_was_left_to_plan_anew_is_listed_as_not_proved() -> None:
    problem, solution = chain()
    found = fixes_for(problem, solution, "J1")
    assert Fix(kind="move") in found.fixes
    assert Fix(kind="skill", technician="T3") not in found.fixes  # T3 is free: that was proved
    assert "skill" in verified(found)


def test_jobs_that_start_together_are_served_together() -> None:
    problem = day(
        [job("J1", 1), job("J2", 1)],
        [technician("T1"), technician("T2")],
        relations=[Relation("same_time", ("J1", "J2"))],
    )
    found = fixes_for(problem, plan(problem), "J1")
    assert found.together == ("J2",)
    assert "as_it_is" in verified(found)
    assert "next_day" not in verified(found)


def test_a_job_whose_predecessor_is_left_out_comes_with_it() -> None:
    problem = day([job("J1"), job("J2")], relations=[Relation("sequence", ("J2", "J1"), 600)])
    found = fixes_for(problem, plan(problem), "J1")
    assert found.together == ("J2",)
    assert "as_it_is" in verified(found)


# Late jobs


def test_a_late_job_is_made_punctual_and_nobody_else_is_asked() -> None:
    problem = day([job("J1", 0, due=NINE, late_cost_per_s=1), job("J2", 0, service=WORK)])
    solution = plan(problem, route(problem, "T1", ("J2", EIGHT), ("J1", EIGHT + WORK)))
    found = fixes_for(problem, solution, "J1")
    assert found.late == EIGHT + WORK - NINE
    first = found.fixes[0]
    assert (first.kind, first.start, first.price) == ("as_it_is", EIGHT, Price(0, -found.late, 0, 0))
    assert "next_day" not in {fix.kind for fix in found.fixes}


def test_a_job_that_is_due_before_its_window_opens_needs_another_window() -> None:
    problem = day([job("J1", 0, due=NINE, windows=((TEN, ELEVEN),))])
    found = fixes_for(problem, plan(problem, route(problem, "T1", ("J1", TEN))), "J1")
    assert [(fix.kind, fix.relaxation) for fix in found.fixes] == [
        ("window", OtherWindow("J1", (TEN, ELEVEN), (NINE, TEN)))
    ]


def test_a_job_that_is_served_in_time_needs_no_fix() -> None:
    problem = day([job("J1")])
    assert find_fixes(problem, plan(problem, route(problem, "T1", ("J1", NINE))), AMPLE) == []


# The least that is asked


def test_what_can_not_do_even_on_an_empty_day_is_not_listed() -> None:
    problem = day(
        [job("J1", 0, service=WORK + 3 * 3600, skills=("gas",))], [technician("T1", skills=("gas",)), technician("T2")]
    )
    kinds = {(fix.kind, fix.technician) for fix in fixes_for(problem, plan(problem), "J1").fixes}
    assert kinds == {("overtime", "T1")}


def test_overtime_starts_where_what_is_allowed_ends_and_is_asked_in_whole_minutes() -> None:
    problem = day([job("J1", 0, service=9 * 3600 + 661)], [technician("T1", max_overtime=600)])
    overtime = verified(fixes_for(problem, plan(problem), "J1"))["overtime"]
    assert overtime.relaxation == Overtime("T1", 120)


def test_a_narrow_window_among_several_moves_by_whole_quarters() -> None:
    half_past = EIGHT + 1800
    problem = day(
        [
            job("J1", 0, windows=((NINE, NINE), (ONE, ONE))),
            job("J2", 0, service=FIVE - half_past, windows=((half_past, half_past),)),
        ]
    )
    window = verified(fixes_for(problem, plan(problem, route(problem, "T1", ("J2", half_past))), "J1"))["window"]
    assert window.relaxation == OtherWindow("J1", (NINE, NINE), (EIGHT, EIGHT))


# All together


def test_on_fifty_overfull_days_every_verified_fix_does_serve_its_job() -> None:
    kinds: Counter[str] = Counter()
    late = 0
    for seed in range(50):
        problem = overfull(seed, 10 + seed * 7 % 31, 2 + seed % 4)
        solution = first_come_first_served(problem)
        for found in find_fixes(problem, solution, AMPLE, search_s=0):
            late += bool(found.late)
            ranks = [(not fix.verified, fix.price.rise if fix.price else 0) for fix in found.fixes]
            assert ranks == sorted(ranks)
            for fix in found.fixes:
                if fix.verified:
                    holds(problem, solution, found, fix)
                    kinds[fix.kind] += 1
    assert kinds.keys() == FIXES.keys()
    assert sum(kinds.values()) > 1_000
    assert late > 20


def every_verified_fix_holds(problem: Problem, solution: Solution, search_s: float) -> None:
    for found in find_fixes(problem, solution, Stop(3), search_s=search_s):
        for fix in found.fixes:
            if fix.verified:
                holds(problem, solution, found, fix)


@ANY
@given(problems())
def test_with_all_rules_every_verified_fix_holds(problem: Problem) -> None:
    every_verified_fix_holds(problem, solve(problem, Stop(0.1)), search_s=0)


@ANY
@given(problems())
def test_from_an_empty_plan_every_verified_fix_holds(problem: Problem) -> None:
    every_verified_fix_holds(problem, plan(problem), search_s=0)


@FEW
@given(problems())
def test_what_planning_anew_finds_holds_as_well(problem: Problem) -> None:
    every_verified_fix_holds(problem, first_come_first_served(problem), search_s=0.35)


# Time


def test_it_ends_in_time_and_says_what_was_not_proved() -> None:
    problem = city(200, 10)
    solution = solve(problem, Stop(0.29))
    began = time.monotonic()
    found = find_fixes(problem, solution, Stop(0.5))
    assert time.monotonic() - began < 0.5 + 3  # as late as a machine may be that does other work as well
    assert len(found) == len(solution.unserved)
    assert all(found[-1].fixes[place].verified is False for place in range(len(found[-1].fixes)))
    assert {fix.kind for fix in found[-1].fixes} >= {"as_it_is", "move", "overtime", "next_day"}


def test_a_cancelled_search_ends_at_once_with_what_it_has() -> None:
    problem = city(100, 10)
    solution = solve(problem, Stop(0.29))
    cancelled = threading.Event()

    def soon(tried: int, *_: int) -> None:
        if tried == 2:
            cancelled.set()

    began = time.monotonic()
    found = find_fixes(problem, solution, Stop(60, cancelled), progress=soon)
    assert time.monotonic() - began < 2
    assert any(fix.verified for fix in found[0].fixes)
    assert not any(fix.verified for fix in found[-1].fixes)


def test_progress_ends_with_everything_tried_and_what_was_verified() -> None:
    problem = city(40, 4)
    solution = solve(problem, Stop(0.29))
    told: list[tuple[int, int, int]] = []
    found = find_fixes(problem, solution, AMPLE, search_s=0, progress=lambda *now: told.append(now))
    count = sum(fix.verified for one in found for fix in one.fixes)
    assert [tried for tried, *_ in told] == list(range(len(told)))
    assert told[-1] == (len(told) - 1, len(told) - 1, count)


# Bad input


def test_an_unknown_job_is_an_error_by_name() -> None:
    problem = day([job("J1")])
    with pytest.raises(ValueError, match="no job 'J9'"):
        find_fixes(problem, plan(problem), AMPLE, ["J9"])


def test_a_plan_that_breaks_a_rule_is_no_place_to_begin() -> None:
    problem = day([job("J1", windows=((TEN, ELEVEN),))])
    with pytest.raises(SolutionError, match="every rule"):
        find_fixes(problem, plan(problem, route(problem, "T1", ("J1", NOON))), AMPLE)


def test_what_is_not_verified_can_not_be_applied_or_told() -> None:
    open_fix = Fix(kind="move")
    with pytest.raises(ValueError, match="not verified"):
        apply(day([job()]), open_fix)
    with pytest.raises(ValueError, match="not verified"):
        sentence(open_fix)
