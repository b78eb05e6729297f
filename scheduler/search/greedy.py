"""The plan that is always there: jobs in a promising order, each where it costs least.

It answers when nothing better has come in time, and it is where better searches begin.
"""

import time
from collections.abc import Callable
from functools import partial

from scheduler.search.draft import Draft
from scheduler.search.insertion import insert_what_fits
from scheduler.search.model import Model, Task
from scheduler.stop import Countdown

Key = tuple[int, ...]


def greedy(model: Model, countdown: Countdown, spend_s: float = 0.2) -> Draft:
    """The best of the plans that one order of jobs after another gives, until about `spend_s` are spent.

    The first order is always tried, and left unfinished only when the countdown is over.
    """
    began = time.monotonic()
    best: Draft | None = None
    for key in (_scarcest_first, _earliest_first, _longest_first):
        turn = time.monotonic()
        draft = Draft(model)
        insert_what_fits(draft, sorted(draft.unserved, key=partial(_urgent_first, model, key)), countdown)
        if best is None or draft.value() < best.value():
            best = draft
        now = time.monotonic()
        if countdown.over() or now - began + (now - turn) > spend_s:
            break
    return best if best is not None else Draft(model)


def _urgent_first(model: Model, then: Callable[[Model, Task], Key], j: int) -> Key:
    """What must be served, then what is pinned, in the order of its places, then the dearest to leave out."""
    task = model.tasks[j]
    pinned = model.problem.jobs[j].pinned is not None
    return not task.mandatory, not pinned, task.position or 0, -task.skip_price, *then(model, task), j


def _scarcest_first(model: Model, task: Task) -> Key:
    """Few technicians, then little time to start in."""
    width = sum(closes - opens for opens, closes in task.openings)
    return int(model.able[:, task.index].sum()), width


def _earliest_first(_: Model, task: Task) -> Key:
    return (task.openings[-1][1] if task.openings else 0,)


def _longest_first(_: Model, task: Task) -> Key:
    return (-task.service,)
