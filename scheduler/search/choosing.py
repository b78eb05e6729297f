"""When the choice among collected routes is made: a few times late in a search, beside it, on a thread of its own."""

import threading
from typing import NamedTuple, Protocol

from scheduler.search.model import Model, Order, Orders
from scheduler.stop import Countdown

MOST_JOBS = 500  # above, there are always too many routes
MOST_COLUMNS = 2_000  # with more it never found anything in the time there is (docs/decisions/0028)
AT = (0.3, 0.5, 0.7, 0.85, 0.93)  # of the time
SHARE = 0.06  # of the time each
MOST_S = 0.25  # each: what is not found by then is not found in seconds either, and a cancelled search waits for it
LEAST_S = 1.5  # of a search that is worth it: OR-Tools alone takes half a second to import
LEFT_OUT = 4  # times the dearest route is what leaving out a job costs that must be served


class Column(NamedTuple):
    """A route: what kind of technician may drive it, what it costs, its jobs in their order."""

    kind: int
    price: int
    jobs: Order


class Collecting(Protocol):
    """A search that collects routes, and takes over a plan that it is offered if it is valid and better."""

    kinds: list[int]  # by technician

    def pool(self) -> list[Column]: ...

    def offer(self, orders: Orders) -> None: ...


class Choosing:
    def __init__(self, model: Model, search: Collecting, countdown: Countdown) -> None:
        self._model = model
        self._search = search
        self._countdown = countdown
        worth_it = len(model.tasks) <= MOST_JOBS and not model.prices.imbalance_s and countdown.left > LEAST_S
        self._turns = list(AT) if worth_it else []
        self._seconds = min(MOST_S, SHARE * countdown.left)
        self._thread: threading.Thread | None = None

    def perhaps(self, progress: float, best: Orders) -> None:
        """Begins a choice if it is time for one and none is under way. `progress` runs from 0 to 1."""
        if not self._turns or progress < self._turns[0] or (self._thread is not None and self._thread.is_alive()):
            return
        while self._turns and self._turns[0] <= progress:
            self._turns.pop(0)
        self._thread = threading.Thread(target=self._choose, args=(best,))
        self._thread.start()

    def end(self) -> None:
        """Waits for a choice that is under way: native code must not outlive the interpreter."""
        if self._thread is not None:
            self._thread.join()

    def _choose(self, best: Orders) -> None:
        columns = self._search.pool()
        if not 0 < len(columns) <= MOST_COLUMNS:
            return
        from scheduler.search.choice import choose  # to import OR-Tools takes half a second of the search's cores

        left_out = LEFT_OUT * max(column.price for column in columns)
        penalties = [left_out if task.mandatory else task.skip_price for task in self._model.tasks]
        countdown = self._countdown.within(self._seconds)
        plan = choose(columns, self._search.kinds, penalties, best, countdown)
        if plan is not None:
            self._search.offer(plan)
