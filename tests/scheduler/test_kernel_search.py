"""The kernel while it runs: it can be repeated, stopped, begun at a plan and told of better ones."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cities import city

from bench.cities import Rules
from bench.cities import city as city_of_trades
from scheduler.problem import Problem
from scheduler.search.draft import Draft
from scheduler.search.kernel import KernelSearch, day_of
from scheduler.search.model import Model, Orders

kernel = pytest.importorskip("scheduler.native._kernel", reason="the search kernel could not be built here")

FOREVER = 3600.0


def trades(jobs: int, technicians: int, **rules: bool) -> Model:
    """A city in which every job can be served."""
    return Model(Problem.from_json(json.dumps(city_of_trades(jobs, technicians, 1, Rules(**rules))).encode()))


SMALL = Model(city(40, 6))
LARGE = trades(160, 50, breaks=True, relations=True)


def ended(search: Any) -> tuple[Orders, int, int]:
    """(orders, cost, steps) of a search that ends by itself."""
    assert search.wait(60)
    orders, cost, steps = search.best()
    return tuple(map(tuple, orders)), cost, steps


def in_steps(model: Model, steps: int, seed: int = 1, start: Orders | None = None) -> tuple[Orders, int, int]:
    return ended(kernel.Search(day_of(model), FOREVER, 1, seed, steps, start))


@contextmanager
def in_full_flight(model: Model, threads: int = 2) -> Iterator[Any]:
    """A search that would go on for an hour, and has its first plan."""
    search = kernel.Search(day_of(model), FOREVER, threads, 1)
    try:
        while search.best() is None:
            assert not search.wait(0.01)
        yield search
    finally:
        search.stop()


@pytest.mark.parametrize("model", [SMALL, LARGE], ids=["whole", "in parts"])
def test_the_same_seed_and_steps_on_one_thread_give_the_same_plan(model: Model) -> None:
    first, again, other = (in_steps(model, 12_000, seed) for seed in (7, 7, 8))
    assert first == again
    assert first[0] != other[0]
    if model is LARGE:
        assert sum(map(bool, first[0])) >= 32  # fewer would not be searched in parts


def test_a_search_of_steps_takes_about_so_many() -> None:
    *_, steps = in_steps(SMALL, 5_000)
    assert 5_000 <= steps < 5_100


def test_more_steps_find_a_better_plan() -> None:
    (_, quick, _), (_, thorough, _) = in_steps(SMALL, 100), in_steps(SMALL, 30_000)
    assert thorough < quick


def test_each_plan_told_is_better_than_the_one_before_and_the_last_one_the_best() -> None:
    running = KernelSearch(LARGE, 60, 1, seed=1, steps=12_000)
    plans = [plan for plan in running.plans(lambda: False) if plan is not None]
    costs = [cost for _, cost in plans]
    assert costs == sorted(set(costs), reverse=True)
    draft = Draft.of(LARGE, plans[-1][0])
    assert draft is not None
    assert draft.value() == (0, costs[-1])


@pytest.mark.parametrize("model", [SMALL, LARGE, trades(2_000, 200)], ids=["small", "in parts", "very large"])
def test_it_ends_within_50_ms_of_being_told_to(model: Model) -> None:
    """The quickest of several: a busy machine only ever adds to what it takes."""
    took = []
    for _ in range(5):
        with in_full_flight(model) as search:
            told = time.monotonic()
            search.stop()
            assert search.wait(10)
            took.append(time.monotonic() - told)
    assert min(took) <= 0.05


def test_it_also_ends_within_50_ms_before_it_has_a_plan() -> None:
    day = day_of(trades(2_000, 200, breaks=True, setup=True, overtime=True, lateness=True, relations=True))
    took = []
    for _ in range(5):
        search = kernel.Search(day, FOREVER, 2, 1)
        told = time.monotonic()
        search.stop()
        assert search.wait(10)
        took.append(time.monotonic() - told)
        assert search.best() is not None
    assert min(took) <= 0.05


def test_what_is_asked_while_plans_are_told_ends_them() -> None:
    asked = [False, False, True]
    running = KernelSearch(SMALL, FOREVER, 2, seed=1)
    assert len(list(running.plans(lambda: asked.pop(0)))) == 3


def test_python_goes_on_while_the_kernel_searches() -> None:
    ticks, over = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not over.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    with in_full_flight(LARGE) as search:
        thread.start()
        before = ticks
        assert not search.wait(0.5)  # one call into native code: holding the lock, it would let nobody tick
        assert ticks - before > 5
        over.set()
    thread.join()


def test_it_ends_when_its_seconds_are_over_or_fewer_that_it_is_told_later() -> None:
    began = time.monotonic()
    assert kernel.Search(day_of(SMALL), 0.2, 2, 1).wait(10)
    assert 0.2 <= time.monotonic() - began < 2
    with in_full_flight(SMALL) as search:
        search.end_after(0.05)
        assert search.wait(2)


def test_one_that_nobody_waits_for_leaves_no_thread_behind() -> None:
    began = time.monotonic()
    for _ in range(20):
        kernel.Search(day_of(SMALL), FOREVER, 2, 1)
    assert time.monotonic() - began < 10


def begun_at(start: Orders, model: Model) -> tuple[Orders, int, int]:
    """The first plan of a search without any time to search."""
    return ended(kernel.Search(day_of(model), 1e-6, 1, 1, 0, start))


def test_begun_at_a_plan_it_is_never_worse() -> None:
    start, cost, _ = in_steps(LARGE, 10_000)
    kept, kept_cost, _ = begun_at(start, LARGE)
    assert kept_cost <= cost
    assert all(set(order) <= set(after) for order, after in zip(start, kept, strict=True))


def test_begun_at_a_plan_that_can_be_kept_in_part_it_keeps_that_part() -> None:
    orders, *_ = in_steps(SMALL, 10_000)
    first, second, *others = sorted(range(len(orders)), key=lambda k: -len(orders[k]))
    start = list(orders)
    start[first], start[second] = orders[first] + orders[second], ()  # more than a day's work
    kept, *_ = begun_at(tuple(start), SMALL)
    assert all(set(orders[k]) <= set(kept[k]) for k in others)
    assert Draft.of(SMALL, kept) is not None


def test_a_better_plan_that_is_offered_is_taken_over() -> None:
    orders, cost, _ = in_steps(LARGE, 30_000)
    search = kernel.Search(day_of(LARGE), 0.3, 1, 1)  # too short to find one as good
    search.offer(orders)
    assert ended(search)[1] <= cost


def test_an_offer_that_cannot_be_driven_is_ignored() -> None:
    everything_to_one = (tuple(range(len(SMALL.tasks))), *((),) * (len(SMALL.workers) - 1))
    search = kernel.Search(day_of(SMALL), FOREVER, 1, 1, 20_000)
    while not search.wait(0.001):
        search.offer(everything_to_one)
    orders, cost, _ = search.best()
    draft = Draft.of(SMALL, tuple(map(tuple, orders)))
    assert draft is not None
    assert draft.value() == (0, cost)


@pytest.mark.parametrize("orders", [((40,),), ((-1,),), ((0, 0),), ((0,), (0,))], ids=str)
def test_orders_of_jobs_that_are_unknown_or_come_twice_are_refused(orders: Orders) -> None:
    plan = (*orders, *((),) * (len(SMALL.workers) - len(orders)))
    with pytest.raises(ValueError, match="each job of the day at most once"):
        kernel.Search(day_of(SMALL), 1.0, 1, 1, 0, plan)
    with in_full_flight(SMALL) as search, pytest.raises(ValueError, match="each job of the day at most once"):
        search.offer(plan)


def test_orders_for_another_number_of_technicians_are_refused() -> None:
    with in_full_flight(SMALL) as search, pytest.raises(ValueError, match="one list for each technician"):
        search.offer(((0,),))
