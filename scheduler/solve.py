"""The front door: a problem in, the best plan that the time allows out.

The search runs in child processes, because native code may overrun its time or crash. This process holds a
greedy plan from the start, takes over each better one that the children report, and when the time is over
kills them, puts in whatever still fits, and gives a proven reason for every job left out.
"""

from contextlib import ExitStack
from importlib.metadata import version

from scheduler.answer import answer
from scheduler.explain import explain
from scheduler.incumbent import Incumbent, Progress
from scheduler.problem import Problem
from scheduler.search.draft import Draft
from scheduler.search.engines import ENGINES
from scheduler.search.greedy import greedy
from scheduler.search.insertion import insert_what_fits
from scheduler.search.model import Model
from scheduler.search.polish import polish
from scheduler.search.wire import Assignment
from scheduler.search.worker import Worker
from scheduler.solution import Solution, SolverRun
from scheduler.stop import LEAST_S, Countdown, Stop

__all__ = ["ENGINES", "MAX_THREADS", "Progress", "Stop", "solve"]

MAX_THREADS = 64
LEAST_SEARCH_S = 0.3  # in less, a child process would not even have started
MOST_BEFORE_END = 0.8  # of the time is what searching may take; reasons need the rest of it at most
SAMPLE = 8  # reasons
FIRST_SHARE = 0.15  # of the time goes at most to polishing greedy's plan before searches begin there
OVERTIME_S = 0.1  # what proving reasons may take past the end; the promise is 0.5 s and 2 %
ANEW_JOBS = 400  # up to here one search builds its own first plan; above, it is worse than greedy's after 10 s


def solve(
    problem: Problem,
    stop: Stop,
    *,
    engine: str = "ortools",
    seed: int = 1,
    threads: int = 2,
    progress: Progress | None = None,
) -> Solution:
    """Always a plan that keeps every hard rule; `infeasible` if a job that must be served isn't in it.

    Wall clock is never above `stop.seconds` + 0.5 s + 2 %; a cancelled solve answers within 0.3 s. Each of
    `threads` runs in a process of its own. ValueError for an unknown engine or a number of threads out of
    1 to 64.
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}: choose from {', '.join(ENGINES)}")
    if not 1 <= threads <= MAX_THREADS:
        raise ValueError(f"threads must be from 1 to {MAX_THREADS}, not {threads}")
    countdown = Countdown(stop)
    model = Model(problem)
    searches = threads if model.able.any() and stop.seconds >= LEAST_SEARCH_S else 0
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker()) for _ in range(searches)]
        first = greedy(model, countdown.within(MOST_BEFORE_END * stop.seconds))
        polish(first, countdown.within(FIRST_SHARE * stop.seconds))
        searching = countdown.within(countdown.left - _seconds_to_finish(first, countdown))
        incumbent = Incumbent(model, first, searching, progress)
        encoded = problem.to_json() if workers else b""
        for index, worker in enumerate(workers):
            anew = index == 0 and len(model.tasks) <= ANEW_JOBS
            start = None if anew else first.orders
            worker.assign(Assignment(encoded, engine, seed + index, max(LEAST_S, searching.left), start))
        incumbent.listen(workers)
    return _finish(incumbent.best, incumbent.plans, stop, countdown, engine, seed)


def _seconds_to_finish(draft: Draft, countdown: Countdown) -> float:
    """For the last polish, the reasons and the verdict: what a few reasons take tells what all of them will."""
    began, budget = countdown.elapsed, countdown.elapsed + countdown.left
    unserved, tried = draft.unserved, 0
    sampling = countdown.within(0.02 * budget)
    while tried < min(SAMPLE, len(unserved)) and not sampling.over():
        explain(draft, unserved[tried], sampling)
        tried += 1
    reasons_s = (countdown.elapsed - began) * len(unserved) / max(1, tried)
    return min((1 - MOST_BEFORE_END) * budget, 0.05 + 0.0002 * len(draft.model.tasks) + 1.5 * reasons_s)


def _finish(draft: Draft, plans: int, stop: Stop, countdown: Countdown, engine: str, seed: int) -> Solution:
    polish(draft, countdown.within(countdown.left / 4))
    last = Countdown(Stop(max(0.0, countdown.left) + OVERTIME_S, stop.cancelled))
    insert_what_fits(draft, draft.urgent_first(), last)  # the reasons rest on nothing being left to put in
    unserved = [explain(draft, j, last) for j in draft.unserved]
    run = SolverRun(
        seconds=round(countdown.elapsed, 3),
        seed=seed,
        iterations=plans,
        version=f"doorstep {version('doorstep')} {engine}",
    )
    return answer(draft, unserved, run)
