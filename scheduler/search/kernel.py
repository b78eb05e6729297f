"""The native search, from the model's objects to the kernel's arrays and back.

It runs on threads of this process: the kernel lets go of the interpreter's lock and stops within milliseconds.
"""

import logging
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from scheduler.answer import keeps_hard_rules
from scheduler.incumbent import Progress
from scheduler.search.choosing import Choosing, Column
from scheduler.search.draft import Draft
from scheduler.search.greedy import greedy
from scheduler.search.model import Model, Orders, Task, Tie, Worker
from scheduler.stop import LEAST_S, Countdown

TIE_KINDS = ("sequence", "same_technician", "same_time", "not_before")  # in the kernel's order
POLL_S = 0.02
LOOK_AHEAD = 0.6  # of the time is over when the plan tells how long its reasons will take

_log = logging.getLogger(__name__)


def is_built() -> bool:
    """Whether there is a kernel: where no compiler was found, Doorstep plans with OR-Tools alone."""
    return find_spec("scheduler.native._kernel") is not None


def search(
    model: Model,
    countdown: Countdown,
    seconds_to_finish: Callable[[Draft, Countdown], float],
    seed: int,
    threads: int,
    start: Orders | None,
    progress: Progress | None,
) -> tuple[Draft, int]:
    """The best plan, and how many steps led there. Leaves of the countdown what it takes to finish that plan."""
    seconds = max(LEAST_S, countdown.left - _seconds_to_judge(len(model.tasks)))
    began, ends, looked = countdown.elapsed, countdown.within(seconds), False
    running = KernelSearch(model, seconds, threads, seed, start)
    choosing = Choosing(model, running, ends)
    orders: Orders | None = None
    for found in running.plans(lambda: ends.cancelled or ends.over()):
        if found is not None:
            orders, cost = found
            if progress is not None:
                progress(countdown.elapsed, cost, sum(map(len, orders)))
        if orders is not None:
            choosing.perhaps((countdown.elapsed - began) / seconds, orders)
        if not looked and orders is not None and countdown.elapsed - began > LOOK_AHEAD * seconds:
            looked = True
            draft = Draft.of(model, orders)
            if draft is not None and draft.unserved:
                running.end_after(seconds - seconds_to_finish(draft, countdown))
    choosing.end()
    return _draft(model, orders, countdown), running.steps


def _seconds_to_judge(jobs: int) -> float:
    """What it takes to time and judge a plan once more: 0.1 s for 2,000 jobs, 1.5 s for 10,000."""
    thousands = jobs / 1000
    return 0.01 + 0.03 * thousands + 0.012 * thousands**2


def _draft(model: Model, orders: Orders | None, countdown: Countdown) -> Draft:
    draft = None if orders is None else Draft.of(model, orders)
    if draft is not None and keeps_hard_rules(draft):
        return draft
    if orders is not None:  # never seen, but a plan that breaks a rule must not leave the house
        _log.error("The kernel's plan breaks a rule; planning greedily instead.")
    return greedy(model, countdown)


class KernelSearch:
    """Begins when it is made. `steps`, if given, count instead of `seconds` and make one thread repeatable."""

    def __init__(
        self, model: Model, seconds: float, threads: int, seed: int, start: Orders | None = None, steps: int = 0
    ) -> None:
        orders = None if start is None else [list(order) for order in start]
        day = day_of(model)
        self.kinds: list[int] = day.kinds
        self._search = _kernel().Search(day, seconds, threads, seed, steps, orders)

    def plans(self, stopped: Callable[[], bool]) -> Iterator[tuple[Orders, int] | None]:
        """(orders, cost) of each better plan as it is found, and None every little while, until it is over or stopped.

        The costs are those of the rules, to the second; but one that leaves out what must be served has no price.
        """
        cost, over = None, False
        while not over:
            over = self._search.wait(POLL_S)
            if not over and stopped():
                self._search.stop()
                over = self._search.wait(1.0)
            best = self._search.best()
            if best is not None and best[1] != cost:
                cost = best[1]
                yield tuple(tuple(order) for order in best[0]), cost
            else:
                yield None

    def pool(self) -> list[Column]:
        """The routes that good plans were made of."""
        return [Column(kind, price, tuple(jobs)) for kind, price, jobs in self._search.pool()]

    def offer(self, orders: Orders) -> None:
        """A plan found elsewhere: taken over if it is valid and better."""
        self._search.offer([list(order) for order in orders])

    def end_after(self, seconds: float) -> None:
        """Ends it so many seconds after it began."""
        self._search.end_after(seconds)

    @property
    def steps(self) -> int:
        best = self._search.best()
        return 0 if best is None else best[2]


def _kernel() -> ModuleType:
    return import_module("scheduler.native._kernel")


def day_of(model: Model) -> Any:
    """The kernel's `Day`."""
    prices = model.prices
    return _kernel().Day.of(
        durations=[np.ascontiguousarray(matrix, dtype=np.int32) for matrix in model.travel],
        metres=np.ascontiguousarray(model.problem.distances, dtype=np.int32) if prices.distance_m else None,
        technicians=[_technician(worker) for worker in model.workers],
        jobs=[job_of(task, model) for task in model.tasks],
        able=np.ascontiguousarray(model.able.T, dtype=np.uint8),
        dislike=np.ascontiguousarray(model.dislike.T) if prices.not_preferred else None,
        ties=[_tie(tie) for tie in model.ties],
        prices=(
            prices.travel_s,
            prices.distance_m,
            prices.technician_used,
            prices.overtime_s,
            prices.imbalance_s,
        ),
    )


def _technician(worker: Worker) -> tuple[object, ...]:
    return (
        worker.start,
        worker.end,
        worker.begins,
        worker.ends,
        worker.latest,
        worker.capacity,
        worker.speed_class,
        list(worker.breaks),
    )


def job_of(task: Task, model: Model) -> tuple[object, ...]:
    """One of its jobs."""
    return (
        task.place,
        task.service,
        task.setup,
        list(task.openings),
        min(task.due, 2 * model.horizon),
        task.late_price,
        task.skip_price,
        task.mandatory,
        task.position,
        task.load,
    )


def _tie(tie: Tie) -> tuple[object, ...]:
    return TIE_KINDS.index(tie.type), list(tie.tasks), tie.gap
