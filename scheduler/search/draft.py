"""A plan in the making: every route exactly timed, and the one door through which jobs enter and leave."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from scheduler.search.coupling import settle
from scheduler.search.gaps import Gaps
from scheduler.search.model import Model, Order, Orders
from scheduler.search.route import Route
from scheduler.search.ties import may_come

Changes = dict[int, Route]  # by technician


class Insertion(NamedTuple):
    """Job j at a place where it fits; the whole plan's cost but for unserved jobs rises by `price`."""

    price: int
    j: int
    k: int
    position: int


class Value(NamedTuple):
    """Compared in this order: no price makes up for a job that must be served."""

    mandatory_unserved: int
    cost: int


class Draft:
    """Begins with every job unserved. All rules hold at all times, except that jobs are still to come."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.routes = [Route.idle(model, k) for k in range(len(model.workers))]
        self.technician_of: dict[int, int] = {}
        self._gaps = Gaps(model)
        for route in self.routes:
            self._gaps.update(route)
        self._mandatory_unserved = sum(task.mandatory for task in model.tasks)
        self._cost = sum(task.skip_price for task in model.tasks)
        late = any(task.late_price for task in model.tasks)
        self._gap_price_is_all = not (late or model.prices.overtime_s or model.prices.imbalance_s)

    @classmethod
    def of(cls, model: Model, orders: Orders) -> "Draft | None":
        """The plan with these orders, if there are times for them; what else they break isn't looked at."""
        draft = cls(model)
        changes = draft.trial({k: order for k, order in enumerate(orders) if order})
        if changes is None:
            return None
        draft.adopt(changes)
        return draft

    @property
    def orders(self) -> Orders:
        return tuple(route.order for route in self.routes)

    @property
    def unserved(self) -> list[int]:
        return [task.index for task in self.model.tasks if task.index not in self.technician_of]

    def urgent_first(self) -> list[int]:
        """The unserved jobs: those that must be served, then the dearest to leave out."""
        tasks = self.model.tasks
        return sorted(self.unserved, key=lambda j: (not tasks[j].mandatory, -tasks[j].skip_price))

    def value(self) -> Value:
        return Value(self._mandatory_unserved, self._cost + self._imbalance_price({}))

    def insertions(
        self, j: int, technicians: Sequence[int] | None = None, coming: Collection[int] = ()
    ) -> Iterator[Insertion]:
        """Every place where unserved job j fits, those first that are cheap by driving alone.

        `technicians` limits whose routes are tried; `coming` is as in `may_come`.
        """
        for gap in self._gaps.fitting(j, technicians):
            order = self.routes[gap.k].order
            if may_come(self.model, self.technician_of, order, j, gap.k, gap.position, coming):
                rise = self._rise(j, gap.k, gap.position, gap.price)
                if rise is not None:
                    yield Insertion(rise, j, gap.k, gap.position)

    def best_insertion(self, j: int, technicians: Sequence[int] | None = None) -> Insertion | None:
        """The cheapest place where unserved job j fits, every one tried; None if it fits nowhere."""
        found = self.insertions(j, technicians)
        if self._gap_price_is_all and not self.model.timed[j]:
            return next(found, None)
        return min(found, default=None, key=lambda insertion: insertion.price)

    def replaceable(self, j: int) -> list[tuple[int, int]]:
        """(technician, job) of the jobs in whose place j may fit in time, cheapest to leave out first."""
        found = [(k, self.routes[k].order[place]) for k, place in self._gaps.replacing(j)]
        tasks = self.model.tasks
        return sorted(found, key=lambda pair: (tasks[pair[1]].mandatory, tasks[pair[1]].skip_price))

    def insert(self, insertion: Insertion) -> Changes:
        """Puts the job there; returns the routes as they were, for `adopt` to take it back."""
        changes = self.trial({insertion.k: self._with(insertion.j, insertion.k, insertion.position)})
        if changes is None:
            raise ValueError(f"job {insertion.j} no longer fits: the plan has changed since it was priced")
        return self.adopt(changes)

    def trial(self, orders: Mapping[int, Order]) -> Changes | None:
        """The routes as they would be with these orders, those that wait for them included; or None."""
        changes: Changes = {}
        waiting: dict[int, Order] = {}
        for k, order in self._waiting_for_each_other(orders).items():
            if any(self.model.timed[j] for j in order):
                waiting[k] = order
                continue
            route = Route.make(self.model, k, order)
            if route is None:
                return None
            changes[k] = route
        settled = settle(self.model, waiting)
        return None if settled is None else changes | settled

    def without(self, jobs: Collection[int]) -> Changes | None:
        """The routes with these jobs taken out; None if what is left can't stay in place and time."""
        tasks = self.model.tasks
        orders = {}
        for k in {self.technician_of[j] for j in jobs}:
            orders[k] = tuple(j for j in self.routes[k].order if j not in jobs)
            if any(tasks[j].position not in (None, place) for place, j in enumerate(orders[k])):
                return None
        return self.trial(orders)

    def adopt(self, changes: Changes) -> Changes:
        """Takes over the changed routes; returns them as they were."""
        before = {k: self.routes[k] for k in changes}
        for route in before.values():
            for j in route.order:
                del self.technician_of[j]
            self._count(route, -1)
        for k, route in changes.items():
            self.routes[k] = route
            self.technician_of.update(dict.fromkeys(route.order, k))
            self._gaps.update(route)
            self._count(route, 1)
        return before

    @contextmanager
    def trying(self, changes: Changes) -> Iterator[None]:
        """The draft with the changes, for as long as the block lasts."""
        before = self.adopt(changes)
        try:
            yield
        finally:
            self.adopt(before)

    def _count(self, route: Route, sign: int) -> None:
        tasks = [self.model.tasks[j] for j in route.order]
        self._mandatory_unserved -= sign * sum(task.mandatory for task in tasks)
        self._cost += sign * (route.price - sum(task.skip_price for task in tasks))

    def _with(self, j: int, k: int, position: int) -> Order:
        order = self.routes[k].order
        return (*order[:position], j, *order[position:])

    def _rise(self, j: int, k: int, position: int, gap_price: int) -> int | None:
        timed, route = self.model.timed, self.routes[k]
        if not timed[j] and not any(timed[other] for other in route.order):
            late = route.late_price_with(j, position)
            if late is None or not self.model.prices.imbalance_s:
                return None if late is None else gap_price + late
            worked = {k: route.worked_with(j, position)}
            return gap_price + late + self._imbalance_price(worked) - self._imbalance_price({})
        changes = self.trial({k: self._with(j, k, position)})
        if changes is None:
            return None
        rise = sum(changed.price - self.routes[changed.k].price for changed in changes.values())
        worked = {changed.k: changed.worked for changed in changes.values()}
        return rise + self._imbalance_price(worked) - self._imbalance_price({})

    def _imbalance_price(self, changed: Mapping[int, int]) -> int:
        """With the seconds worked by the technicians in `changed` instead of what they work now."""
        if not self.model.prices.imbalance_s:
            return 0
        worked = {route.k: route.worked for route in self.routes if route.order}
        worked.update(changed)
        return (max(worked.values()) - min(worked.values())) * self.model.prices.imbalance_s if worked else 0

    def _waiting_for_each_other(self, orders: Mapping[int, Order]) -> dict[int, Order]:
        """These orders and those of the routes they wait for, directly or through others."""
        found, pending = dict(orders), list(orders)
        while pending:
            for j in found[pending.pop()]:
                if not self.model.timed[j]:
                    continue
                for tie in self.model.ties_of[j]:
                    others = {self.technician_of[i] for i in tie.tasks if tie.timed and i in self.technician_of}
                    for k in others - found.keys():
                        found[k] = self.routes[k].order
                        pending.append(k)
        return found
