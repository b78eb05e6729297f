"""From a finished draft to the solution that is handed out, judged like any other."""

from collections.abc import Sequence

import msgspec

from scheduler.check import check
from scheduler.problem import Job, Problem
from scheduler.rules.mandatory import MUST_BE_SERVED
from scheduler.search.draft import Draft
from scheduler.search.route import Route
from scheduler.solution import BreakResult, RouteResult, Solution, SolverRun, StopResult, Unserved


def answer(draft: Draft, unserved: Sequence[Unserved], solver: SolverRun) -> Solution:
    """Cost, terms, status and violations are those that `check` finds."""
    problem = draft.model.problem
    solution = Solution(
        format="doorstep.solution/1",
        routes=tuple(route_result(problem, problem.jobs, route) for route in draft.routes if route.order),
        unserved=tuple(unserved),
        solver=solver,
    )
    verdict = check(problem, solution)
    return msgspec.structs.replace(
        solution,
        cost=verdict.cost,
        terms=verdict.terms,
        status="infeasible" if verdict.violations else "feasible",
        violations=verdict.violations,
    )


def keeps_hard_rules(draft: Draft) -> bool:
    """Whether nothing is wrong with the plan but jobs still to be served."""
    found = answer(draft, (), SolverRun()).violations
    return all(violation.rule == MUST_BE_SERVED.name for violation in found)


def route_result(problem: Problem, jobs: Sequence[Job], route: Route) -> RouteResult:
    """`jobs` by index: the problem's, and those that joined it."""
    times = route.timetable
    moments = zip(route.order, times.arrivals, times.starts, times.ends, strict=True)
    return RouteResult(
        technician=problem.technicians[route.k].id,
        stops=tuple(StopResult(jobs[j].id, *moment) for j, *moment in moments),
        breaks=tuple(BreakResult(*rest) for rest in times.breaks),
        leaves=times.leaves,
        returns=times.returns,
    )
