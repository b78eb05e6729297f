"""Putting unserved jobs into a plan wherever that is worth its price, until none can be put in any more."""

from collections.abc import Iterator, Sequence

from scheduler.search.draft import Draft
from scheduler.search.ties import companions
from scheduler.stop import Countdown

MAX_TRIES_TOGETHER = 100  # places tried for jobs that start together, until one is found for each of them


def insert_what_fits(draft: Draft, jobs: Sequence[int], countdown: Countdown) -> bool:
    """Tries the jobs in that order, and again those that failed, for another job may have made room.

    Returns whether every job was tried against the final plan; False if the time was over first.
    """
    waiting, progress = list(jobs), True
    while progress:
        progress = False
        failed: dict[int, None] = {}  # a set that keeps the order
        for j in waiting:
            if countdown.over():
                return False
            if j in draft.technician_of or j in failed:
                continue
            group = companions(draft.model, j)
            if _insert(draft, group, countdown):
                progress = True
            else:
                failed |= dict.fromkeys(group)
        waiting = list(failed)
    return True


def is_worth(draft: Draft, jobs: Sequence[int], price: int) -> bool:
    """Whether serving the jobs costs no more than leaving them out."""
    tasks = [draft.model.tasks[j] for j in jobs]
    return any(task.mandatory for task in tasks) or price <= sum(task.skip_price for task in tasks)


def _insert(draft: Draft, group: Sequence[int], countdown: Countdown) -> bool:
    if len(group) > 1:
        return _insert_together(draft, group, countdown)
    best = draft.best_insertion(group[0])
    if best is None or not is_worth(draft, group, best.price):
        return False
    draft.insert(best)
    return True


def _insert_together(draft: Draft, group: Sequence[int], countdown: Countdown) -> bool:
    before = {route.k: route for route in draft.routes}
    price = _place(draft, group, countdown, iter(range(MAX_TRIES_TOGETHER)))
    if price is not None and is_worth(draft, group, price):
        return True
    if price is not None:
        draft.adopt(before)
    return False


def _place(draft: Draft, group: Sequence[int], countdown: Countdown, tries: Iterator[int]) -> int | None:
    """Puts the first job where it is cheapest among the places that leave one for each of the others."""
    if not group:
        return 0
    j, rest = group[0], group[1:]
    places = sorted(draft.insertions(j, coming=group), key=lambda insertion: insertion.price)
    for place in places:
        if countdown.over() or next(tries, None) is None:
            return None
        before = draft.insert(place)
        price = _place(draft, rest, countdown, tries)
        if price is not None:
            return place.price + price
        draft.adopt(before)
    return None
