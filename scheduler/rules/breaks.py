"""A technician who works takes every break: in full, started in its window, with no service meanwhile.

A break lies between leaving and the return, and two breaks don't overlap. Which stated break answers which
of the technician's is chosen so that the fewest seconds are wrong.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from scheduler.clock import clock
from scheduler.problem import Break
from scheduler.rules.reading import Reading, RouteReading
from scheduler.rules.rule import Hard
from scheduler.solution import BreakResult, Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for idle in plan.idle:
        for rest in idle.breaks:
            yield _wrong(idle.technician, rest.end - rest.start, "has a break and no job")
    for route in plan.routes:
        name = route.technician.id
        for amount, what in _mismatches(route.technician.breaks, route.breaks):
            yield _wrong(name, amount, what)
        for amount, what in _overlaps(route):
            yield _wrong(name, amount, what)


def _mismatches(due: Sequence[Break], stated: Sequence[BreakResult]) -> list[tuple[int, str]]:
    """What is wrong when stated breaks are matched to due ones in the most favourable way."""
    most = len(due)
    given = sorted(stated, key=lambda rest: rest.start)
    extra = [(max(1, rest.end - rest.start), "has more breaks than are due") for rest in given[most:]]
    slots: list[BreakResult | None] = [*given[:most], *[None] * (most - len(given))]
    matchings = (
        [found for pair in zip(due, order, strict=True) for found in _compare(*pair)] for order in permutations(slots)
    )
    return min(matchings, key=lambda found: sum(amount for amount, _ in found)) + extra


def _compare(due: Break, stated: BreakResult | None) -> Iterator[tuple[int, str]]:
    opens, closes = due.window
    if stated is None:
        yield max(1, due.duration), f"has no break between {clock(opens)} and {clock(closes)}"
        return
    outside = max(opens - stated.start, stated.start - closes, 0)
    if outside:
        yield outside, f"starts a break at {clock(stated.start)}, {outside} s outside its window"
    length = stated.end - stated.start
    if length != due.duration:
        yield abs(length - due.duration), f"has a break of {length} s instead of {due.duration} s"


def _overlaps(route: RouteReading) -> Iterator[tuple[int, str]]:
    for rest in route.breaks:
        outside = max(route.leaves - rest.start, 0) + max(rest.end - route.returns, 0)
        if outside:
            yield outside, f"has a break at {clock(rest.start)} that is not between leaving and the return"
        for stop in route.stops:
            shared = _shared(rest.start, rest.end, stop.start, stop.end)
            if shared:
                yield shared, f"serves {stop.job} during the break at {clock(rest.start)}"
    for one, other in combinations(route.breaks, 2):
        shared = _shared(one.start, one.end, other.start, other.end)
        if shared:
            yield shared, f"has two breaks at once at {clock(max(one.start, other.start))}"


def _shared(begin: int, end: int, other_begin: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(begin, other_begin))


def _wrong(technician: str, amount: int, what: str) -> Violation:
    return Violation(rule=BREAKS.name, technician=technician, amount=max(0, amount), sentence=f"{technician} {what}.")


BREAKS = Hard(
    name="breaks",
    en="A technician who works takes each break in full, at its time, between services.",
    zh="上班的技师须按时、足时休息，休息期间不安排服务。",
    violations=_violations,
)
