"""What a moved promise costs: an owner who was told who comes, and when, is told something else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from scheduler.problem import Job, Window
from scheduler.running import RunningDay
from scheduler.search.open_model import OpenModel
from scheduler.search.places import ByTechnician, common
from scheduler.search.route import Route

Kept = Literal["kept", "moved", "broken"]


@dataclass(frozen=True, slots=True)
class PromisePrices:
    """In the unit of the objective, with driving at 1 a second's drive.

    `moved` another technician comes, or in another of the owner's windows: about a call and some goodwill.
    `broken` the visit starts after the last window or isn't made at all. `late_s` for each second after it.
    """

    moved: int = 900
    broken: int = 3_600
    late_s: int = 2


class Promise(NamedTuple):
    technician: str
    start: int
    window: Window | None  # None where the owner named no time


def promises(day: RunningDay) -> dict[str, Promise]:
    """What the running plan has told each owner, by job id."""
    jobs = {job.id: job for job in day.problem.jobs}
    return {
        stop.job: Promise(route.technician, stop.start, _window_of(jobs[stop.job], stop.start))
        for route in day.plan.routes
        for stop in route.stops
    }


def _window_of(job: Job, start: int) -> Window | None:
    return min(job.windows, key=lambda window: max(window[0] - start, start - window[1], 0), default=None)


def kept(promise: Promise, job: Job, technician: str, start: int) -> Kept:
    """How a visit by that technician at that second keeps the promise; `job` as it was when it was made."""
    if job.windows and not any(opens <= start <= closes for opens, closes in job.windows):
        return "broken"
    same_window = promise.window is None or promise.window[0] <= start <= promise.window[1]
    return "kept" if technician == promise.technician and same_window else "moved"


class PromiseLedger:
    """What all promises cost together, route by route; a promised visit that isn't made counts as broken."""

    def __init__(self, day: RunningDay, model: OpenModel, prices: PromisePrices) -> None:
        self._model, self._prices = model, prices
        self._names = [technician.id for technician in model.problem.technicians]
        self._jobs = {job.id: job for job in day.problem.jobs}
        given = promises(day)
        self.promised: Mapping[int, Promise] = {j: given[name] for name, j in model.number.items() if name in given}

    def price(self, route: Route) -> int:
        """What its visits cost, less what they would cost if they weren't made."""
        prices: dict[Kept, int] = {"kept": 0, "moved": self._prices.moved, "broken": self._prices.broken}
        promised = [j for j in route.order if j in self.promised]
        if not promised:
            return 0
        starts, name = route.starts(), self._names[route.k]
        return sum(prices[self.kept(j, name, starts[j])] - self._prices.broken for j in promised)

    def kept(self, j: int, technician: str, start: int) -> Kept:
        """How a visit by that technician at that second keeps the promise that was given for job j."""
        return kept(self.promised[j], self._jobs[self._model.job(j).id], technician, start)

    def windows(self, j: int) -> list[tuple[tuple[Window, ...], int]]:
        """Windows in which job j may start, from those promised to any, each with what starting there costs."""
        promise, openings = self.promised.get(j), self._model.tasks[j].openings
        if promise is None or promise.window is None:
            return [(openings, 0)]
        named = self._jobs[self._model.job(j).id].windows
        return [
            (common(openings, (promise.window,)), 0),
            (common(openings, named), self._prices.moved),
            (openings, self._prices.broken),
        ]

    def surcharge(self, j: int) -> ByTechnician | None:
        """What it costs that she comes instead of whom the owner expects."""
        promise = self.promised.get(j)
        if promise is None:
            return None
        surcharge = np.full(len(self._names), self._prices.moved, dtype=np.int64)
        surcharge[self._model.technician(promise.technician)] = 0
        return surcharge
