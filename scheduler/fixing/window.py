"""One of the job's windows moves, as a whole: by the fewest quarters of an hour, which is what owners agree on."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from scheduler.fix import Fix
from scheduler.fixing.attempt import Anew, Attempt, put_in
from scheduler.fixing.case import Case
from scheduler.limits import MAX_WINDOWS
from scheduler.problem import Problem, Window
from scheduler.relaxations import OtherWindow, Relaxation, with_job
from scheduler.solution import Solution
from scheduler.stop import Countdown

STEP_S = 900
MOST_STEPS = 32  # eight hours either way


def kinds(case: Case) -> tuple[str, ...]:
    """None for a job that has no windows, or is pinned to its second."""
    pin = case.job.pinned
    return ("window",) if case.job.windows and (pin is None or pin.start is None) else ()


def attempts(case: Case) -> Iterator[Attempt]:
    if case.fits_with or not kinds(case):
        return
    most = MOST_STEPS
    while most and len(_shifted(case.job.windows, most)) > MAX_WINDOWS:
        most -= 1
    draft = case.draft(_easier(case, most))
    if draft is not None and case.reach(draft):
        anew = Anew(partial(_easier, case, most), partial(_taken, case))
        yield Attempt("window", None, partial(_nearest, case, most), anew)


def _nearest(case: Case, most: int, countdown: Countdown) -> list[Fix]:
    """The fewest steps after which some window is met, by bisection; then the cheapest of the windows so shifted."""
    if not _met(case, most, countdown):
        return []
    fails, fits = 0, most
    while fails + 1 < fits and not countdown.over():
        middle = (fails + fits) // 2
        if _met(case, middle, countdown):
            fits = middle
        else:
            fails = middle
    if countdown.over():
        return []
    found: list[Fix] = []
    for relaxation in _shifts(case, fits):
        draft = case.draft(relaxation.apply(case.day.problem))
        found += [] if draft is None else put_in(case, draft, relaxation, None, countdown)
    return sorted(found, key=lambda fix: fix.price.cost if fix.price else 0)[:1]


def _met(case: Case, steps: int, countdown: Countdown) -> bool:
    draft = case.draft(_easier(case, steps))
    if draft is None:
        return False
    with case.placed(draft, countdown) as fits:
        return fits


def _shifts(case: Case, steps: int) -> Iterator[OtherWindow]:
    for opens, closes in dict.fromkeys(case.job.windows):
        for by in (steps * STEP_S, -steps * STEP_S):
            if opens + by >= 0:
                yield OtherWindow(case.job.id, (opens, closes), (opens + by, closes + by))


def _taken(case: Case, plan: Solution) -> Relaxation | None:
    start = next((stop.start for route in plan.routes for stop in route.stops if stop.job == case.job.id), None)
    if start is None:
        return None
    shifts = (shift for steps in range(1, MOST_STEPS + 1) for shift in _shifts(case, steps))
    return next((shift for shift in shifts if shift.becomes[0] <= start <= shift.becomes[1]), None)


def _easier(case: Case, steps: int) -> Problem:
    return with_job(case.day.problem, replace(case.job, windows=_shifted(case.job.windows, steps)))


def _shifted(windows: tuple[Window, ...], steps: int) -> tuple[Window, ...]:
    """The windows moved by up to so many steps either way, those that touch joined into one."""
    moved = sorted(
        (opens + step * STEP_S, closes + step * STEP_S)
        for opens, closes in windows
        for step in range(-steps, steps + 1)
        if opens + step * STEP_S >= 0
    )
    joined: list[Window] = []
    for opens, closes in moved:
        if joined and opens <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)
