"""Another job is served by somebody else or at another time. Pinned jobs stay: they were promised, or have begun."""

from collections.abc import Iterator, Sequence
from functools import partial

from scheduler.fix import Fix
from scheduler.fixing.attempt import Anew, Attempt
from scheduler.fixing.case import Case
from scheduler.relaxations import Nothing
from scheduler.search.draft import Draft
from scheduler.search.model import Orders
from scheduler.stop import Countdown

MOST_MOVES = 3  # alternatives that are told: the cheapest, each with another job moved


def kinds(_: Case) -> tuple[str, ...]:
    return ("move",)


def attempts(case: Case) -> Iterator[Attempt]:
    draft = case.as_it_is
    if draft is not None and not case.fits_with and case.reach(draft):
        anew = Anew(lambda: case.day.problem, lambda _: Nothing())
        yield Attempt("move", None, partial(_move_one, case, draft), anew)


def _move_one(case: Case, draft: Draft, countdown: Countdown) -> list[Fix]:
    """Every other job out, the job in at every place, the other back at its cheapest."""
    if not case.alone:
        return []
    found: list[tuple[int, Orders]] = []
    coupled = any(draft.model.timed)  # then taking a job out of one route may make room in another
    for other, k in list(draft.technician_of.items()):
        if countdown.over():
            break
        if case.day.problem.jobs[other].pinned is None:
            found += _elsewhere(case, draft, other, None if coupled else (k,))
    fixes = [case.proved_orders(Nothing(), orders) for _, orders in sorted(found)[:MOST_MOVES]]
    return [fix for fix in fixes if fix is not None]


def _elsewhere(case: Case, draft: Draft, other: int, room: Sequence[int] | None) -> list[tuple[int, Orders]]:
    """The cheapest plan with `other` elsewhere and the job where it made room, and what that plan costs."""
    changes = draft.without((other,))
    if changes is None:
        return []
    found: list[tuple[int, Orders]] = []
    with draft.trying(changes):
        for place in list(draft.insertions(case.j, room)):
            before = draft.insert(place)
            back = draft.best_insertion(other)
            if back is not None:
                changed = draft.insert(back)
                found.append((draft.value().cost, draft.orders))
                draft.adopt(changed)
            draft.adopt(before)
    return [min(found)] if found else []
