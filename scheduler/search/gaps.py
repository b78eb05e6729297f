"""Every place between two stops where one more job may fit, priced for all routes at once.

The test is a sieve, never a verdict: it drops only gaps where the job can't fit (it lets a break wait that
may have to be taken), and what passes is timed exactly by the caller. Cheapest first, one exact timing is
usually all it takes.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Travel
from scheduler.search.model import Model
from scheduler.search.route import Route

Table = NDArray[np.int64]
NEVER = np.int64(2**62)


class Gap(NamedTuple):
    """Between the stops at `position - 1` and `position` of technician k's route.

    `price` is what the job adds here before lateness, overtime and imbalance.
    """

    price: int
    k: int
    position: int


class Gaps:
    """One row a technician, one column a gap, padded to the longest route with gaps where nothing fits."""

    _from: Table  # the place before the gap
    _to: Table  # the place after it
    _ready: Table  # the earliest end of service before it
    _setup: Table  # what setting up after it takes
    _limit: Table  # the last second to be ready for service after it

    def __init__(self, model: Model) -> None:
        self._model = model
        workers = model.workers
        nowhere = len(model.problem.locations)  # where an open route ends: no drive leads there
        self._nowhere = nowhere
        self._travel = np.stack([_with_nowhere(matrix) for matrix in model.travel])
        self._metres = _with_nowhere(model.problem.distances) if model.prices.distance_m else None
        self._speed = np.array([worker.speed_class for worker in workers], dtype=np.int64)
        self._room = np.array([_room(worker.capacity) for worker in workers], dtype=np.int64)
        self._load = np.zeros(len(workers), dtype=np.int64)
        self._empty = np.ones(len(workers), dtype=np.bool_)
        self._widen(8)

    def update(self, route: Route) -> None:
        """Call for each route that has changed."""
        model, k, order = self._model, route.k, route.order
        worker, count = model.workers[k], len(route.order) + 1
        while count > self._from.shape[1]:
            self._widen(2 * self._from.shape[1])
        places = [worker.start, *(model.tasks[j].place for j in order)]
        end = self._nowhere if worker.end is None else worker.end
        self._from[k, :count] = places
        self._to[k, :count] = [*places[1:], end]
        self._ready[k, :count] = [min(label.time for label in labels) for labels in route.labels]
        self._setup[k, :count] = [*(model.tasks[j].setup for j in order), 0]
        self._limit[k, :count] = self._limits(route)
        self._limit[k, count:] = -1
        self._limit[k, : route.pinned_until] = -1
        self._load[k] = route.load
        self._empty[k] = not order

    def fitting(self, j: int, technicians: Sequence[int] | None = None) -> Iterator[Gap]:
        """The gaps where job j may fit, in all routes or in those of `technicians`, cheapest first."""
        model, task = self._model, self._model.tasks[j]
        among = np.arange(len(model.workers)) if technicians is None else np.array(technicians, dtype=np.int64)
        k = among[model.able[among, j] & (self._load[among] + task.load <= self._room[among])]
        row, position = np.nonzero(self._sieve(j, k, 0))
        if task.position is not None:
            row, position = row[position == task.position], position[position == task.position]
        if row.size:
            price = self._prices(j, k[row], position)
            for index in np.argsort(price, kind="stable"):  # seldom run to its end
                yield Gap(int(price[index]), int(k[row[index]]), int(position[index]))

    def replacing(self, j: int) -> list[tuple[int, int]]:
        """(technician, position) of the stops in whose place job j may fit, were they taken out."""
        k = np.nonzero(self._model.able[:, j])[0]
        row, position = np.nonzero(self._sieve(j, k, 1))
        return list(zip(k[row].tolist(), position.tolist(), strict=True))

    def _sieve(self, j: int, k: Table, skip: int) -> NDArray[np.bool_]:
        """By technician of `k` and gap: may j fit between its stop before and, `skip` stops left out, after?"""
        task, width = self._model.tasks[j], self._from.shape[1] - skip
        from_, to, speed = self._from[k, :width], self._to[k, skip:], self._speed[k][:, None]
        ready = self._ready[k, :width] + self._travel[:, :, task.place][speed, from_]
        ready += np.where(from_ == task.place, 0, task.setup)
        start = np.full(ready.shape, NEVER)
        for opens, closes in reversed(task.openings):
            start = np.where(ready <= closes, np.maximum(ready, opens), start)
        onward = self._travel[:, task.place, :][speed, to] + np.where(to == task.place, 0, self._setup[k, skip:])
        return start + task.service + onward <= self._limit[k, skip:]

    def _prices(self, j: int, k: Table, position: Table) -> Table:
        model, prices, place = self._model, self._model.prices, self._model.tasks[j].place
        from_, to, unused = self._from[k, position], self._to[k, position], self._empty[k]
        speed = self._speed[k]
        drive = self._travel[speed, from_, place] + self._travel[speed, place, to]
        drive -= np.where(unused, 0, self._travel[speed, from_, to])
        price: Table = drive.astype(np.int64) * prices.travel_s + model.dislike[k, j]
        price += np.where(unused, prices.technician_used, 0)
        if self._metres is not None:
            metres = self._metres[from_, place] + self._metres[place, to]
            metres -= np.where(unused, 0, self._metres[from_, to])
            price += metres.astype(np.int64) * prices.distance_m
        return price

    def _limits(self, route: Route) -> list[int]:
        """By gap, the last second to be ready for the stop after it with the rest of the route in time."""
        worker, tasks = self._model.workers[route.k], self._model.tasks
        limits, place, setup = [worker.latest], worker.end, 0
        for j in reversed(route.order):
            task = tasks[j]
            drive = 0 if place is None else worker.durations[task.place][place]
            if place != task.place:
                drive += setup
            limit, latest = limits[-1] - drive - task.service, -1
            for opens, closes in task.openings:
                if opens <= limit:
                    latest = min(closes, limit)
            limits.append(latest)
            place, setup = task.place, task.setup
        limits.reverse()
        return limits

    def _widen(self, width: int) -> None:
        for name in ("_from", "_to", "_ready", "_setup", "_limit"):
            wide = np.full((len(self._model.workers), width), -1 if name == "_limit" else 0, dtype=np.int64)
            narrow = getattr(self, name, None)
            if narrow is not None:
                wide[:, : narrow.shape[1]] = narrow
            setattr(self, name, wide)


def _with_nowhere(matrix: Travel) -> Travel:
    return np.pad(matrix, ((0, 1), (0, 1)))


def _room(capacity: int | None) -> int:
    return int(NEVER) if capacity is None else capacity
