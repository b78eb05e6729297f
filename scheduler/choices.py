"""What one visit's move would cost, by technician, and what it would break: what a person asks while dragging it.

A visit that is moved goes between others, who keep their order and never come sooner than their owners were told.
What has happened stays, and what is late already may be late, but no later. Every answer is a plan, judged by
`check` against the same plan without the visit: only what the move itself breaks counts against it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from msgspec.structs import replace

from scheduler.ahead import ahead
from scheduler.answer import answer
from scheduler.check import check
from scheduler.excerpt import excerpt
from scheduler.limits import MAX_SECONDS
from scheduler.loosening import loosened
from scheduler.problem import Job, Pin, Problem
from scheduler.promises import Kept, PromiseLedger, PromisePrices
from scheduler.running import RunningDay
from scheduler.search.open_model import changed
from scheduler.search.places import Places
from scheduler.search.route import Route
from scheduler.solution import RouteResult, Solution, SolverRun, StopResult, Violation

WHO = frozenset({"skills", "certificates", "allowed", "capacity"})
"""The rules that ask who comes, whatever the time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The cheapest place with this technician: `position` counts the visits still to come before it.

    `price` is what the whole day costs more than now, moved promises included, in seconds of driving. `promise` is how
    the visit's own owner's is kept; `at_risk` are the jobs whose owners' are kept less well than now. Without an
    allowed place, `violations` are what the place with the shortest detour would break.
    """

    technician: str
    position: int
    start: int | None
    price: int | None
    promise: Kept | None
    at_risk: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def allowed(self) -> bool:
        return not self.violations


@dataclass(frozen=True, slots=True)
class Put:
    """A technician's day from now on, `route`, after a move, and what that breaks."""

    route: RouteResult
    violations: tuple[Violation, ...]


class Choices:
    """A day, read once, without relations between its jobs. One thread at a time."""

    def __init__(self, day: RunningDay, prices: PromisePrices | None = None) -> None:
        self._prices = prices or PromisePrices()
        self._left = ahead(day)
        self._facts = {cut.behind[-1].job for cut in self._left.cuts.values() if cut.behind}
        self._starts = {stop.job: stop.start for route in day.plan.routes for stop in route.stops}
        self._jobs = {job.id: job for job in self._left.problem.jobs}
        told = changed(self._left.problem, jobs=tuple(map(self._as_told, self._left.problem.jobs)))
        self._told = {job.id: job for job in told.jobs}
        self._model, self._draft = loosened(told, self._left.orders, self._facts, self._prices.late_s)
        self._places = Places(self._draft)
        self._ledger = PromiseLedger(day, self._model, self._prices)
        self._known: dict[tuple[str, tuple[str, ...]], Mapping[tuple[str, str | None], int]] = {}

    def expected(self) -> dict[str, StopResult]:
        """When each visit still to come will be, after all that has happened; by job."""
        routes = answer(self._draft, (), SolverRun()).routes
        return {stop.job: stop for route in routes for stop in route.stops if stop.job not in self._facts}

    def expected_at(self, technician: str) -> tuple[str, ...]:
        """The jobs of the technician's visits still to come, in their order."""
        return tuple(job for job in self._left.orders[technician] if job not in self._facts)

    def of(self, job: str) -> list[Choice]:
        """One for each technician on duty. ValueError for a job that the day hasn't, or whose visit can't move."""
        asked = self._movable(job)
        j, technicians = self._model.number[job], self._model.problem.technicians
        able = self._model.able[:, j].tolist()
        with self._taken_out(j) as saved:
            return [
                self._choice(asked, k, saved) if able[k] else self._refused(asked, technicians[k].id)
                for k in range(len(technicians))
            ]

    def put(self, job: str, technician: str, position: int | None = None, start: int | None = None) -> Put:
        """The job before the visit at `position`, or at the second `start`; judged, not chosen.

        Where rules can't be kept, the times give way no further than they must, and `violations` says so.
        ValueError as in `of`, or if there is no such technician.
        """
        asked = self._movable(job)
        coming = [other for other in self._coming(technician) if other != job]
        if start is not None:
            asked = replace(asked, pinned=Pin(technician, start))
            position = sum(self._starts[other] < start for other in coming)
        position = len(coming) if position is None else min(position, len(coming))
        return self._judged(asked, technician, [*coming[:position], job, *coming[position:]])

    def without(self, job: str) -> RouteResult | None:
        """The day of the technician who has the job, without it; None if nobody has it."""
        found = [name for name, order in self._left.orders.items() if job in order]
        if not found:
            return None
        coming = [other for other in self._coming(found[0]) if other != job]
        rest = [self._told[other] for other in self._led(found[0], coming)]
        return self._from_now_on(self._timed(found[0], coming, rest))

    def _movable(self, name: str) -> Job:
        job = self._jobs.get(name)
        if job is None or name in self._facts:
            raise ValueError(f"{name} has no visit to move")
        if job.pinned is not None:
            raise ValueError(f"the visit to {name} is locked")
        return job

    def _coming(self, technician: str) -> tuple[str, ...]:
        if technician not in self._left.orders:
            raise ValueError(f"there is no technician {technician} today")
        return self.expected_at(technician)

    def _led(self, technician: str, coming: Iterable[str]) -> list[str]:
        """With the visit that is behind and shows where she is."""
        return [*(job for job in self._left.orders[technician] if job in self._facts), *coming]

    def _as_told(self, job: Job) -> Job:
        """Not to start sooner than its owner expects it."""
        told = self._starts.get(job.id)
        if told is None or job.pinned is not None:
            return job
        windows = job.windows or ((0, MAX_SECONDS),)
        later = tuple((max(opens, told), closes) for opens, closes in windows if closes >= told)
        return replace(job, windows=later or ((told, told),))

    @contextmanager
    def _taken_out(self, j: int) -> Iterator[int]:
        """The day without job j's visit, and what that costs more; less than 0 is what is saved."""
        if j not in self._draft.technician_of:
            yield 0
            return
        changes = self._draft.without([j])
        assert changes is not None  # without relations and pinned places, any visit can go
        price = sum(self._price(route) - self._price(self._draft.routes[k]) for k, route in changes.items())
        before = self._places.adopt(changes)
        try:
            yield price
        finally:
            self._places.adopt(before)

    def _price(self, route: Route) -> int:
        return route.price + self._ledger.price(route)

    def _choice(self, job: Job, k: int, saved: int) -> Choice:
        name, base = self._model.problem.technicians[k].id, self._draft.routes[k]
        with self._model.joined(replace(job, technicians=(name,))) as j:
            windows = [(some, cost) for some, cost in self._ledger.windows(j) if some]
            places = self._places.cheapest_by_slot(j, [some for some, _ in windows])
            found = [
                place._replace(price=place.price + cost)
                for place, (_, cost) in zip(places, windows, strict=True)
                if place
            ]
            if not found:
                return self._refused(job, name)
            place = min(found)
            order = (*base.order[: place.position], j, *base.order[place.position :])
            route = Route.make(self._model, k, order)
            assert route is not None  # a place is proven
            starts, before = route.starts(), base.starts()
            promised = j in self._ledger.promised
            return Choice(
                technician=name,
                position=place.position - (len(self._led(name, ()))),
                start=starts[j],
                price=saved + self._price(route) - self._price(base),
                promise=self._ledger.kept(j, name, starts[j]) if promised else None,
                at_risk=tuple(
                    self._model.job(other).id
                    for other, start in starts.items()
                    if other in before
                    and other in self._ledger.promised
                    and self._ledger.kept(other, name, start) != self._ledger.kept(other, name, before[other])
                ),
                violations=(),
            )

    def _refused(self, job: Job, technician: str) -> Choice:
        alone = excerpt(self._left.problem, technician, [job])
        visit = StopResult(job=job.id, arrival=0, start=0, end=job.service)
        route = RouteResult(technician=technician, stops=(visit,), leaves=0, returns=job.service)
        found = check(alone, Solution(format="doorstep.solution/1", routes=(route,))).violations
        coming = [other for other in self._coming(technician) if other != job.id]
        position = self._shortest_detour(job, technician, coming)
        why = tuple(violation for violation in found if violation.rule in WHO)
        if not why:
            order = [*coming[:position], job.id, *coming[position:]]
            why = self._judged(job, technician, order).violations
        return Choice(technician, position, None, None, None, (), why)

    def _shortest_detour(self, job: Job, technician: str, coming: Sequence[str]) -> int:
        (who,) = (one for one in self._left.problem.technicians if one.id == technician)
        ends = [job.location if who.end is None else who.end]
        stops = [who.start, *(self._jobs[other].location for other in coming), *ends]
        drive, here = self._left.problem.durations, job.location
        return min(
            range(len(coming) + 1),
            key=lambda at: (
                int(drive[stops[at], here]) + int(drive[here, stops[at + 1]]) - int(drive[stops[at], stops[at + 1]])
            ),
        )

    def _judged(self, job: Job, technician: str, coming: Sequence[str]) -> Put:
        others = [other for other in coming if other != job.id]
        names = self._led(technician, coming)
        route = self._timed(technician, coming, [job if one == job.id else self._told[one] for one in names])
        after = self._broken(route, technician, [job if one == job.id else self._jobs[one] for one in names])
        before = self._broken_already(technician, tuple(others))
        news = tuple(one for one in after if one.amount > before.get((one.rule, one.job), 0))
        return Put(self._from_now_on(route), news)

    def _broken_already(self, technician: str, coming: Sequence[str]) -> Mapping[tuple[str, str | None], int]:
        """By rule and job, by how much, on the route as it stands; remembered, for most questions are about others."""
        key = (technician, tuple(coming))
        if key not in self._known:
            led = self._led(technician, coming)
            route = self._timed(technician, coming, [self._told[one] for one in led])
            found = self._broken(route, technician, [self._jobs[one] for one in led])
            self._known[key] = {(one.rule, one.job): one.amount for one in found}
        return self._known[key]

    def _timed(self, technician: str, coming: Sequence[str], jobs: Sequence[Job]) -> RouteResult:
        """In this order, every time as early as the rules allow, or as they must give way."""
        part, order = excerpt(self._left.problem, technician, jobs), tuple(self._led(technician, coming))
        if not order:
            return RouteResult(technician=technician, leaves=0, returns=0)
        _, draft = loosened(part, {technician: order}, self._facts & set(order), self._prices.late_s)
        (route,) = answer(draft, (), SolverRun()).routes
        return route

    def _broken(self, route: RouteResult, technician: str, jobs: Sequence[Job]) -> tuple[Violation, ...]:
        part: Problem = excerpt(self._left.problem, technician, jobs)
        return check(part, Solution(format="doorstep.solution/1", routes=(route,))).violations if jobs else ()

    def _from_now_on(self, route: RouteResult) -> RouteResult:
        return replace(route, stops=tuple(stop for stop in route.stops if stop.job not in self._facts))
