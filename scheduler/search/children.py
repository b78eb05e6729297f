"""OR-Tools as the search, each of its runs in a process of its own: it may overrun its time or crash.

This process holds a greedy plan from the start, takes over each better one that the children report, and kills them
when the time is over.
"""

from collections.abc import Callable
from contextlib import ExitStack

from scheduler.incumbent import Incumbent, Progress
from scheduler.search.draft import Draft
from scheduler.search.greedy import greedy
from scheduler.search.model import Model, Orders
from scheduler.search.polish import polish
from scheduler.search.wire import Assignment
from scheduler.search.worker import Worker
from scheduler.stop import LEAST_S, Countdown

LEAST_SEARCH_S = 0.3  # in less, a child process would not even have started
FIRST_SHARE = 0.15  # of the time goes at most to polishing greedy's plan before searches begin there
GREEDY_SHARE = 0.8
ANEW_JOBS = 400  # up to here one search builds its own first plan; above, it is worse than greedy's after 10 s


def search(
    model: Model,
    countdown: Countdown,
    seconds_to_finish: Callable[[Draft, Countdown], float],
    seed: int,
    threads: int,
    start: Orders | None,
    progress: Progress | None,
) -> tuple[Draft, int]:
    """The best plan, and how many were looked at. Leaves of the countdown what it takes to finish that plan."""
    seconds = countdown.left
    searches = threads if model.able.any() and seconds >= LEAST_SEARCH_S else 0
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker()) for _ in range(searches)]
        first = greedy(model, countdown.within(GREEDY_SHARE * seconds))
        polish(first, countdown.within(FIRST_SHARE * seconds))
        given = None if start is None else Draft.of(model, start)
        if given is not None and given.value() < first.value():
            first = given
        searching = countdown.within(countdown.left - seconds_to_finish(first, countdown))
        incumbent = Incumbent(model, first, searching, progress)
        encoded = model.problem.to_json() if workers else b""
        for index, worker in enumerate(workers):
            anew = index == 0 and len(model.tasks) <= ANEW_JOBS and given is None
            orders = None if anew else first.orders
            worker.assign(Assignment(encoded, "ortools", seed + index, max(LEAST_S, searching.left), orders))
        incumbent.listen(workers)
    return incumbent.best, incumbent.plans
