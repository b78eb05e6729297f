"""What one visit's move would cost with each technician: what is allowed there can be done, what isn't says why."""

import pytest
from days import EIGHT, FIVE, NINE, NOON, TEN, day, job, route, technician
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from running_days import days_with_an_event

from scheduler.choices import Choices
from scheduler.problem import Pin, Problem
from scheduler.running import RunningDay, Status
from scheduler.solution import RouteResult, Solution


def running(problem: Problem, *routes: RouteResult, now: int = 0, **status: Status) -> RunningDay:
    return RunningDay(problem, Solution(format="doorstep.solution/1", routes=routes), now, status)


TEAM = (technician("T1"), technician("T2"), technician("T3", skills=("gas",)))


def test_every_technician_is_priced_or_says_why_not() -> None:
    problem = day([job("J1", 1), job("J2", 2, skills=("gas",))], TEAM, travel_s=1)
    choices = Choices(running(problem, route(problem, "T1", ("J1", NINE)), route(problem, "T3", ("J2", TEN))))
    by = {choice.technician: choice for choice in choices.of("J2")}
    assert by["T3"].allowed
    assert by["T3"].price == 0  # where it is
    assert [one.rule for one in by["T1"].violations] == ["skills"]
    assert [one.rule for one in by["T2"].violations] == ["skills"]


def test_a_move_costs_the_detour_less_what_it_saves_and_the_owner_s_patience() -> None:
    problem = day([job("J1", 1), job("J2", 2)], TEAM, travel_s=1)
    choices = Choices(running(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN))))
    by = {choice.technician: choice for choice in choices.of("J2")}
    # T1 saves the way from 1 to 2 and back, T2 goes to 2 and back, and the owner hears another name.
    assert by["T2"].price == -1200 + 2400 + 900
    assert by["T2"].promise == "moved"


def test_whoever_has_a_promise_that_would_be_missed_is_at_risk() -> None:
    morning = job("J1", 1, windows=((EIGHT, NINE), (NOON, FIVE)))
    problem = day([morning, job("J2", 1, service=9000, windows=((EIGHT, EIGHT + 1200),))], TEAM[:2])
    choices = Choices(
        running(problem, route(problem, "T1", ("J1", NINE - 1800)), route(problem, "T2", ("J2", EIGHT + 600)))
    )
    by = {choice.technician: choice for choice in choices.of("J2")}
    assert by["T2"].at_risk == ()
    assert by["T1"].at_risk == ("J1",)


def test_a_visit_goes_where_it_is_put_and_the_others_are_pushed_no_further_than_needed() -> None:
    problem = day([job("J1", 1), job("J2", 1), job("J3", 1)], TEAM)
    choices = Choices(
        running(problem, route(problem, "T1", ("J1", NINE), ("J2", NINE + 3600)), route(problem, "T2", ("J3", TEN)))
    )
    put = choices.put("J3", "T1", position=1)
    assert put.violations == ()
    assert [(stop.job, stop.start) for stop in put.route.stops] == [("J1", NINE), ("J3", NINE + 1800), ("J2", TEN)]
    first = choices.put("J3", "T1", position=0)
    assert [stop.start for stop in first.route.stops] == [EIGHT + 600, NINE, NINE + 3600]


def test_a_start_that_can_not_be_kept_is_said_and_overlaps_nothing() -> None:
    problem = day([job("J1", 1), job("J3", 1)], TEAM)
    choices = Choices(running(problem, route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J3", TEN))))
    assert choices.put("J3", "T1", start=NOON).violations == ()
    late = choices.put("J3", "T1", start=NINE + 600)
    assert [one.rule for one in late.violations] == ["pins"]
    starts = [stop.start for stop in late.route.stops]
    assert starts == [NINE, NINE + 1800]


def test_what_was_late_before_the_move_does_not_count_against_it() -> None:
    promised = job("J1", 1, windows=((EIGHT, NINE),))
    problem = day([promised, job("J2", 2), job("J3", 1)], TEAM)
    routes = route(problem, "T1", ("J2", EIGHT + 1200), ("J1", NINE)), route(problem, "T2", ("J3", TEN))
    held_up = running(problem, *routes, now=TEN, J2=Status.STARTED)
    choices = Choices(held_up)
    assert choices.expected()["J1"].start == TEN + 600
    by = {choice.technician: choice for choice in choices.of("J3")}
    assert by["T1"].allowed
    assert by["T1"].position == 1  # before the late one it would be later still
    assert [one.rule for one in choices.put("J3", "T1", position=0).violations] == ["windows"]


def test_what_is_begun_or_locked_does_not_move() -> None:
    problem = day([job("J1", 1), job("J2", 2, pinned=Pin("T1", TEN))], TEAM)
    choices = Choices(running(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN)), now=NINE, J1=Status.STARTED))
    for name in ("J1", "J2"):
        with pytest.raises(ValueError, match=name):
            choices.of(name)


@given(days_with_an_event(), st.data())
@settings(max_examples=60, deadline=None, phases=[Phase.generate])
def test_what_is_allowed_can_be_done_at_that_start_and_what_is_not_breaks_something(
    drawn: tuple[RunningDay, object], data: st.DataObject
) -> None:
    day, _ = drawn
    assume(not day.problem.relations)
    choices = Choices(day)
    movable = [one for one in day.problem.jobs if one.id not in day.status and one.pinned is None]
    assume(movable)
    asked = data.draw(st.sampled_from(movable)).id
    before = choices.expected()
    for choice in choices.of(asked):
        put = choices.put(asked, choice.technician, choice.position)
        assert choice.allowed == (not put.violations)
        if choice.allowed:
            assert {stop.job: stop.start for stop in put.route.stops}[asked] == choice.start
    assert choices.expected() == before
