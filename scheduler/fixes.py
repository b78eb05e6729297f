"""What would let a job in that isn't planned, or make a late one punctual: only what was proved by a plan.

First every job is tried with everybody else's visits in their order, which takes milliseconds and is exact
(`fixing`); then, with the time that is left, the day is planned anew under what didn't do that way, and at last
under what did, for it may ask for less if others move.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scheduler.fix import Fix, JobFixes, apply
from scheduler.fix_words import FIXES, sentence
from scheduler.fixing import ASKS, Anew, Attempt, Case, Day
from scheduler.problem import Problem
from scheduler.relaxations import Nothing
from scheduler.search.children import LEAST_SEARCH_S
from scheduler.solution import Solution
from scheduler.solve import solve
from scheduler.stop import Countdown, Stop

__all__ = ["FIXES", "Fix", "JobFixes", "Progress", "apply", "find_fixes", "sentence"]

Progress = Callable[[int, int, int], None]  # tried, of how many known so far, fixes verified

SEARCH_S = 1.0
GRACE_S = 0.05  # what a cancelled call may still take before it looks up


def find_fixes(
    problem: Problem,
    solution: Solution,
    stop: Stop,
    jobs: Sequence[str] | None = None,
    *,
    search_s: float = SEARCH_S,
    progress: Progress | None = None,
) -> list[JobFixes]:
    """For each unserved or late job, or those of them in `jobs`, the dearest to leave out first.

    `search_s` is the wall clock that planning anew may take each time; with 0 it isn't done. ValueError for a
    job that the problem doesn't have, SolutionError for a plan of another problem or one that breaks a rule.
    """
    countdown = Countdown(stop, GRACE_S)
    day = Day(problem, solution)
    for name in jobs or ():
        if name not in day.number:
            raise ValueError(f"the problem has no job {name!r}")
    search = _Search(_cases(day, jobs), countdown, progress)
    search.try_with_others_in_place()
    search.plan_anew(stop, search_s)
    return search.results()


def _cases(day: Day, jobs: Sequence[str] | None) -> list[Case]:
    wanted = [j for name, j in day.number.items() if jobs is None or name in jobs]
    cases = [Case(day, j) for j in wanted if j not in day.technician_of or day.late(day.problem.jobs[j])]
    tasks = day.model.tasks
    return sorted(
        cases, key=lambda case: (case.late > 0, -case.late, not tasks[case.j].mandatory, -tasks[case.j].skip_price)
    )


class _Findings:
    """For one case: what was verified, and what is still open, neither proved nor refuted."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.verified: list[Fix] = []
        self.open: list[Fix] = []

    def told(self) -> JobFixes:
        fixes = sorted(self.verified + self.open, key=_cheapest_first)
        return JobFixes(job=self.case.job.id, late=self.case.late, together=self.case.together, fixes=tuple(fixes))


class _Left(NamedTuple):
    """What others' moving may better; `unproved` is how it is listed if there is no time and no fix for it yet."""

    findings: _Findings
    unproved: Fix
    anew: Anew
    has_fix: bool

    def urgency(self) -> tuple[int, ...]:
        """What has no fix first; of that the jobs without any, and what asks least of people."""
        return self.has_fix, bool(self.findings.verified), *_cheapest_first(self.unproved)


class _Search:
    def __init__(self, cases: Sequence[Case], countdown: Countdown, progress: Progress | None) -> None:
        self._countdown = countdown
        self._progress = progress
        self._findings = [_Findings(case) for case in cases]
        self._left: list[_Left] = []

    def try_with_others_in_place(self) -> None:
        for number, findings in enumerate(self._findings):
            self._tell(number, len(self._findings))
            for ask in ASKS:
                if self._countdown.over() or not self._try_all(findings, ask.attempts(findings.case)):
                    findings.open += [Fix(kind=kind) for kind in ask.kinds(findings.case)]
            findings.case.forget_drafts()

    def plan_anew(self, stop: Stop, search_s: float) -> None:
        done, of = len(self._findings), len(self._findings) + len(self._left)
        for number, left in enumerate(sorted(self._left, key=_Left.urgency)):
            self._tell(done + number, of)
            seconds = min(search_s, self._countdown.left - GRACE_S)
            in_time, verified, fix = seconds >= LEAST_SEARCH_S, left.findings.verified, None
            if in_time:
                fix = _planned_anew(left.findings.case, left.anew, Stop(seconds, stop.cancelled))
                in_time = not self._countdown.over()
            if fix is not None and not any(_as_good(other, fix) for other in verified):
                verified.append(fix)
            if fix is None and not left.has_fix and not in_time:
                left.findings.open.append(left.unproved)
        self._tell(of, of)

    def results(self) -> list[JobFixes]:
        return [findings.told() for findings in self._findings]

    def _try_all(self, findings: _Findings, attempts: Iterator[Attempt]) -> bool:
        """Whether the time was enough."""
        for attempt in attempts:
            fixes = attempt.find(self._countdown)
            findings.verified += fixes
            if self._countdown.over():
                return False
            if attempt.anew is not None:
                unproved = Fix(kind=attempt.kind, technician=attempt.technician)
                self._left.append(_Left(findings, unproved, attempt.anew, bool(fixes)))
        return True

    def _tell(self, tried: int, of: int) -> None:
        if self._progress is not None:
            self._progress(tried, of, sum(len(findings.verified) for findings in self._findings))


def _planned_anew(case: Case, anew: Anew, stop: Stop) -> Fix | None:
    """What the search under the relaxation really took of it, perhaps nothing, proved."""
    wanted = case.wanted(anew.problem(), everything=True)
    if wanted is None:
        return None
    plan = solve(wanted, stop)
    orders, relaxation = case.day.orders_of(plan), anew.taken(plan)
    without = case.proved_orders(Nothing(), orders)
    return without if without or relaxation is None else case.proved_orders(relaxation, orders)


def _cheapest_first(fix: Fix) -> tuple[int, ...]:
    """Those not verified come last, those that ask least of people first."""
    return not fix.verified, *_takes(fix), list(FIXES).index(fix.kind)


def _as_good(other: Fix, fix: Fix) -> bool:
    """Whether the other asks the same of the same person, and takes no more of anything."""
    same = type(other.relaxation) is type(fix.relaxation) and other.asked == fix.asked
    return same and all(one <= two for one, two in zip(_takes(other), _takes(fix), strict=True))


def _takes(fix: Fix) -> tuple[int, ...]:
    price = fix.price
    return (price.rise, price.promises, len(fix.moved), price.seconds) if price else ()
