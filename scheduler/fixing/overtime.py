"""One technician is back later than the shift and the overtime allowed now permit: by the fewest minutes."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from scheduler.fix import Fix
from scheduler.fixing.attempt import Anew, Attempt, put_in
from scheduler.fixing.case import Case
from scheduler.problem import Objective, Problem, Technician
from scheduler.relaxations import Overtime, Relaxation, with_jobs, with_technicians
from scheduler.search.draft import Draft
from scheduler.solution import Solution
from scheduler.stop import Countdown

MOST_S = 3 * 3600  # beyond what the problem allows: nobody is asked for more
STEP_S = 60  # people agree on minutes
DEAR = 1_000  # for a second of overtime, when planning anew is to take as little of it as possible


def kinds(_: Case) -> tuple[str, ...]:
    return ("overtime",)


def attempts(case: Case) -> Iterator[Attempt]:
    problem = case.day.problem
    draft = case.draft(_counting_it_alone(problem, problem.technicians))
    if draft is None:
        return
    for k in case.reach(draft):
        if k not in case.fits_with:
            one = problem.technicians[k]
            anew = Anew(partial(_making_it_dear, problem, one), partial(_taken, one))
            yield Attempt("overtime", one.id, partial(_least, case, draft, k), anew)


def _least(case: Case, draft: Draft, k: int, countdown: Countdown) -> list[Fix]:
    """The fewest minutes first, then the cheapest place that takes no more of them."""
    best = draft.best_insertion(case.j, (k,)) if case.alone else None
    if best is None:
        return []
    relaxation = _whole_minutes(case.day.problem.technicians[k], best.price)
    tight = case.draft(relaxation.apply(case.day.problem))
    return [] if tight is None else put_in(case, tight, relaxation, (k,), countdown)


def _taken(technician: Technician, plan: Solution) -> Relaxation | None:
    latest = technician.shift[1] + technician.max_overtime
    returns = max((route.returns for route in plan.routes if route.technician == technician.id), default=0)
    return _whole_minutes(technician, returns - latest) if returns > latest else None


def _whole_minutes(technician: Technician, seconds: int) -> Overtime:
    return Overtime(technician.id, -(-seconds // STEP_S) * STEP_S)


def _counting_it_alone(problem: Problem, among: tuple[Technician, ...]) -> Problem:
    """Those `among` may work longer, and a plan costs each second past what is allowed now, and nothing else."""
    jobs = tuple(replace(job, late_cost_per_s=0) for job in problem.jobs)
    counting = with_technicians(with_jobs(problem, jobs), _longer(problem, among))
    return replace(counting, objective=Objective(travel_s=0, overtime_s=1))


def _making_it_dear(problem: Problem, technician: Technician) -> Problem:
    longer = with_technicians(problem, _longer(problem, (technician,)))
    return replace(longer, objective=replace(problem.objective, overtime_s=DEAR))


def _longer(problem: Problem, among: tuple[Technician, ...]) -> tuple[Technician, ...]:
    """Shifts end where overtime does now, so that only what is beyond it counts as overtime."""
    return tuple(
        replace(
            one,
            shift=(one.shift[0], one.shift[1] + one.max_overtime),
            max_overtime=MOST_S if one in among else 0,
        )
        for one in problem.technicians
    )
