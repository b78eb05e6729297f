"""One technician's route with its exact timing, and the exact price of one more job in it."""

from collections.abc import Mapping, Sequence

from scheduler.search.model import Model, Order
from scheduler.search.times import (
    Labels,
    Timetable,
    cheapest,
    come_back,
    end_price,
    leave,
    retrace,
    serve,
)

NO_WAIT: Mapping[int, int] = {}


class Route:
    """Never changes once it is made. `labels[i]` holds the ways to have served the first i jobs.

    `price` is all it adds to a plan's cost except imbalance, for which `worked` (seconds) is kept.
    `resting[i]`, where given, says exactly which breaks (bits) fall before the i-th stop.
    """

    __slots__ = ("_back", "_model", "arcs_price", "k", "labels", "load", "order", "pinned_until", "worked")

    def __init__(self, model: Model, k: int, order: Order, labels: list[Labels], back: Labels) -> None:
        self._model = model
        self._back = cheapest(model, k, back) if back else None
        self.k = k
        self.order = order
        self.labels = labels
        self.load = sum(model.tasks[j].load for j in order)
        self.pinned_until = max(
            (place + 1 for place, j in enumerate(order) if model.tasks[j].position is not None), default=0
        )
        self.arcs_price, self.worked = self._price_arcs()

    @classmethod
    def idle(cls, model: Model, k: int) -> "Route":
        """The route of a technician with no jobs: it has no times and costs nothing."""
        return cls(model, k, (), [leave(model.workers[k])], [])

    @classmethod
    def make(
        cls,
        model: Model,
        k: int,
        order: Order,
        release: Mapping[int, int] = NO_WAIT,
        resting: Sequence[int] | None = None,
    ) -> "Route | None":
        """None if no times exist at which k can serve the jobs in that order."""
        if not order:
            return cls.idle(model, k)
        worker = model.workers[k]
        labels, place = [leave(worker)], worker.start
        for index, j in enumerate(order):
            task = model.tasks[j]
            rests = None if resting is None else resting[index]
            reached = serve(worker, labels[-1], place, task, release.get(j, 0), rests)
            if not reached:
                return None
            labels.append(reached)
            place = task.place
        back = come_back(worker, labels[-1], place, None if resting is None else resting[-1])
        return cls(model, k, order, labels, back) if back else None

    @property
    def price(self) -> int:
        return self.arcs_price + (0 if self._back is None else end_price(self._model, self.k, self._back))

    @property
    def timetable(self) -> Timetable:
        """ValueError for a route without jobs, which has no times."""
        if self._back is None:
            raise ValueError("a technician with no jobs has no timetable")
        return retrace(self._model, self.k, self.order, self._back)

    def starts(self) -> dict[int, int]:
        """When each job's service starts."""
        starts, label = {}, self._back
        for j in reversed(self.order):
            label = None if label is None else label.before
            if label is not None:
                starts[j] = label.time - self._model.tasks[j].service
        return starts

    def late_price_with(self, j: int, position: int) -> int | None:
        """What more lateness and overtime cost with job j at that position; None if it doesn't fit in time.

        For jobs that wait for no job elsewhere, in routes of such jobs.
        """
        worker, tasks = self._model.workers[self.k], self._model.tasks
        place = tasks[self.order[position - 1]].place if position else worker.start
        labels = serve(worker, self.labels[position], place, tasks[j], 0)
        place = tasks[j].place
        for index in range(position, len(self.order)):
            if not labels:
                return None
            task = tasks[self.order[index]]
            labels = serve(worker, labels, place, task, 0)
            place = task.place
            if _same(labels, self.labels[index + 1]):
                return 0  # from here on, nothing changes
        back = come_back(worker, labels, place) if labels else []
        if not back:
            return None
        before = 0 if self._back is None else end_price(self._model, self.k, self._back)
        return end_price(self._model, self.k, cheapest(self._model, self.k, back)) - before

    def worked_with(self, j: int, position: int) -> int:
        """The seconds worked with job j at that position."""
        worker, tasks, order = self._model.workers[self.k], self._model.tasks, self.order
        task, place = tasks[j], tasks[order[position - 1]].place if position else worker.start
        worked = self.worked + task.service + worker.durations[place][task.place]
        worked += 0 if place == task.place else task.setup
        if position < len(order):
            after = tasks[order[position]]
            worked += worker.durations[task.place][after.place] - worker.durations[place][after.place]
            worked += after.setup * ((task.place != after.place) - (place != after.place))
        elif worker.end is not None:
            back = 0 if not order else worker.durations[place][worker.end]
            worked += worker.durations[task.place][worker.end] - back
        return worked

    def _price_arcs(self) -> tuple[int, int]:
        """The price of driving, of using the technician and of unfamiliar faces; and the seconds worked."""
        if not self.order:
            return 0, 0
        model, worker = self._model, self._model.workers[self.k]
        place, drive, metres, worked, dislike = worker.start, 0, 0, 0, 0
        for j in self.order:
            task = model.tasks[j]
            drive += worker.durations[place][task.place]
            metres += model.distances[place][task.place]
            worked += task.service + (0 if place == task.place else task.setup)
            dislike += int(model.dislike[self.k, j])
            place = task.place
        if worker.end is not None:
            drive += worker.durations[place][worker.end]
            metres += model.distances[place][worker.end]
        prices = model.prices
        price = drive * prices.travel_s + metres * prices.distance_m + prices.technician_used + dislike
        return price, worked + drive


def _same(labels: Labels, others: Labels) -> bool:
    return len(labels) == len(others) and all(
        one.time == other.time and one.taken == other.taken and one.late_cost == other.late_cost
        for one, other in zip(labels, others, strict=True)
    )
