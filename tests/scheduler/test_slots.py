"""Offers are proven: against every place there is, and against the judge; with the kernel and without."""

from collections.abc import Iterator

import msgspec
import pytest
from days import EIGHT, ELEVEN, FIVE, NINE, NOON, ONE, TEN, day, job, lunch, route, technician
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_days import HOUR, SLOTS, days_with_a_caller, planned
from paths import PATHS, on
from random_days import problems

from scheduler.answer import answer
from scheduler.check import check
from scheduler.problem import Job, Problem, Relation, Window
from scheduler.search.draft import Draft
from scheduler.search.model import Model
from scheduler.slots import Offer, OpenDay, PlanDoesNotFit, SlotTaken, offer_slots
from scheduler.solution import Solution, SolverRun

MANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MORNING, AFTERNOON = (EIGHT, TEN), (ONE, FIVE - 1800)


@pytest.fixture(scope="module", params=PATHS, autouse=True)
def _path(request: pytest.FixtureRequest) -> Iterator[None]:
    with on(request.param):
        yield


def with_job(problem: Problem, asked: Job) -> Problem:
    others = tuple(one for one in problem.jobs if one.id != asked.id)
    return msgspec.structs.replace(problem, jobs=(*others, asked))


def cheapest_by_trying(problem: Problem, plan: Solution, asked: Job, slot: Window) -> int | None:
    """What the job adds in the best of all its places, each timed on its own."""
    windows = [(max(a, slot[0]), min(b, slot[1])) for a, b in asked.windows or ((0, 10**7),)]
    windows = [window for window in windows if window[0] <= window[1]]
    if not windows:
        return None
    changed = with_job(problem, msgspec.structs.replace(asked, windows=tuple(windows)))
    model = Model(changed)
    number = {one.id: j for j, one in enumerate(changed.jobs)}
    orders = {route.technician: tuple(number[stop.job] for stop in route.stops) for route in plan.routes}
    draft = Draft.of(model, tuple(orders.get(technician.id, ()) for technician in changed.technicians))
    assert draft is not None
    return min((found.price for found in draft.insertions(number[asked.id])), default=None)


def served(plan: Solution) -> set[str]:
    return {stop.job for route in plan.routes for stop in route.stops}


def without_skipping(problem: Problem, plan: Solution) -> int:
    """The plan's cost but for what is left out."""
    verdict = check(problem, plan)
    left_out = [one for one in problem.jobs if one.id not in served(plan)]
    return verdict.cost - sum(
        (one.unserved_cost or 0) + (problem.objective.moved * bool(one.pinned)) for one in left_out
    )


@MANY
@given(days_with_a_caller())
def test_every_slot_with_a_place_is_offered_at_the_price_of_its_cheapest(given: tuple[Problem, Solution, Job]) -> None:
    problem, plan, asked = given
    if asked.id in served(plan):
        return
    expected = {slot: cheapest_by_trying(problem, plan, asked, slot) for slot in SLOTS}
    offers = OpenDay(problem, plan).offers(asked, SLOTS)
    assert {offer.slot: offer.price for offer in offers} == {s: p for s, p in expected.items() if p is not None}


@MANY
@given(days_with_a_caller(), st.data())
def test_a_booked_offer_breaks_no_rule_and_adds_its_price(
    given: tuple[Problem, Solution, Job], data: st.DataObject
) -> None:
    problem, plan, asked = given
    if asked.id in served(plan):
        return
    opened = OpenDay(problem, plan)
    offers = opened.offers(asked, SLOTS)
    if not offers:
        return
    offer = data.draw(st.sampled_from(offers))
    assert opened.book(offer) == offer
    after, booked = opened.plan()
    before = {violation.sentence for violation in check(problem, plan).violations}
    assert {violation.sentence for violation in check(after, booked).violations} <= before
    assert without_skipping(after, booked) - without_skipping(problem, plan) == offer.price
    (stop,) = [stop for route in booked.routes for stop in route.stops if stop.job == asked.id]
    assert offer.slot[0] <= stop.start <= offer.slot[1]


@MANY
@given(problems(related=False))
def test_bookings_keep_the_day_as_if_it_had_been_opened_anew(problem: Problem) -> None:
    half = len(problem.jobs) // 2
    small = msgspec.structs.replace(problem, jobs=problem.jobs[:half])
    opened = OpenDay(small, answer(planned(Model(small)), (), SolverRun()))
    for asked in problem.jobs[half:]:
        offers = opened.offers(asked, SLOTS)
        anew = OpenDay(*opened.plan())
        assert anew.offers(asked, SLOTS) == offers
        if offers:
            opened.book(offers[0])


def open_day(*starts: tuple[str, int], jobs: tuple[Job, ...] = (job(),), **changes: int) -> OpenDay:
    problem = day(jobs, [technician(max_overtime=HOUR)], travel_s=1, **changes)
    return OpenDay(problem, Solution(format="doorstep.solution/1", routes=(route(problem, "T1", *starts),)))


def test_the_cheapest_of_a_day_comes_first_and_days_come_in_turn() -> None:
    near_noon = job(windows=((NOON, NOON),), location=4)
    days = [open_day(("J1", NOON), jobs=(near_noon,)), open_day(("J1", NINE))]
    offers = offer_slots(days, job("asked", 4, service=1200), [MORNING, AFTERNOON])
    assert [(offer.day, offer.slot, offer.price) for offer in offers] == [
        (0, MORNING, 0),
        (0, AFTERNOON, 0),
        (1, MORNING, 6 * 600),
        (1, AFTERNOON, 6 * 600),
    ]


def test_a_slot_where_the_visit_would_push_another_out_of_its_window_is_not_offered() -> None:
    tight = job(windows=((NINE, NINE),))
    offers = open_day(("J1", NINE), jobs=(tight,)).offers(job("asked", service=HOUR), [(EIGHT, NINE), AFTERNOON])
    assert [offer.slot for offer in offers] == [AFTERNOON]


def test_a_lunch_break_that_can_wait_no_longer_keeps_a_slot_closed() -> None:
    problem = day([job()], [technician(breaks=(lunch(NOON, NOON),))])
    opened = OpenDay(problem, Solution(format="doorstep.solution/1", routes=()))
    asked = job("asked", service=HOUR)
    assert opened.offers(asked, [(ELEVEN + 1, NOON + 1799)]) == []
    assert [offer.start for offer in opened.offers(asked, [(ELEVEN, NOON + 1799), (ELEVEN + 1, ONE)])] == [
        ELEVEN,
        NOON + 1800,
    ]


def test_overtime_is_in_the_price() -> None:
    offers = open_day(("J1", NINE), overtime_s=2).offers(job("asked", 1, service=HOUR), [(FIVE - HOUR, FIVE)])
    assert [offer.price for offer in offers] == [2 * 600]


def test_own_windows_narrow_a_slot_and_the_booked_visit_keeps_both() -> None:
    asked = job("asked", windows=((0, NINE), (TEN, ELEVEN)))
    (offer,) = open_day(("J1", FIVE - HOUR)).offers(asked, [(EIGHT + HOUR // 2, TEN + 60), (NOON, ONE)])
    assert offer.job.windows == ((EIGHT + HOUR // 2, NINE), (TEN, TEN + 60))


def test_the_last_place_goes_to_whoever_books_first() -> None:
    opened = open_day(("J1", NINE))
    slot = (NOON, NOON + 60)
    first, second = (opened.offers(job(name, service=HOUR), [slot])[0] for name in ("first", "second"))
    opened.book(first)
    with pytest.raises(SlotTaken, match=r"second no longer fits between 12:00 and 12:01"):
        opened.book(second)


def test_a_visit_that_must_follow_another_is_offered_only_after_it() -> None:
    jobs = (job("J1"), job("J2"))
    problem = day(jobs, relations=[Relation("not_before", ("J1", "J2"), gap=HOUR)])
    plan = Solution(format="doorstep.solution/1", routes=(route(problem, "T1", ("J1", NINE)),))
    offers = OpenDay(problem, plan).offers(jobs[1], [MORNING, AFTERNOON])
    assert [(offer.slot, offer.start) for offer in offers] == [(MORNING, EIGHT + 600 + 1800 + HOUR), (AFTERNOON, ONE)]


def test_a_job_whose_skills_nobody_has_gets_no_offer() -> None:
    assert open_day(("J1", NINE)).offers(job("asked", skills=("gas",)), [MORNING, AFTERNOON]) == []


def test_names_of_technicians_who_are_off_that_day_are_no_error() -> None:
    opened = open_day(("J1", NINE))
    assert opened.offers(job("asked", technicians=("T9",)), [MORNING]) == []
    (offer,) = opened.offers(job("asked", preferred=("T9",)), [MORNING])
    assert isinstance(opened.book(offer), Offer)
    assert opened.plan()[1].status == "feasible"


def test_what_can_not_be_asked_is_said() -> None:
    opened = open_day(("J1", NINE))
    with pytest.raises(ValueError, match="J1 has a visit on day 0 already"):
        opened.offers(job("J1"), [MORNING])
    with pytest.raises(ValueError, match="asked is at location 9: there are 6, from 0"):
        opened.offers(job("asked", 9), [MORNING])
    impossible = day([job(windows=((EIGHT, EIGHT),))])
    with pytest.raises(PlanDoesNotFit):
        OpenDay(impossible, Solution(format="doorstep.solution/1", routes=(route(impossible, "T1", ("J1", EIGHT)),)))


def test_the_dearest_prices_there_are_do_not_overflow() -> None:
    problem = day([job(windows=((NINE, NINE),))], [technician()], travel_s=10**6, distance_m=10**6)
    opened = OpenDay(problem, Solution(format="doorstep.solution/1", routes=(route(problem, "T1", ("J1", NINE)),)))
    (offer,) = opened.offers(job("asked", 5), [(NOON, ONE)])
    assert offer.price == 8 * (600 + 5_000) * 10**6


def test_a_route_with_the_visit_in_it_is_told_without_changing_the_day() -> None:
    opened = open_day(("J1", NINE))
    (offer,) = opened.offers(job("asked", 2, service=HOUR), [MORNING])
    told = opened.route_with(offer)
    assert [stop.job for stop in told.stops] == [*(["asked", "J1"] if offer.position == 0 else ["J1", "asked"])]
    assert offer.start in [stop.start for stop in told.stops if stop.job == "asked"]
    assert opened.offers(job("asked", 2, service=HOUR), [MORNING]) == [offer]
    assert not opened.serves("asked")


def test_without_a_visit_its_room_is_free_and_afterwards_taken_again() -> None:
    opened, slot = open_day(("J1", NINE)), (NOON, NOON + 60)
    first = opened.offers(job("first", service=HOUR), [slot])[0]
    opened.book(first)
    with opened.without(["first", "never heard of"]):
        assert opened.offers(job("second", service=HOUR), [slot]) != []
    assert opened.offers(job("second", service=HOUR), [slot]) == []
    opened.withdraw(["first"])
    assert not opened.serves("first")
    assert opened.offers(job("second", service=HOUR), [slot]) != []


def test_a_day_follows_routes_that_changed_elsewhere_as_if_opened_anew() -> None:
    opened = open_day(("J1", NINE))
    opened.learn([job("J2", 3), job("J3", 2), job("J4", 1)])
    opened.follow({"T1": ("J3", "J1", "J4")})
    problem = day([job("J1"), job("J2", 3), job("J3", 2), job("J4", 1)], [technician(max_overtime=HOUR)], travel_s=1)
    anew = OpenDay(problem, Solution(format="doorstep.solution/1", routes=()))
    anew.follow({"T1": ("J3", "J1", "J4")})
    asked = job("asked", 4, service=1200)
    assert opened.offers(asked, SLOTS) == anew.offers(asked, SLOTS)
    assert [opened.serves(name) for name in ("J1", "J2", "J3", "J4")] == [True, False, True, True]


def test_routes_that_have_no_times_are_not_followed() -> None:
    opened = open_day(("J1", NINE))
    opened.learn([job("J2", windows=((EIGHT, EIGHT),)), job("J3", windows=((EIGHT, EIGHT),))])
    with pytest.raises(PlanDoesNotFit):
        opened.follow({"T1": ("J2", "J3")})
    assert [opened.serves(name) for name in ("J1", "J2", "J3")] == [True, False, False]
