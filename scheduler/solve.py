"""The front door: a problem in, the best plan that the time allows out.

The kernel searches on threads of this process; OR-Tools, where there is no kernel or it is asked for, in child
processes. When the time is over, whatever still fits is put in, and every job left out gets a proven reason.
"""

from importlib.metadata import version

from scheduler.answer import answer
from scheduler.explain import explain
from scheduler.incumbent import Progress
from scheduler.problem import Problem
from scheduler.search import children, kernel
from scheduler.search.draft import Draft
from scheduler.search.insertion import insert_what_fits
from scheduler.search.model import Model, Orders
from scheduler.search.polish import polish
from scheduler.solution import Solution, SolverRun
from scheduler.stop import Countdown, Stop

__all__ = ["ENGINES", "MAX_THREADS", "Progress", "Stop", "default_engine", "solve"]

ENGINES = ("kernel", "ortools")
MAX_THREADS = 64
MOST_BEFORE_END = 0.8  # of the time is what searching takes at least; reasons need the rest of it at most
SAMPLE = 8  # reasons
OVERTIME_S = 0.1  # what proving reasons may take past the end; the promise is 0.5 s and 2 %


def default_engine() -> str:
    return "kernel" if kernel.is_built() else "ortools"


def solve(
    problem: Problem,
    stop: Stop,
    *,
    engine: str | None = None,
    seed: int = 1,
    threads: int = 2,
    start: Orders | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Always a plan that keeps every hard rule; `infeasible` if a job that must be served isn't in it.

    Wall clock is never above `stop.seconds` + 0.5 s + 2 %; a cancelled solve answers within 0.3 s. `start` is a plan
    to begin at: indices of jobs by technician, as many of them as can be kept. ValueError for an unknown engine, one
    that isn't there, or a number of threads out of 1 to 64.
    """
    engine = engine or default_engine()
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}: choose from {', '.join(ENGINES)}")
    if engine == "kernel" and not kernel.is_built():
        raise ValueError("the search kernel was not built on this machine: see docs/operations.md, or take ortools")
    if not 1 <= threads <= MAX_THREADS:
        raise ValueError(f"threads must be from 1 to {MAX_THREADS}, not {threads}")
    countdown = Countdown(stop)
    model = Model(problem)
    search = kernel.search if engine == "kernel" else children.search
    draft, plans = search(model, countdown, _seconds_to_finish, seed, threads, start, progress)
    return _finish(draft, plans, stop, countdown, engine, seed)


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
