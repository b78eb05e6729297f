"""Repairing a running day: the event is taken as it is, and the visits it upsets find the places that cost least.

Only visits that are still merely planned and not pinned move, one at a time; each may push out one other,
which then finds a place of its own. A moved promise has its price, so a dearer drive that leaves owners in
peace wins. The answer is a `Difference`, of which a person takes what she likes.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import islice
from typing import NamedTuple

from scheduler.ahead import ahead
from scheduler.difference import Comparison, Difference, Shift, unavoidable
from scheduler.events import Away, Behind, Event, Overrun, Urgent
from scheduler.loosening import loosened
from scheduler.promises import PromiseLedger, PromisePrices
from scheduler.running import RunningDay
from scheduler.search.draft import Changes
from scheduler.search.insertion import insert_what_fits
from scheduler.search.places import Place, Places
from scheduler.search.route import Route
from scheduler.search.ties import companions
from scheduler.stop import Countdown, Stop

EJECTIONS = 4  # visits tried to be pushed out for one that comes in
ROUNDS = 3
DEFAULT_PRICES = PromisePrices()
TOGETHER = Stop(0.5)  # for jobs that start together to find places


def replan(
    day: RunningDay,
    event: Event,
    prices: PromisePrices = DEFAULT_PRICES,
    stop: Stop | None = None,
    seed: int = 1,
) -> Difference:
    """What to do about the event. With `stop`, a search goes on for that long where the repair was made.

    ValueError if the event is about a visit, technician or place that the day hasn't.
    """
    return LiveDay(day, prices).repair(event, stop, seed)


class LiveDay:
    """A running day, read once, that answers at once when something urgent comes in. One thread at a time."""

    def __init__(self, day: RunningDay, prices: PromisePrices = DEFAULT_PRICES) -> None:
        self._day, self._prices = day, prices

    @cached_property
    def _quiet(self) -> "_Repair":
        return _Repair(self._day, None, self._prices)

    def repair(self, event: Event, stop: Stop | None = None, seed: int = 1) -> Difference:
        """As `replan`; the day itself stays as it is."""
        countdown = None if stop is None else Countdown(stop)
        if isinstance(event, Urgent):
            self._day.check(event)
            with self._quiet.joined_by(event):
                return self._quiet.run(event, countdown, seed)
        return _Repair(self._day, event, self._prices).run(event, countdown, seed)


class _Value(NamedTuple):
    """Compared in this order."""

    mandatory_unserved: int
    cost: int


class _Repair:
    def __init__(self, day: RunningDay, event: Event | None, prices: PromisePrices) -> None:
        self._left = ahead(day, event)
        facts = {cut.behind[-1].job for cut in self._left.cuts.values() if cut.behind}
        self._model, self._draft = loosened(self._left.problem, self._left.orders, facts, prices.late_s)
        self._places = Places(self._draft)
        self._ledger = PromiseLedger(day, self._model, prices)
        self._owed = [self._ledger.price(route) for route in self._draft.routes]

    @cached_property
    def _unavoidable(self) -> dict[int, Shift]:
        return unavoidable(self._left.cuts, self._model, self._ledger, self._draft.routes)

    @contextmanager
    def joined_by(self, event: Urgent) -> Iterator[None]:
        with self._model.joined(event.job):
            yield

    def run(self, event: Event, countdown: Countdown | None, seed: int) -> Difference:
        base, shifts = list(self._draft.routes), self._unavoidable
        try:
            self._mend(event)
            if countdown is not None:
                self._search(base, countdown, random.Random(seed))  # noqa: S311 (chance, not secrecy)
            final = list(self._draft.routes)
            return Comparison(self._left.cuts, self._model, self._ledger, base, final, shifts).difference()
        finally:
            self._restore(base)

    def _mend(self, event: Event) -> None:
        number = self._model.number
        if isinstance(event, Urgent):
            self._serve([number[event.job.id]])
        elif isinstance(event, Away):
            self._serve([number[job] for job in self._left.homeless])
        elif isinstance(event, Overrun):
            k = self._draft.technician_of.get(number.get(event.job, -1))
            if k is not None:
                self._relieve(k)
        elif isinstance(event, Behind):
            self._relieve(self._model.technician(event.technician))
        else:
            self._serve(self._draft.urgent_first())

    def _serve(self, jobs: Sequence[int]) -> None:
        """Finds places for the jobs that have none, the most urgent first."""
        for _ in range(ROUNDS):
            waiting = [j for j in self._draft.urgent_first() if j in jobs]
            for j in waiting:
                if j not in self._draft.technician_of:
                    self._serve_one(j)
            if not any(j in self._draft.technician_of for j in waiting):
                return

    def _serve_one(self, j: int) -> None:
        group = companions(self._model, j)
        if len(group) > 1:
            before = list(self._draft.routes)
            insert_what_fits(self._draft, group, Countdown(TOGETHER))
            self._catch_up(before)
            return
        place = self._cheapest(j)
        in_the_way = self._in_the_way(j, None if place is None else place.price)
        self._take_best([partial(self._insert, j, place), *(partial(self._push_out, j, other) for other in in_the_way)])

    def _in_the_way(self, j: int, price: int | None) -> list[int]:
        """The visits most worth pushing out for j, by the drive alone; none that gains nothing over `price`."""
        others = (other for other in self._places.exchanges(j, price) if self._may_move(other))
        return list(islice(others, EJECTIONS))

    def _may_move(self, j: int) -> bool:
        return self._model.job(j).pinned is None and not self._model.ties_of[j]

    def _relieve(self, k: int) -> None:
        """Takes visits from a route that runs late, one at a time, as long as that is worth it."""
        for _ in range(len(self._draft.routes[k].order)):
            movable = [j for j in self._draft.routes[k].order if self._may_move(j)]
            if not self._take_best([partial(self._move, j) for j in movable]):
                return

    def _search(self, base: Sequence[Route], countdown: Countdown, draw: random.Random) -> None:
        """Takes out a few visits around the repair and puts them back where they cost least, if that is better."""
        while not countdown.over():
            touched = [k for k, route in enumerate(self._draft.routes) if route is not base[k]]
            near = [j for k in touched for j in self._draft.routes[k].order if self._may_move(j)]
            waiting = [j for j in self._draft.unserved if self._may_move(j) and self._model.able[:, j].any()]
            pool = near + waiting
            if not pool:
                return
            chosen = draw.sample(pool, min(len(pool), draw.randint(1, 3)))
            self._take_best([partial(self._shuffle, chosen)])

    # Ways to change the plan: each returns whether it could; what it has changed is judged, and kept or not.

    def _insert(self, j: int, place: Place | None) -> bool:
        if place is None:
            return False
        self._adopt(self._places.insert(j, place))
        return True

    def _push_out(self, j: int, other: int) -> bool:
        if not self._take_out([other]) or not self._insert(j, self._cheapest(j)):
            return False
        return self._insert(other, self._cheapest(other)) or not self._model.tasks[other].mandatory

    def _move(self, j: int) -> bool:
        return self._take_out([j]) and self._insert(j, self._cheapest(j))

    def _shuffle(self, jobs: Sequence[int]) -> bool:
        if not self._take_out([j for j in jobs if j in self._draft.technician_of]):
            return False
        found = [self._insert(j, self._cheapest(j)) for j in jobs]
        return all(there or not self._model.tasks[j].mandatory for j, there in zip(jobs, found, strict=True))

    def _cheapest(self, j: int) -> Place | None:
        """The place that costs least, promises included."""
        windows = [(some, cost) for some, cost in self._ledger.windows(j) if some]
        places = self._places.cheapest_by_slot(j, [some for some, _ in windows], self._ledger.surcharge(j))
        found = [
            place._replace(price=place.price + cost) for place, (_, cost) in zip(places, windows, strict=True) if place
        ]
        return min(found, default=None)

    def _take_out(self, jobs: Sequence[int]) -> bool:
        changes = self._draft.without(jobs)
        if changes is None:
            return False
        self._adopt(self._places.adopt(changes))
        return True

    # Keeping the best

    def _take_best(self, ways: Sequence[Callable[[], bool]]) -> bool:
        """Goes the way that leads to the best plan; stays if none is better than the plan as it is."""
        before = list(self._draft.routes)
        best, taken = self._value(), None
        for way in ways:
            if way() and (value := self._value()) < best:
                best, taken = value, list(self._draft.routes)
            self._restore(before)
        if taken is not None:
            self._restore(taken)
        return taken is not None

    def _value(self) -> _Value:
        value = self._draft.value()
        return _Value(value.mandatory_unserved, value.cost + sum(self._owed))

    def _restore(self, routes: Sequence[Route]) -> None:
        changes = {route.k: route for route in routes if self._draft.routes[route.k] is not route}
        if changes:
            self._adopt(self._places.adopt(changes))

    def _adopt(self, before: Changes) -> None:
        for k in before:
            self._owed[k] = self._ledger.price(self._draft.routes[k])

    def _catch_up(self, before: Sequence[Route]) -> None:
        self._places.catch_up(before)
        self._adopt({route.k: route for route in before if self._draft.routes[route.k] is not route})
