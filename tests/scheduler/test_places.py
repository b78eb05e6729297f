"""The kernel's places against the plain way's, with a little of everything that a day can have."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from days import day, job
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_days import SLOTS, days_with_a_caller, planned
from paths import on
from random_days import problems

from scheduler.problem import Job, Problem
from scheduler.search import kernel
from scheduler.search.model import Model
from scheduler.search.open_model import OpenModel
from scheduler.search.places import Places, common
from scheduler.slots import OpenDay
from scheduler.solution import Solution

MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TASK = (0, 1800, 0, [(0, 3600)], 7200, 0, 0, False, None, 0)
EVENINGS = tuple((opens + 3600, closes + 1800) for opens, closes in SLOTS)


@MANY
@given(days_with_a_caller())
def test_the_kernel_offers_what_the_plain_way_offers_before_and_after_a_booking(
    given: tuple[Problem, Solution, Job],
) -> None:
    problem, plan, asked = given
    if any(asked.id == stop.job for route in plan.routes for stop in route.stops):
        return
    with on("plain"):
        plain = OpenDay(problem, plan)
    with on("kernel"):
        quick = OpenDay(problem, plan)
    offers = plain.offers(asked, SLOTS)
    assert quick.offers(asked, SLOTS) == offers
    if offers:
        assert quick.book(offers[-1]) == plain.book(offers[-1])
        another = Job(id="another", location=asked.location, service=asked.service, due=asked.due, late_cost_per_s=1)
        assert quick.offers(another, EVENINGS) == plain.offers(another, EVENINGS)


@MANY
@given(problems(), st.lists(st.integers(0, 2_000), min_size=3, max_size=3), st.data())
def test_slots_of_several_windows_and_technicians_who_cost_more_get_the_same_places(
    problem: Problem, extra: list[int], data: st.DataObject
) -> None:
    model = OpenModel(problem)
    plain_draft, quick_draft = planned(model), planned(model)
    with on("plain"):
        plain = Places(plain_draft)
    with on("kernel"):
        quick = Places(quick_draft)
    surcharge = np.array(extra[: len(model.workers)], dtype=np.int64)
    free = [j for route in plain_draft.routes for j in route.order if not model.ties_of[j]]
    if free and (changes := plain_draft.without(taken := {data.draw(st.sampled_from(free))})) is not None:
        plain.adopt(changes)
        again = quick_draft.without(taken)
        assert again is not None
        quick.adopt(again)
    for j in plain_draft.unserved:
        slots = [common(model.tasks[j].openings, windows) for windows in (SLOTS[::2], SLOTS[1::2], EVENINGS[::3])]
        assert quick.cheapest_by_slot(j, slots, surcharge) == plain.cheapest_by_slot(j, slots, surcharge)


@MANY
@given(problems(related=False))
def test_whoever_the_kernel_would_push_out_the_plain_way_would_too_at_the_same_drives(problem: Problem) -> None:
    model = OpenModel(problem)
    draft = planned(model)
    with on("plain"):
        plain = Places(draft)
    with on("kernel"):
        quick = Places(draft)
    for j in draft.unserved:
        known = plain.exchanges(j, None)
        found = quick.exchanges(j, None)
        assert found == [other for other in known if other in found]  # the plain way's test lets more of them through


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda day: day.assign(1, []), "a technician is one of the day's"),
        (lambda day: day.assign(0, [1]), "a route names jobs of the day"),
        (lambda day: day.cheapest(-1, [], None), "the job is one of the day's"),
        (lambda day: day.cheapest(0, [], np.zeros(2, dtype=np.int64)), "a row has a number a technician"),
        (lambda day: day.exchanges(1, None), "the job is one of the day's"),
        (lambda day: day.describe(2, TASK, np.ones(1, dtype=np.uint8), None), "a job is one of the day's, or the next"),
        (lambda day: day.describe(1, TASK, np.ones(2, dtype=np.uint8), None), "able has a bit a technician"),
        (lambda day: day.describe(1, (9, *TASK[1:]), np.ones(1, dtype=np.uint8), None), "at a place of the matrices"),
    ],
)
def test_the_kernel_refuses_what_is_not_of_its_day(call: Callable[[Any], object], message: str) -> None:
    with on("kernel"):
        opened = import_module("scheduler.native._kernel").OpenDay(kernel.day_of(Model(day([job()]))))
    with pytest.raises(ValueError, match=message):
        call(opened)
