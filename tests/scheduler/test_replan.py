"""Days that go wrong, an event at a time: what is repaired, said, and never moved; with the kernel and without."""

from collections.abc import Iterator

import msgspec
import pytest
from days import EIGHT, ELEVEN, FIVE, NINE, NOON, ONE, TEN, TWO, breaks, day, job, lunch, route, technician
from hypothesis import HealthCheck, given, settings
from paths import PATHS, on
from running_days import chosen_moves, days_with_an_event

from scheduler.check import check
from scheduler.difference import Difference, Move, Visit
from scheduler.events import Away, Behind, Cancelled, Event, NoShow, Overrun, Urgent
from scheduler.problem import Pin, Problem, Relation
from scheduler.promises import PromisePrices
from scheduler.replan import LiveDay, replan
from scheduler.running import RunningDay, Status
from scheduler.solution import RouteResult, Solution
from scheduler.stop import Stop

MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
HOUR = 3600
CHEAP = PromisePrices(moved=10, broken=5_000, late_s=2)
TWO_OF_THEM = (technician("T1"), technician("T2"))


@pytest.fixture(scope="module", params=PATHS, autouse=True)
def _path(request: pytest.FixtureRequest) -> Iterator[None]:
    with on(request.param):
        yield


def running(problem: Problem, *routes: RouteResult, now: int = EIGHT, **status: Status) -> RunningDay:
    return RunningDay(problem, Solution(format="doorstep.solution/1", routes=routes), now, status)


def move(difference: Difference, name: str) -> Move:
    (found,) = [move for move in difference.moves if move.job == name]
    return found


def starts(plan: Solution) -> dict[str, tuple[str, int]]:
    return {stop.job: (route.technician, stop.start) for route in plan.routes for stop in route.stops}


def test_an_urgent_job_goes_where_it_costs_least_and_nobody_else_moves() -> None:
    problem = day([job("J1", 1), job("J2", 5, windows=((NINE, NINE),))], TWO_OF_THEM, travel_s=1)
    live = running(problem, route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NINE)))
    found = replan(live, Urgent(job("U", 5)))
    assert [(m.job, m.before, m.rejected, m.needs) for m in found.moves] == [("U", None, None, ())]
    assert found.moves[0].accepted == Visit("T2", NINE + 1800)
    assert found.moves[0].cost == -10_000
    assert found.plan().cost - found.plan(["U"]).cost == 10_000


def test_an_urgent_job_may_push_out_a_visit_that_another_technician_takes_over() -> None:
    gas = technician("T1", skills=("gas",))
    visit = job("J1", 1, windows=((NINE, NINE + 60),))
    problem = day([visit], [gas, technician("T2")], travel_s=1)
    live = running(problem, route(problem, "T1", ("J1", NINE)))
    urgent = job("U", 1, windows=((NINE, NINE + 60),), skills=("gas",), unserved_cost=200_000)
    found = replan(live, Urgent(urgent))
    assert move(found, "J1").accepted == Visit("T2", NINE)
    assert move(found, "J1").promise == "moved"
    assert move(found, "U").needs == ("J1",)
    assert move(found, "J1").needs == ()
    assert starts(found.plan(["J1"])) == {"J1": ("T2", NINE)}


def test_a_technician_falls_ill_and_each_visit_can_be_given_away_on_its_own() -> None:
    jobs = [job("J1", 1), job("J2", 2), job("J3", 3)]
    problem = day(jobs, TWO_OF_THEM, travel_s=1)
    ill = route(problem, "T1", ("J1", NINE), ("J2", NOON), ("J3", TWO))
    found = replan(running(problem, ill, now=TEN, J1=Status.DONE), Away("T1", TEN))
    assert {m.job: (m.rejected, m.needs) for m in found.moves} == {"J2": (None, ()), "J3": (None, ())}
    assert {m.accepted.technician for m in found.moves if m.accepted} == {"T2"}
    assert starts(found.plan()) == {"J1": ("T1", NINE)}
    assert starts(found.plan(["J3"]))["J3"][0] == "T2"


def test_who_is_ill_from_later_on_still_makes_the_visits_before() -> None:
    problem = day([job("J1", 1), job("J2", 2, windows=((TWO, TWO),))], [technician("T1")])
    live = running(problem, route(problem, "T1", ("J1", NINE), ("J2", TWO)))
    found = replan(live, Away("T1", NOON))
    assert list(starts(found.plan())) == ["J1"]
    assert [(shift.job, shift.after) for shift in found.unavoidable if shift.after is None] == [("J2", None)]


def test_an_overrun_makes_the_next_owner_wait_and_says_so() -> None:
    jobs = [job("J1", 1), job("J2", 1, windows=((NINE, NINE + 1800),))]
    problem = day(jobs, [technician("T1")])
    at_work = route(problem, "T1", ("J1", NINE - 1800), ("J2", NINE))
    found = replan(running(problem, at_work, now=NINE - 60, J1=Status.STARTED), Overrun("J1", 2400))
    (shift,) = found.unavoidable
    assert (shift.job, shift.before.start, shift.promise) == ("J2", NINE, "broken")
    assert shift.after == Visit("T1", NINE + 2400)
    assert found.moves == ()
    assert found.plan().status == "feasible"
    assert found.plan().terms["late_cost"] == 2 * 600


def test_an_overrun_that_the_window_can_take_breaks_no_promise() -> None:
    jobs = [job("J1", 1), job("J2", 1, windows=((NINE, TEN),))]
    problem = day(jobs, [technician("T1")])
    at_work = route(problem, "T1", ("J1", NINE - 1800), ("J2", NINE))
    found = replan(running(problem, at_work, now=NINE - 60, J1=Status.STARTED), Overrun("J1", 2400))
    assert [(shift.job, shift.promise) for shift in found.unavoidable] == [("J2", "kept")]


def test_a_visit_that_would_be_late_goes_to_a_colleague_who_is_free() -> None:
    jobs = [job("J1", 1), job("J2", 1, windows=((NINE, NINE + 1800),))]
    problem = day(jobs, TWO_OF_THEM, travel_s=1)
    at_work = route(problem, "T1", ("J1", NINE - 1800), ("J2", NINE))
    found = replan(running(problem, at_work, now=NINE - 1800, J1=Status.STARTED), Overrun("J1", 2400))
    assert move(found, "J2").rejected == Visit("T1", NINE + 2400)
    assert move(found, "J2").accepted == Visit("T2", NINE)
    assert move(found, "J2").promise == "moved"
    assert move(found, "J2").cost < 0


def test_who_is_behind_gives_a_visit_that_would_be_late_to_a_colleague_who_is_free() -> None:
    jobs = [job("J1", 1), job("J2", 1, windows=((NINE, NINE + 1800),)), job("J3", 1)]
    problem = day(jobs, TWO_OF_THEM, travel_s=1)
    at_work = route(problem, "T1", ("J1", NINE - 1800), ("J2", NINE), ("J3", TWO))
    overran = msgspec.structs.replace(at_work.stops[0], end=NINE + 2400)
    at_work = msgspec.structs.replace(at_work, stops=(overran, *at_work.stops[1:]))
    found = replan(running(problem, at_work, now=NINE, J1=Status.STARTED), Behind("T1"))
    (line,) = found.moves
    assert (line.job, line.rejected, line.promise) == ("J2", Visit("T1", NINE + 2400), "moved")
    assert line.accepted is not None
    assert line.accepted.technician == "T2"
    assert line.cost < 0


def test_who_would_be_home_late_gives_the_last_visit_away() -> None:
    jobs = [job("J1", 1), job("J2", 1, service=HOUR), job("J3", 1)]
    problem = day(jobs, TWO_OF_THEM, travel_s=1, overtime_s=2)
    late = route(problem, "T1", ("J1", TWO), ("J2", FIVE - 4200), ("J3", FIVE - 600))
    found = replan(running(problem, late, now=FIVE - 4200, J1=Status.DONE), Behind("T1"))
    (line,) = found.moves
    assert line.accepted is not None
    assert line.accepted.technician == "T2"
    assert found.plan([line.job]).terms.get("overtime_s", 0) < found.plan().terms["overtime_s"]


def test_who_is_behind_keeps_what_is_in_time() -> None:
    problem = day([job("J1", 1), job("J2", 2)], TWO_OF_THEM, travel_s=1)
    live = running(problem, route(problem, "T1", ("J1", NINE), ("J2", TEN)))
    assert replan(live, Behind("T1")).moves == ()
    with pytest.raises(ValueError, match="no technician T9"):
        replan(live, Behind("T9"))


def test_an_emergency_whose_waiting_costs_goes_to_who_is_free_and_not_to_who_comes_by_later() -> None:
    problem = day([job("J1", 5)], TWO_OF_THEM, travel_s=1)
    live = running(problem, route(problem, "T1", ("J1", NOON)))
    by_the_way = replan(live, Urgent(job("U", 5))).moves[0].accepted
    assert by_the_way is not None
    assert by_the_way.technician == "T1"
    at_once = replan(live, Urgent(job("U", 5, due=EIGHT, late_cost_per_s=2))).moves[0].accepted
    assert at_once is not None
    assert at_once.start < NINE


def test_an_overrun_past_the_end_of_the_shift_becomes_overtime() -> None:
    problem = day([job("J1", 1)], [technician("T1")])
    live = running(problem, route(problem, "T1", ("J1", FIVE - 2400)), now=FIVE - 2000, J1=Status.STARTED)
    found = replan(live, Overrun("J1", 2400))
    assert found.plan().terms["overtime_s"] == 2400
    assert found.plan().violations == ()


def test_a_break_that_an_overrun_swallows_comes_after_it() -> None:
    problem = day(
        [job("J1", 1, service=2 * HOUR), job("J2", 1)], [technician("T1", breaks=(lunch(NOON, NOON + 1800),))]
    )
    planned = route(problem, "T1", ("J1", TEN), ("J2", NOON + 1800))
    planned = msgspec.structs.replace(planned, breaks=breaks(NOON))
    found = replan(running(problem, planned, now=ELEVEN, J1=Status.STARTED), Overrun("J1", HOUR))
    assert starts(found.plan())["J2"] == ("T1", ONE + 1800)
    assert found.plan().violations == ()


def test_a_no_show_frees_the_technician_at_that_home_for_a_job_that_was_left_out() -> None:
    jobs = [job("J1", 3, service=4 * HOUR), job("J2", 3, service=3 * HOUR, windows=((EIGHT, ONE),))]
    problem = day(jobs, [technician("T1", shift=(EIGHT, ONE))], travel_s=1)
    live = running(problem, route(problem, "T1", ("J1", EIGHT + 1800)), now=EIGHT + 2400, J1=Status.STARTED)
    found = replan(live, NoShow("J1"))
    assert move(found, "J2").accepted == Visit("T1", EIGHT + 2400)
    assert found.plan().routes[0].stops[0].end == EIGHT + 2400


def test_a_cancelled_visit_is_gone_and_the_others_stay() -> None:
    problem = day([job("J1", 1), job("J2", 2)], [technician("T1")])
    live = running(problem, route(problem, "T1", ("J1", NINE), ("J2", NOON)))
    assert list(starts(replan(live, Cancelled("J1")).plan())) == ["J2"]


def test_what_depends_on_a_cancelled_visit_goes_with_it() -> None:
    jobs = [job("J1", 1), job("J2", 2)]
    problem = day(jobs, [technician("T1")], relations=[Relation("not_before", ("J1", "J2"))])
    live = running(problem, route(problem, "T1", ("J1", NINE), ("J2", NOON)))
    found = replan(live, Cancelled("J1"))
    assert starts(found.plan()) == {}
    assert [(shift.job, shift.after) for shift in found.unavoidable] == [("J2", None)]


def test_a_pinned_visit_stays_though_a_late_start_costs() -> None:
    pinned = job("J2", 1, windows=((NINE, NINE + 1800),), pinned=Pin("T1", NINE))
    problem = day([job("J1", 1), pinned], TWO_OF_THEM)
    at_work = route(problem, "T1", ("J1", NINE - 1800), ("J2", NINE))
    found = replan(running(problem, at_work, now=NINE - 60, J1=Status.STARTED), Overrun("J1", 2400))
    assert found.moves == ()
    assert starts(found.plan())["J2"] == ("T1", NINE + 2400)


def test_a_repeated_question_gets_the_same_answer_and_leaves_the_day_as_it_was() -> None:
    problem = day([job("J1", 1), job("J2", 5)], TWO_OF_THEM, travel_s=1)
    live = LiveDay(running(problem, route(problem, "T1", ("J1", NINE)), route(problem, "T2", ("J2", NINE))))
    first = live.repair(Urgent(job("U", 5)))
    live.repair(Cancelled("J1"))
    assert live.repair(Urgent(job("U", 5))).moves == first.moves


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Cancelled("J9"), "the plan has no visit to J9"),
        (Away("T9", NOON), "there is no technician T9 today"),
        (Urgent(job("J1")), "J1 has a visit today already"),
        (Urgent(job("U", 9)), "U is at location 9: there are 6, from 0"),
    ],
)
def test_an_event_about_what_the_day_has_not_is_refused(event: Event, message: str) -> None:
    problem = day([job("J1", 1)])
    with pytest.raises(ValueError, match=message):
        replan(running(problem, route(problem, "T1", ("J1", NINE))), event)


def test_what_is_done_can_neither_overrun_nor_be_called_off() -> None:
    problem = day([job("J1", 1)])
    live = running(problem, route(problem, "T1", ("J1", NINE)), now=NOON, J1=Status.DONE)
    for event in (Overrun("J1", 60), NoShow("J1"), Cancelled("J1")):
        with pytest.raises(ValueError, match="the visit to J1 is done"):
            replan(live, event)


def test_a_status_of_no_visit_and_an_overrun_of_nothing_are_refused() -> None:
    problem = day([job("J1", 1)])
    with pytest.raises(ValueError, match="no visit to J9"):
        running(problem, route(problem, "T1", ("J1", NINE)), J9=Status.DONE)
    with pytest.raises(ValueError, match="longer than 0 s"):
        Overrun("J1", 0)


@MANY
@given(days_with_an_event())
def test_what_has_begun_never_moves_whatever_happens(given: tuple[RunningDay, Event]) -> None:
    live, event = given
    found = replan(live, event, CHEAP)
    before, after = starts(live.plan), starts(found.plan([move.job for move in found.moves]))
    away = event.technician if isinstance(event, Away) else None
    for name, status in live.status.items():
        if status is Status.TRAVELLING and before[name][0] == away:
            continue
        if isinstance(event, NoShow | Cancelled) and event.job == name:
            continue
        assert after[name] == before[name]
        assert name not in {move.job for move in found.moves}


@MANY
@given(days_with_an_event())
def test_nothing_is_planned_before_now(given: tuple[RunningDay, Event]) -> None:
    live, event = given
    found = replan(live, event, CHEAP)
    for name, (_, start) in starts(found.plan([move.job for move in found.moves])).items():
        assert name in live.status or start >= live.now


@MANY
@given(days_with_an_event())
def test_a_longer_search_is_never_worse_and_every_choice_stays_a_plan(given: tuple[RunningDay, Event]) -> None:
    live, event = given
    found = replan(live, event, CHEAP, Stop(0.02))
    nothing = check(found.problem, found.from_now_on()).violations
    for accepted in chosen_moves(found):
        verdict = check(found.problem, found.from_now_on(accepted))
        assert {v.sentence for v in verdict.violations} <= {v.sentence for v in nothing}
