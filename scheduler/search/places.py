"""The cheapest place for one more job in a plan in the making, every place of every route looked at.

The kernel looks for it. Where there is none, or a job or route waits for others, the places are timed one by one:
the answer is the same.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Window
from scheduler.search import kernel
from scheduler.search.draft import Changes, Draft
from scheduler.search.open_kernel import OpenKernel
from scheduler.search.route import Route

ByTechnician = NDArray[np.int64]


class Place(NamedTuple):
    """`price` is what the job adds to the cost there; its service starts at `start`. Of equal ones, the first is it."""

    price: int
    k: int
    position: int
    start: int


class Places:
    """A draft, and the room in it. What changes the draft's routes goes through `adopt`."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._model = draft.model
        self._kernel = OpenKernel(draft) if kernel.is_built() else None

    def adopt(self, changes: Changes) -> Changes:
        """Takes over the changed routes; returns them as they were."""
        before = self.draft.adopt(changes)
        self._follow(list(changes.values()))
        return before

    def insert(self, j: int, place: Place) -> Changes:
        """Puts unserved job j there; returns the routes as they were."""
        changes = self.draft.trial({place.k: self._with(j, place.k, place.position)})
        assert changes is not None  # a place is proven
        return self.adopt(changes)

    def catch_up(self, before: Sequence[Route]) -> None:
        """For changes that went past `adopt`: `before` are the routes as they were."""
        now = self.draft.routes
        self._follow([route for earlier, route in zip(before, now, strict=True) if route is not earlier])

    def cheapest_by_slot(
        self, j: int, slots: Sequence[Sequence[Window]], surcharge: ByTechnician | None = None
    ) -> list[Place | None]:
        """The cheapest place for unserved job j within the windows of each slot, which are among its own openings.

        `surcharge` comes on top of the price.
        """
        if self._kernel is None or self._model.ties_of[j]:
            return [self._cheapest(j, windows, None, surcharge) for windows in slots]
        found = [place and Place(*place) for place in self._kernel.cheapest(j, slots, surcharge)]
        if not self._kernel.waiting:
            return found
        others = [self._cheapest(j, windows, self._kernel.waiting, surcharge) for windows in slots]
        return [min(filter(None, both), default=None) for both in zip(found, others, strict=True)]

    def exchanges(self, j: int, below: int | None) -> list[int]:
        """The visits in whose place job j may fit, at drives that cost less than `below` more; the cheapest first."""
        if self._kernel is not None:
            found = self._kernel.exchanges(j, below)
        else:
            places = ((k, self.draft.routes[k].order.index(other)) for k, other in self.draft.replaceable(j))
            priced = sorted((self._drives_instead(k, position, j), k, position) for k, position in places)
            found = [one for one in priced if below is None or one[0] < below]
        return [self.draft.routes[k].order[position] for _, k, position in found]

    def _follow(self, routes: list[Route]) -> None:
        if self._kernel is not None:
            self._kernel.follow(routes)

    def _with(self, j: int, k: int, position: int) -> tuple[int, ...]:
        order = self.draft.routes[k].order
        return (*order[:position], j, *order[position:])

    def _cheapest(
        self, j: int, windows: Sequence[Window], technicians: Collection[int] | None, surcharge: ByTechnician | None
    ) -> Place | None:
        """In the routes of these technicians, or of all of them."""
        among = None if technicians is None else sorted(technicians)
        with self._starting_within(j, windows):
            found = (
                (place.price + (0 if surcharge is None else int(surcharge[place.k])), place.k, place.position)
                for place in self.draft.insertions(j, among)
            )
            best = min(found, default=None)
            if best is None:
                return None
            price, k, position = best
            changes = self.draft.trial({k: self._with(j, k, position)})
            assert changes is not None
            return Place(price, k, position, changes[k].starts()[j])

    @contextmanager
    def _starting_within(self, j: int, windows: Sequence[Window]) -> Iterator[None]:
        """Job j with these windows for as long as the block lasts."""
        task = self._model.tasks[j]
        self._model.tasks[j] = replace(task, openings=tuple(windows))
        try:
            yield
        finally:
            self._model.tasks[j] = task

    def _drives_instead(self, k: int, position: int, j: int) -> int:
        """What the drives cost more if k visits j instead of who is at that position now."""
        worker, order = self._model.workers[k], self.draft.routes[k].order
        before = self._model.tasks[order[position - 1]].place if position else worker.start
        after = self._model.tasks[order[position + 1]].place if position + 1 < len(order) else worker.end
        here, there = self._model.tasks[order[position]].place, self._model.tasks[j].place
        rise = self._drive(k, before, there) - self._drive(k, before, here)
        return rise if after is None else rise + self._drive(k, there, after) - self._drive(k, here, after)

    def _drive(self, k: int, before: int, after: int) -> int:
        prices, model = self._model.prices, self._model
        metres = model.distances[before][after] * prices.distance_m
        return model.workers[k].durations[before][after] * prices.travel_s + metres


def common(some: Sequence[Window], others: Sequence[Window]) -> tuple[Window, ...]:
    """Where windows of both kinds overlap, in order and disjoint if `some` are and `others` are."""
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((opens, closes) for opens, closes in both if opens <= closes))
