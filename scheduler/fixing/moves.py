"""Which jobs a plan takes elsewhere, beside another plan: the fewest whose moving turns the one into the other."""

from bisect import bisect_left
from collections.abc import Collection

from scheduler.fix import Move
from scheduler.solution import Solution, StopResult

Place = tuple[str, int, StopResult]  # technician, position in the route, times


def moves(before: Solution, after: Solution, apart_from: Collection[str]) -> tuple[Move, ...]:
    """Jobs in both plans, but `apart_from` these, with another technician or another turn in the same route.

    A job whose time alone shifts, because one before it takes longer or shorter, isn't moved.
    """
    was, found = _places(before), []
    for route in after.routes:
        known = [stop for stop in route.stops if stop.job in was and stop.job not in apart_from]
        stayed = [stop for stop in known if was[stop.job][0] == route.technician]
        kept = _longest_rising([was[stop.job][1] for stop in stayed])
        for stop in known:
            technician, position, then = was[stop.job]
            if technician != route.technician or position not in kept:
                found.append(Move(stop.job, technician, then.start, route.technician, stop.start))
    return tuple(found)


def _places(plan: Solution) -> dict[str, Place]:
    return {
        stop.job: (route.technician, position, stop)
        for route in plan.routes
        for position, stop in enumerate(route.stops)
    }


def _longest_rising(numbers: list[int]) -> set[int]:
    """The members of a longest rising subsequence of distinct numbers (Fredman, 1975)."""
    ends: list[int] = []  # by length less one, the smallest number that ends a rising run of it
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
