"""One job that isn't planned, or starts late: the plan without it, and the proof of what serves it after all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from msgspec.structs import replace

from scheduler.answer import answer
from scheduler.check import Verdict, check
from scheduler.errors import SolutionError
from scheduler.fix import Fix, Price, kind_of
from scheduler.fixing.moves import moves
from scheduler.problem import Job, Problem, Window
from scheduler.relaxations import NextDay, OtherWindow, Overtime, Relaxation, with_jobs
from scheduler.rules.mandatory import MUST_BE_SERVED
from scheduler.search.draft import Draft
from scheduler.search.insertion import insert_what_fits
from scheduler.search.model import Model, Order, Orders
from scheduler.search.route import Route
from scheduler.search.ties import awaited, companions
from scheduler.solution import Solution, SolverRun, StopResult
from scheduler.stop import Countdown


class Day:
    """The problem and its plan as they are now.

    SolutionError if the plan breaks a rule, but that jobs which must be served are not: nothing could be proved
    from there.
    """

    def __init__(self, problem: Problem, plan: Solution) -> None:
        self.problem = problem
        self.plan = plan
        self.model = Model(problem)
        self.verdict: Verdict = check(problem, plan)
        for broken in self.verdict.violations:
            if broken.rule != MUST_BE_SERVED.name:
                raise SolutionError("$.routes", f"fixes begin at a plan that keeps every rule: {broken.sentence}")
        self.number = {job.id: j for j, job in enumerate(problem.jobs)}
        self.stops: dict[str, StopResult] = {stop.job: stop for route in plan.routes for stop in route.stops}
        self.orders = self.orders_of(plan)
        self.technician_of = {j: k for k, order in enumerate(self.orders) for j in order}

    def orders_of(self, plan: Solution) -> Orders:
        orders: dict[str, Order] = {
            route.technician: tuple(self.number[stop.job] for stop in route.stops) for route in plan.routes
        }
        return tuple(orders.get(technician.id, ()) for technician in self.problem.technicians)

    def late(self, job: Job) -> int:
        """Seconds; 0 if the job isn't served."""
        stop = self.stops.get(job.id)
        return 0 if stop is None or job.due is None else max(0, stop.start - job.due)


class Case:
    """`orders` is the plan without job j. `group` is j and the unserved jobs it can't be served without."""

    def __init__(self, day: Day, j: int) -> None:
        self.day = day
        self.j = j
        self.job = day.problem.jobs[j]
        self.late = day.late(self.job)
        self.orders: Orders = day.orders
        if self.late:
            self.orders = tuple(tuple(other for other in order if other != j) for order in day.orders)
        self.group = [j] if self.late else _needed(day, j)
        self.names = {day.problem.jobs[one].id for one in self.group}

    @cached_property
    def together(self) -> tuple[str, ...]:
        return tuple(self.day.problem.jobs[one].id for one in self.group if one != self.j)

    @property
    def alone(self) -> bool:
        return len(self.group) == 1

    def wanted(self, relaxed: Problem, everything: bool = False) -> Problem | None:
        """The relaxed problem in which the job must be served, and on time; None if it has no such time.

        With `everything`, the same for all that was served, and what else is left out costs nothing: it isn't
        what is asked for.
        """
        due = self.job.due if self.late else None
        jobs = []
        for job in relaxed.jobs:
            if job.id in self.names:
                windows = job.windows if due is None else _until(due, job.windows)
                if due is not None and not windows:
                    return None
                jobs.append(replace(job, windows=windows, unserved_cost=None))
            elif everything:
                jobs.append(replace(job, unserved_cost=None if job.id in self.day.stops else 0))
            else:
                jobs.append(job)
        return with_jobs(relaxed, tuple(jobs))

    @cached_property
    def as_it_is(self) -> Draft | None:
        return self.draft(self.day.problem)

    @cached_property
    def fits_with(self) -> set[int]:
        """The technicians with whom a job on its own fits as the plan is."""
        draft = self.as_it_is
        if draft is None or not self.alone:
            return set()
        able = self.day.model.able[:, self.j].nonzero()[0].tolist()
        return {k for k in able if next(draft.insertions(self.j, (k,)), None) is not None}

    def forget_drafts(self) -> None:
        """What was made to try places is large, and a day may have hundreds of cases."""
        self.__dict__.pop("as_it_is", None)

    def reach(self, draft: Draft) -> list[int]:
        """The technicians who could serve the job in the draft's problem, had they nothing else to do."""
        able: list[int] = draft.model.able[:, self.j].nonzero()[0].tolist()
        return [k for k in able if Route.make(draft.model, k, (self.j,)) is not None]

    def draft(self, relaxed: Problem) -> Draft | None:
        """The plan without the job, for it to be put in; None if there are no times for that."""
        wanted = self.wanted(relaxed)
        return None if wanted is None else Draft.of(Model(wanted), self.orders)

    @contextmanager
    def placed(self, draft: Draft, countdown: Countdown, technicians: Sequence[int] | None = None) -> Iterator[bool]:
        """The draft with the group in its cheapest place, for as long as the block lasts; false if it doesn't fit."""
        before = list(draft.routes)
        if self.alone:
            best = draft.best_insertion(self.j, technicians)
            if best is not None:
                draft.insert(best)
        else:
            insert_what_fits(draft, self.group, countdown)
        try:
            yield all(one in draft.technician_of for one in self.group)
        finally:
            draft.adopt({route.k: route for route in before if draft.routes[route.k] is not route})

    def proved(self, relaxation: Relaxation, draft: Draft) -> Fix | None:
        """The draft as a plan of the relaxed problem, judged; None if it isn't what was asked for."""
        plan = self._judged(relaxation.apply(self.day.problem), draft)
        return self._fix(relaxation, plan) if self._serves(plan) else None

    def proved_orders(self, relaxation: Relaxation, orders: Orders) -> Fix | None:
        wanted = self.wanted(relaxation.apply(self.day.problem))
        draft = None if wanted is None else Draft.of(Model(wanted), orders)
        return None if draft is None else self.proved(relaxation, draft)

    def proved_next_day(self) -> Fix | None:
        relaxation = NextDay(self.job.id)
        draft = Draft(Model(relaxation.apply(self.day.problem)))
        best = draft.best_insertion(0)
        if best is None:
            return None
        draft.insert(best)
        plan = answer(draft, (), SolverRun())
        left_out_now = self.day.model.tasks[self.j].skip_price
        return None if plan.violations else self._fix(relaxation, plan, self.day.verdict.cost - left_out_now)

    def _judged(self, relaxed: Problem, draft: Draft) -> Solution:
        plan = answer(draft, (), SolverRun())
        served = {stop.job for route in plan.routes for stop in route.stops}
        unserved = tuple(one for one in self.day.plan.unserved if one.job not in served)
        verdict = check(relaxed, replace(plan, unserved=unserved))
        return replace(
            plan,
            unserved=unserved,
            cost=verdict.cost,
            terms=verdict.terms,
            status="infeasible" if verdict.violations else "feasible",
            violations=verdict.violations,
        )

    def _serves(self, plan: Solution) -> bool:
        """Whether the group is served, in time, with all that was, and only what was left out still is."""
        starts = {stop.job: stop.start for route in plan.routes for stop in route.stops}
        in_time = not self.late or self.job.due is None or starts.get(self.job.id, self.job.due) <= self.job.due
        kept = self.names | self.day.stops.keys() <= starts.keys()
        return kept and in_time and all(broken.rule == MUST_BE_SERVED.name for broken in plan.violations)

    def _fix(self, relaxation: Relaxation, plan: Solution, elsewhere: int = 0) -> Fix:
        """`elsewhere` is what is paid beside the plan."""
        technician, start = next(
            (route.technician, stop.start) for route in plan.routes for stop in route.stops if stop.job == self.job.id
        )
        moved = moves(self.day.plan, plan, apart_from=self.names)
        promises = isinstance(relaxation, OtherWindow | NextDay) and bool(self.job.windows)
        cost = plan.cost + elsewhere
        return Fix(
            kind=kind_of(relaxation, moved),
            technician=technician,
            start=start,
            verified=True,
            relaxation=relaxation,
            moved=moved,
            price=Price(cost, cost - self.day.verdict.cost, _seconds(relaxation), int(promises)),
            plan=plan,
        )


def _needed(day: Day, j: int) -> list[int]:
    found, waiting = {j}, [j]
    while waiting:
        one = waiting.pop()
        new = {*companions(day.model, one), *awaited(day.model, day.technician_of, one)} - found
        new -= day.technician_of.keys()
        found |= new
        waiting += new
    return sorted(found)


def _until(due: int, windows: tuple[Window, ...]) -> tuple[Window, ...]:
    if not windows:
        return ((0, due),)
    return tuple((opens, min(closes, due)) for opens, closes in windows if opens <= due)


def _seconds(relaxation: Relaxation) -> int:
    match relaxation:
        case Overtime():
            return relaxation.seconds
        case OtherWindow():
            return abs(relaxation.becomes[0] - relaxation.was[0])
    return 0
