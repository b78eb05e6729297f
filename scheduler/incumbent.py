"""The best plan so far, and what has been heard of the searches that may better it."""

import logging
import selectors
from collections.abc import Callable, Sequence

from scheduler.answer import keeps_hard_rules
from scheduler.search.draft import Draft
from scheduler.search.model import Model, Orders
from scheduler.search.wire import Found
from scheduler.search.worker import Worker
from scheduler.stop import Countdown

Progress = Callable[[float, int, int], None]  # seconds since the start, cost, jobs served

POLL_S = 0.03

_log = logging.getLogger(__name__)


class Incumbent:
    """Tells `progress` of the first plan and of each better one. `plans` is how many the searches accepted."""

    def __init__(self, model: Model, first: Draft, countdown: Countdown, progress: Progress | None) -> None:
        self.best = first
        self._model = model
        self._countdown = countdown
        self._progress = progress
        self._plans: dict[int, int] = {}
        self._tell()

    @property
    def plans(self) -> int:
        return sum(self._plans.values())

    def listen(self, workers: Sequence[Worker]) -> None:
        """Takes over better plans until the countdown is over or no search is left."""
        with selectors.DefaultSelector() as selector:
            for worker in workers:
                selector.register(worker.reports, selectors.EVENT_READ, worker)
            running = list(workers)
            while running and not (self._countdown.cancelled or self._countdown.over()):
                for worker in running:
                    worker.feed()
                for key, _ in selector.select(min(POLL_S, max(0.0, self._countdown.left))):
                    self._hear(key.data)
                for worker in [worker for worker in running if not worker.running]:
                    selector.unregister(worker.reports)
                    running.remove(worker)
                    if worker.failure is not None:
                        _log.warning("A search ended early: %s", worker.failure)

    def _hear(self, worker: Worker) -> None:
        found = [report for report in worker.hear() if isinstance(report, Found)]
        if found:  # the last is the best of that search, and the others are out of date
            self._plans[worker.pid] = found[-1].plans
            self._consider(found[-1].orders)

    def _consider(self, orders: Orders) -> None:
        draft = Draft.of(self._model, orders)
        if draft is not None and draft.value() < self.best.value() and keeps_hard_rules(draft):
            self.best = draft
            self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._countdown.elapsed, self.best.value().cost, len(self.best.technician_of))
