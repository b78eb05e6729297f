"""What a repair would change, as items that a person accepts or rejects one by one.

Every choice is a plan: what an item needs is found by trying the choices without it, and accepting an item
accepts what it needs. With everything rejected, the day is as the event alone leaves it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TypeVar

import msgspec

from scheduler.answer import answer
from scheduler.problem import Job, Problem
from scheduler.promises import Kept, PromiseLedger
from scheduler.running import Cut
from scheduler.search.draft import Draft
from scheduler.search.model import Model, Order, Orders
from scheduler.search.open_model import OpenModel, changed
from scheduler.search.route import Route
from scheduler.solution import RouteResult, Solution, SolverRun, Unserved

T = TypeVar("T", str, int)

MAX_TRIED = 6  # items tied up with each other whose every choice is tried; more are taken or left together


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, and the second the service starts."""

    technician: str
    start: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A visit that stays with its technician and starts at another second; None if it can't be made any more."""

    job: str
    before: Visit
    after: Visit | None
    promise: Kept


@dataclass(frozen=True, slots=True)
class Move:
    """One job's change; None is no visit today.

    `before` is what the running plan says, `rejected` what becomes of it by the event alone, `accepted` with
    this move and all it `needs`. `promise` is how the owner's promise is kept if it is accepted; None if she
    was promised nothing. `cost` is what accepting it and its needs adds, moved promises included; the
    difference in imbalance isn't. `shifts` are the other visits whose start that changes.
    """

    job: str
    before: Visit | None
    rejected: Visit | None
    accepted: Visit | None
    promise: Kept | None
    cost: int
    needs: tuple[str, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Difference:
    """`moves` to decide on; `unavoidable` is what the event does to the other visits, whatever is decided."""

    moves: tuple[Move, ...]
    unavoidable: tuple[Shift, ...]
    _before: Problem
    _jobs: tuple[Job, ...]
    _cuts: Mapping[str, Cut]
    _base: Orders
    _final: Orders

    def accepting(self, jobs: Iterable[str]) -> frozenset[str]:
        """These moves, by job id, and all they need. ValueError for a job that has no move."""
        wanted = set(jobs)
        for job in sorted(wanted - self._by_job.keys()):
            raise ValueError(f"there is no move of {job} to accept")
        return frozenset(wanted.union(*(self._by_job[job].needs for job in wanted)))

    def from_now_on(self, jobs: Iterable[str] = ()) -> Solution:
        """The plan of `problem` with these moves, by job id, and all they need accepted."""
        accepted = self.accepting(jobs)
        number = {job.id: j for j, job in enumerate(self.problem.jobs)}
        moving, taken = ({number[job] for job in some} for some in (self._by_job, accepted))
        both = zip(self._base, self._final, strict=True)
        draft = Draft.of(Model(self.problem), tuple(tuple(merged(*orders, moving, taken)) for orders in both))
        assert draft is not None  # every choice was tried
        unserved = tuple(Unserved(self.problem.jobs[j].id) for j in draft.unserved)
        return answer(draft, unserved, SolverRun())

    def plan(self, jobs: Iterable[str] = ()) -> Solution:
        """The whole day: what is behind as it went, and what comes as in `from_now_on`, whose cost it states."""
        rest = self.from_now_on(jobs)
        coming = {route.technician: route for route in rest.routes}
        routes = tuple(_whole(name, cut, coming.get(name)) for name, cut in self._cuts.items())
        return msgspec.structs.replace(rest, routes=tuple(route for route in routes if route.stops))

    @cached_property
    def problem(self) -> Problem:
        """The day from now on, with what gave way to the event; `from_now_on` is judged by it."""
        return changed(self._before, jobs=self._jobs)

    @cached_property
    def _by_job(self) -> dict[str, Move]:
        return {move.job: move for move in self.moves}


def merged(base: Sequence[T], final: Sequence[T], moving: Collection[T], accepted: Collection[T]) -> list[T]:
    """The order of a route when only the accepted of the moving jobs are where they are in `final`.

    The jobs that don't move are in the same order in both.
    """
    order: list[T] = []
    arriving = iter(final)
    for job in base:
        if job not in moving:
            for other in arriving:
                if other == job:
                    break
                order += [other] if other in accepted else []
            order.append(job)
        elif job not in accepted:
            order.append(job)
    return order + [job for job in arriving if job in accepted]


def unavoidable(
    cuts: Mapping[str, Cut], model: OpenModel, ledger: PromiseLedger, base: Sequence[Route]
) -> dict[int, Shift]:
    """What the event alone does to the visits of the running plan, by job."""
    facts = {stop.job for cut in cuts.values() for stop in cut.behind}
    starts = {j: (k, start) for k, route in enumerate(base) for j, start in route.starts().items()}
    found = {}
    for j, promise in ledger.promised.items():
        name, before = model.job(j).id, Visit(promise.technician, promise.start)
        if name in facts:
            continue
        if j not in starts:
            found[j] = Shift(name, before, None, "broken")
        elif starts[j][1] != promise.start:
            after = Visit(model.problem.technicians[starts[j][0]].id, starts[j][1])
            found[j] = Shift(name, before, after, ledger.kept(j, after.technician, after.start))
    return found


class Comparison:
    """Between two drafts' routes on one model, by technician; `shifts` is what is `unavoidable`."""

    def __init__(
        self,
        cuts: Mapping[str, Cut],
        model: OpenModel,
        ledger: PromiseLedger,
        base: Sequence[Route],
        final: Sequence[Route],
        shifts: Mapping[int, Shift],
    ) -> None:
        self._cuts, self._model, self._ledger, self._unavoidable = cuts, model, ledger, shifts
        self._base, self._final = base, final
        self._touched = [k for k, route in enumerate(final) if route.order != base[k].order]
        self._where = [{j: k for k in self._touched for j in routes[k].order} for routes in (base, final)]
        self._moving = self._find_moving()

    def difference(self) -> Difference:
        moves = [move for component in self._components() for move in self._decide(component)]
        return Difference(
            moves=tuple(moves),
            unavoidable=tuple(shift for j, shift in self._unavoidable.items() if j not in self._moving),
            _before=self._model.problem,
            _jobs=self._model.jobs,
            _cuts=self._cuts,
            _base=tuple(route.order for route in self._base),
            _final=tuple(route.order for route in self._final),
        )

    def _find_moving(self) -> list[int]:
        """The jobs that change technician, or that stand elsewhere among those that stay."""
        found: dict[int, None] = {}
        for k in self._touched:
            base, final = self._base[k].order, self._final[k].order
            staying = set(_longest_common(base, final))
            found |= dict.fromkeys(j for j in (*final, *base) if j not in staying)
        return list(found)

    def _components(self) -> list[list[int]]:
        """The moving jobs, together where they share a route or are tied to others."""
        groups: list[tuple[list[int], set[int]]] = []
        tied = -1  # stands for all routes that wait for each other
        for j in self._moving:
            routes = {where[j] for where in self._where if j in where}
            if self._model.ties_of[j] or any(self._has_timed(k) for k in routes):
                routes.add(tied)
            joined = [group for group in groups if group[1] & routes]
            groups = [group for group in groups if not group[1] & routes]
            jobs = [one for group in joined for one in group[0]]
            groups.append(([*jobs, j], routes.union(*(group[1] for group in joined))))
        return [jobs for jobs, _ in groups]

    def _has_timed(self, k: int) -> bool:
        return any(self._model.timed[j] for routes in (self._base, self._final) for j in routes[k].order)

    def _decide(self, component: list[int]) -> Iterator[Move]:
        tied = any(self._model.ties_of[j] for j in component) or any(map(self._has_timed, self._routes_of(component)))
        everything = frozenset(component)
        whole = {k: self._final[k] for k in range(len(self._final)) if self._final[k] is not self._base[k]}
        if not tied:
            whole = {k: whole[k] for k in self._routes_of(component) if k in whole}
        choices = {everything: whole}
        if not tied and 1 < len(component) <= MAX_TRIED:
            for size in range(1, len(component)):
                for chosen in combinations(component, size):
                    routes = self._routes_with(frozenset(chosen), component)
                    if routes is not None:
                        choices[frozenset(chosen)] = routes
        needs = _needs(component, choices.keys())
        for j in component:
            accepted = needs[j] | {j}
            yield self._move(j, accepted, choices[accepted])

    def _routes_of(self, component: list[int]) -> list[int]:
        return sorted({where[j] for where in self._where for j in component if j in where})

    def _routes_with(self, chosen: frozenset[int], component: list[int]) -> dict[int, Route] | None:
        """The component's routes with only the chosen moves; None if they can't be driven so."""
        routes = {}
        for k in self._routes_of(component):
            order = tuple(merged(self._base[k].order, self._final[k].order, component, chosen))
            route, capacity = Route.make(self._model, k, order), self._model.workers[k].capacity
            if route is None or (capacity is not None and route.load > capacity):
                return None
            routes[k] = route
        return routes

    def _move(self, j: int, accepted: frozenset[int], routes: Mapping[int, Route]) -> Move:
        name, promise = self._model.job(j).id, self._ledger.promised.get(j)
        after = self._visit(j, routes.values())
        kept_so: Kept | None = None
        if promise is not None:
            kept_so = "broken" if after is None else self._ledger.kept(j, after.technician, after.start)
        return Move(
            job=name,
            before=None if promise is None else Visit(promise.technician, promise.start),
            rejected=self._visit(j, self._base),
            accepted=after,
            promise=kept_so,
            cost=self._cost(routes),
            needs=self._ids(sorted(accepted - {j})),
            shifts=tuple(self._shifts(self._base, routes, accepted)),
        )

    def _cost(self, routes: Mapping[int, Route]) -> int:
        def price(some: Iterable[Route]) -> int:
            skipped = (self._model.tasks[j].skip_price for route in some for j in route.order)
            return sum(route.price + self._ledger.price(route) for route in some) - sum(skipped)

        return price(list(routes.values())) - price([self._base[k] for k in routes])

    def _visit(self, j: int, routes: Iterable[Route]) -> Visit | None:
        for route in routes:
            if j in route.order:
                return Visit(self._model.problem.technicians[route.k].id, route.starts()[j])
        return None

    def _shifts(self, before: Sequence[Route], routes: Mapping[int, Route], moved: Collection[int]) -> Iterator[Shift]:
        for k, route in routes.items():
            name, earlier = self._model.problem.technicians[k].id, before[k].starts()
            for j, start in route.starts().items():
                if j in earlier and j not in moved and earlier[j] != start:
                    keeps = self._ledger.kept(j, name, start)
                    yield Shift(self._model.job(j).id, Visit(name, earlier[j]), Visit(name, start), keeps)

    def _ids(self, jobs: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._model.job(j).id for j in jobs)


def _needs(component: list[int], possible: Collection[frozenset[int]]) -> dict[int, frozenset[int]]:
    """What each move needs, so that every choice that has what its moves need is possible.

    Begins with no needs; as long as some choice turns out impossible, one of its moves comes to need one that
    it lacks. All moves together are possible, so that ends, at the latest with each needing all others.
    """
    if len(possible) == 1:
        return {j: frozenset(component) - {j} for j in component}
    needs = {j: frozenset[int]() for j in component}
    while (broken := _impossible(component, needs, possible)) is not None:
        lacking = [d for d in component if d not in broken]
        # The move that can go without making it worse is to blame, and needs what would make it possible.
        c = min(broken, key=lambda j: (bool(broken - {j}) and broken - {j} not in possible, -component.index(j)))
        d = min(lacking, key=lambda j: (broken | {j} | needs[j] not in possible, component.index(j)))
        gained = needs[d] | {d}
        for j in component:
            if j == c or c in needs[j]:
                needs[j] = (needs[j] | gained) - {j}
    return needs


def _impossible(
    component: list[int], needs: Mapping[int, frozenset[int]], possible: Collection[frozenset[int]]
) -> frozenset[int] | None:
    """The smallest choice that has what its moves need and is impossible all the same."""
    choices = (chosen for size in range(1, len(component) + 1) for chosen in combinations(component, size))
    for chosen in choices:
        closed = frozenset(chosen).union(*(needs[j] for j in chosen))
        if closed not in possible:
            return closed
    return None


def _longest_common(one: Order, other: Order) -> Order:
    """A longest order of jobs that both have."""
    best: list[Order] = [()] * (len(other) + 1)
    for j in one:
        above = best
        best = [()]
        for index, i in enumerate(other):
            best.append((*above[index], j) if i == j else max(above[index + 1], best[index], key=len))
    return best[-1]


def _whole(name: str, cut: Cut, coming: RouteResult | None) -> RouteResult:
    """A technician's day: the visits behind her as they went, then those that come."""
    later = () if coming is None else coming.stops[1 if cut.behind else 0 :]
    stops = (*cut.behind, *later)
    return RouteResult(
        technician=name,
        stops=stops,
        breaks=(*cut.rested, *(() if coming is None else coming.breaks)),
        leaves=min([stop.arrival for stop in cut.behind[:1]] or [0 if coming is None else coming.leaves]),
        returns=max([stop.end for stop in stops] + ([] if coming is None else [coming.returns])) if stops else 0,
    )
