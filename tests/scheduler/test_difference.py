"""Items of a difference: any choice of them is a plan."""

import pytest
from days import NINE, NOON, day, job, route, technician
from hypothesis import HealthCheck, given, settings
from running_days import chosen_moves, days_with_an_event

from scheduler.check import check
from scheduler.difference import merged
from scheduler.events import Event, Urgent
from scheduler.replan import replan
from scheduler.running import RunningDay
from scheduler.solution import Solution

MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@MANY
@given(days_with_an_event())
def test_every_choice_is_a_plan_with_nothing_wrong_but_what_the_event_leaves(given: tuple[RunningDay, Event]) -> None:
    found = replan(*given)
    unavoidable = {violation.sentence for violation in check(found.problem, found.from_now_on()).violations}
    for accepted in chosen_moves(found):
        plan = found.from_now_on(accepted)
        assert {violation.sentence for violation in check(found.problem, plan).violations} <= unavoidable


@MANY
@given(days_with_an_event())
def test_only_jobs_that_nobody_can_serve_any_more_are_wrong_in_the_day_as_the_event_leaves_it(
    given: tuple[RunningDay, Event],
) -> None:
    found = replan(*given)
    assert {violation.rule for violation in found.from_now_on().violations} <= {"must_be_served"}


@MANY
@given(days_with_an_event())
def test_a_window_gives_way_only_where_a_visit_is_really_late_and_no_further(given: tuple[RunningDay, Event]) -> None:
    day_, event = given
    found = replan(day_, event)
    left = {one.id: one for one in found.problem.jobs}
    starts = {stop.job: stop.start for one in found.from_now_on().routes for stop in one.stops}
    for one in day_.problem.jobs:
        if one.windows and one.id in left and one.id not in day_.status and one.pinned is None:
            last = max(closes for _, closes in one.windows)
            now_last = max(closes for _, closes in left[one.id].windows)
            assert now_last <= max(last, starts.get(one.id, last))


@pytest.mark.parametrize(
    ("accepted", "order"),
    [("", "abcd"), ("x", "xabcd"), ("c", "abd"), ("b", "acbd"), ("xbc", "xabd"), ("xbcd", "xabd")],
)
def test_orders_merge_job_by_job(accepted: str, order: str) -> None:
    base, final = "abcd", "xacbd" if "c" not in accepted else "xabd"
    assert "".join(merged(base, final, set("xbc"), set(accepted))) == order


def test_a_move_that_nobody_proposed_can_not_be_accepted() -> None:
    problem = day([job("J1", 1)], [technician()])
    plan = Solution(format="doorstep.solution/1", routes=(route(problem, "T1", ("J1", NOON)),))
    found = replan(RunningDay(problem, plan, NINE), Urgent(job("U", 2)))
    assert found.accepting(["U"]) == {"U"}
    with pytest.raises(ValueError, match="there is no move of J1 to accept"):
        found.plan(["J1"])
