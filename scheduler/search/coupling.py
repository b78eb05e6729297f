"""Routes that wait for each other: times for all of them at once.

Every wait is a lower bound on a start, and a bound only pushes other starts later, so raising bounds until
nothing moves gives the earliest times there are. That holds while breaks stay where they are; if the
freely chosen breaks lead nowhere, their places are tried one by one, up to a limit.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement, islice, pairwise, permutations, product

from scheduler.search.model import Model, Order, Tie
from scheduler.search.route import Route

MAX_ROUNDS = 1_000
MAX_BREAK_PLACEMENTS = 256

Resting = dict[int, tuple[int, ...]]  # by technician: the breaks (bits) before each stop and the return


def settle(model: Model, orders: Mapping[int, Order]) -> dict[int, Route] | None:
    """The routes with every wait among their jobs kept, or None. Jobs in no order count as unserved."""
    if any(Route.make(model, k, order) is None for k, order in orders.items()):
        return None
    settled = _raise_until_still(model, orders, {})
    if settled is not None or _raise_until_still(model.without_breaks, orders, {}) is None:
        return settled
    for resting in islice(_placements(model, orders), MAX_BREAK_PLACEMENTS):
        settled = _raise_until_still(model, orders, resting)
        if settled is not None:
            return settled
    return None


def _raise_until_still(model: Model, orders: Mapping[int, Order], resting: Resting) -> dict[int, Route] | None:
    release: dict[int, int] = {}
    owner = {j: k for k, order in orders.items() for j in order}
    ties = list({id(tie): tie for j in owner for tie in model.ties_of[j] if tie.timed}.values())
    routes: dict[int, Route] = {}
    starts: dict[int, int] = {}
    moved = set(orders)
    for _ in range(MAX_ROUNDS):
        for k in moved:
            route = Route.make(model, k, orders[k], release, resting.get(k))
            if route is None:
                return None
            routes[k] = route
            starts.update(route.starts())
        moved = set()
        for tie in ties:
            for j, earliest in _bounds(model, tie, starts):
                if starts[j] < earliest:
                    release[j] = max(earliest, release.get(j, 0))
                    moved.add(owner[j])
        if not moved:
            return routes
    return None


def _bounds(model: Model, tie: Tie, starts: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """(job, the earliest start the others allow it) for the tie's served jobs."""
    served = [j for j in tie.tasks if j in starts]
    if tie.type == "same_time":
        latest = max((starts[j] for j in served), default=0)
        for j in served:
            yield j, latest - tie.gap
    else:
        for before, j in pairwise(served):
            yield j, starts[before] + model.tasks[before].service + tie.gap


def _placements(model: Model, orders: Mapping[int, Order]) -> Iterator[Resting]:
    """Every way to fix which break comes before which stop, in all the routes at once."""
    resting_routes = [k for k, order in orders.items() if order and model.workers[k].breaks]
    if not resting_routes:
        return
    ways = [list(_ways(len(model.workers[k].breaks), len(orders[k]) + 1)) for k in resting_routes]
    for chosen in product(*ways):
        yield dict(zip(resting_routes, chosen, strict=True))


def _ways(breaks: int, gaps: int) -> Iterator[tuple[int, ...]]:
    for places in combinations_with_replacement(range(gaps), breaks):
        for order in set(permutations(places)):
            bits = [0] * gaps
            for index, gap in enumerate(order):
                bits[gap] |= 1 << index
            yield tuple(bits)
