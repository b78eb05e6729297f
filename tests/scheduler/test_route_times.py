"""The exact timing of one route, on days small enough to work out by hand."""

import pytest
from days import EIGHT, FIVE, NINE, NOON, ONE, STEP_S, TEN, day, job, lunch, technician

from scheduler.problem import Problem
from scheduler.search.model import Model
from scheduler.search.route import Route
from scheduler.search.times import Timetable


def times(problem: Problem, *order: int) -> Timetable:
    route = Route.make(Model(problem), 0, order)
    assert route is not None
    return route.timetable


def impossible(problem: Problem, *order: int) -> bool:
    return Route.make(Model(problem), 0, order) is None


def test_the_technician_leaves_just_in_time_for_the_first_window() -> None:
    found = times(day([job("J1", 2, windows=((TEN, NOON),), setup=300)]), 0)
    assert found.leaves == TEN - 300 - 2 * STEP_S
    assert found.arrivals == (TEN - 300,)
    assert (found.starts, found.ends) == ((TEN,), (TEN + 1800,))
    assert found.returns == TEN + 1800 + 2 * STEP_S


def test_a_missed_window_leads_to_the_next() -> None:
    jobs = [job("J1", 1, service=2 * 3600), job("J2", 2, windows=((EIGHT, NINE), (NOON, ONE)))]
    assert times(day(jobs), 0, 1).starts == (EIGHT + STEP_S, NOON)


def test_the_break_falls_into_time_spent_waiting() -> None:
    jobs = [job("J1", 1), job("J2", 1, windows=((ONE, ONE + 60),))]
    found = times(day(jobs, [technician(breaks=(lunch(TEN, ONE),))]), 0, 1)
    assert found.breaks == ((TEN, TEN + 1800),)
    assert found.starts == (EIGHT + STEP_S, ONE)


def test_the_drive_goes_on_until_the_break_opens_and_after_it() -> None:
    jobs = [job("J1", 0, service=4 * 3600 - 60), job("J2", 1)]
    found = times(day(jobs, [technician(breaks=(lunch(NOON, NOON),))]), 0, 1)
    assert found.breaks == ((NOON, NOON + 1800),)
    assert found.arrivals[1] == NOON + 1800 + STEP_S - 60


def test_a_break_may_be_the_last_thing_of_the_day_and_delay_the_return() -> None:
    found = times(day([job("J1", 1)], [technician(breaks=(lunch(NOON, ONE),))]), 0)
    assert found.breaks == ((NOON, NOON + 1800),)
    assert found.returns == NOON + 1800


def test_a_break_that_would_make_a_job_late_comes_after_it() -> None:
    jobs = [job("J1", 0, due=EIGHT, late_cost_per_s=1, service=3600), job("J2", 0)]
    found = times(day(jobs, [technician(breaks=(lunch(EIGHT, NINE),))]), 0, 1)
    assert found.starts == (EIGHT, NINE + 1800)
    assert found.breaks == ((NINE, NINE + 1800),)


@pytest.mark.parametrize(("service", "fits"), [(2 * 3600, True), (2 * 3600 + 1, False)])
def test_service_is_over_before_the_last_moment_to_rest(service: int, fits: bool) -> None:
    at_ten = job("J1", 1, windows=((TEN, TEN),), service=service)
    assert impossible(day([at_ten], [technician(breaks=(lunch(EIGHT + 7000, NOON),))]), 0) is not fits


@pytest.mark.parametrize(("overtime", "fits"), [(0, False), (599, False), (600, True)])
def test_the_return_must_be_within_overtime(overtime: int, fits: bool) -> None:
    problem = day([job("J1", 1, windows=((FIVE - 1800, FIVE),))], [technician(max_overtime=overtime)])
    assert impossible(problem, 0) is not fits


def test_two_breaks_on_one_drive_are_taken_in_the_order_that_works() -> None:
    breaks = (lunch(NOON, NOON + 600, duration=1200), lunch(NOON, NOON, duration=600))
    jobs = [job("J1", 0, windows=((NOON - 1800, NOON),)), job("J2", 1, windows=((NOON, FIVE),))]
    found = times(day(jobs, [technician(breaks=breaks)]), 0, 1)
    assert found.breaks == ((NOON + 600, NOON + 1800), (NOON, NOON + 600))  # in the technician's order
    assert found.starts[1] == NOON + 1800 + STEP_S
