"""The plan in the making as the kernel has it, which looks through all its routes at once in some microseconds."""

from collections.abc import Collection, Iterable, Sequence
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Window
from scheduler.search.draft import Draft
from scheduler.search.kernel import day_of, job_of
from scheduler.search.model import Task
from scheduler.search.route import Route


class OpenKernel:
    """The draft's routes, told again by `follow` where they change; jobs that join are told when they are needed."""

    def __init__(self, draft: Draft) -> None:
        self._model = draft.model
        self._day = import_module("scheduler.native._kernel").OpenDay(day_of(draft.model))
        self._told: dict[int, Task] = dict(enumerate(draft.model.tasks))
        self._waiting: set[int] = set()
        self.follow(route for route in draft.routes if route.order)

    @property
    def waiting(self) -> Collection[int]:
        """The technicians whose times depend on others': `cheapest` leaves them out."""
        return self._waiting

    def follow(self, routes: Iterable[Route]) -> None:
        for route in routes:
            for j in route.order:  # hardly ever one that joined since
                if self._told.get(j) is not self._model.tasks[j]:
                    self._tell(j)
            self._day.assign(route.k, route.order)
            if any(self._model.timed[j] for j in route.order):
                self._waiting.add(route.k)
            else:
                self._waiting.discard(route.k)

    def cheapest(
        self, j: int, slots: Sequence[Sequence[Window]], surcharge: NDArray[np.int64] | None
    ) -> list[tuple[int, int, int, int] | None]:
        """(price, technician, position, start) by slot, for a job tied to no other; as in `Places`."""
        self._tell(j)
        found: list[tuple[int, int, int, int] | None] = self._day.cheapest(j, slots, surcharge)
        return found

    def exchanges(self, j: int, below: int | None) -> list[tuple[int, int, int]]:
        """(what the drives cost more, technician, position), the cheapest first; as in `Places`."""
        self._tell(j)
        found: list[tuple[int, int, int]] = self._day.exchanges(j, below)
        return found

    def _tell(self, j: int) -> None:
        for earlier in range(len(self._told), j):  # the kernel takes new jobs in turn
            self._tell(earlier)
        model, task = self._model, self._model.tasks[j]
        if self._told.get(j) is not task:
            able = np.ascontiguousarray(model.able[:, j], dtype=np.uint8)
            dislike = np.ascontiguousarray(model.dislike[:, j]) if model.prices.not_preferred else None
            self._day.describe(j, job_of(task, model), able, dislike)
            self._told[j] = task
