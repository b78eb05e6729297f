"""Making room: an unserved job takes the place of a served one, which moves elsewhere if it can."""

from collections import deque

from scheduler.search.draft import Draft
from scheduler.search.insertion import insert_what_fits
from scheduler.search.ties import companions, dependents
from scheduler.stop import Countdown


def exchange(draft: Draft, countdown: Countdown) -> None:
    """Keeps every exchange that lowers the plan's value, be it only by leaving out a cheaper job instead.

    Jobs that start together with others are not exchanged in, for one place is not enough for them.
    """
    waiting = deque(draft.urgent_first())
    while waiting:
        j = waiting.popleft()
        if j in draft.technician_of or len(companions(draft.model, j)) > 1:
            continue
        for k, other in draft.replaceable(j):
            if countdown.over():
                return
            out = _replace(draft, j, k, other, countdown)
            if out is not None:
                waiting.extend(out)
                break


def _replace(draft: Draft, j: int, k: int, other: int, countdown: Countdown) -> list[int] | None:
    """The jobs left out by the exchange; None if it was no improvement and nothing has changed."""
    before_value, before = draft.value(), list(draft.routes)
    leaving = [one for one in dependents(draft.model, other) if one in draft.technician_of]
    changes = draft.without(leaving)
    if changes is None:
        return None
    draft.adopt(changes)
    place = draft.best_insertion(j, (k,))
    if place is not None:
        draft.insert(place)
        insert_what_fits(draft, leaving, countdown)
        if draft.value() < before_value:
            return [one for one in leaving if one not in draft.technician_of]
    draft.adopt({route.k: route for route in before if draft.routes[route.k] is not route})
    return None
