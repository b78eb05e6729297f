"""What a verified fix promises, checked again from its problem and its plan alone."""

from scheduler.check import check
from scheduler.fixes import Fix, JobFixes, apply
from scheduler.problem import Problem
from scheduler.solution import Solution, StopResult


def stops(plan: Solution) -> dict[str, tuple[str, StopResult]]:
    return {stop.job: (route.technician, stop) for route in plan.routes for stop in route.stops}


def holds(problem: Problem, solution: Solution, found: JobFixes, fix: Fix) -> None:
    """Fails unless the fix, applied, serves the job, in time if it was late, and costs nobody else a visit."""
    assert fix.plan is not None
    assert fix.price is not None
    relaxed = Problem.from_json(apply(problem, fix).to_json())
    verdict, before, after = check(relaxed, fix.plan), stops(solution), stops(fix.plan)
    assert (fix.plan.cost, fix.plan.terms, fix.plan.violations) == (verdict.cost, verdict.terms, verdict.violations)
    assert (fix.technician, fix.start) == (after[found.job][0], after[found.job][1].start)
    assert fix.price.rise == fix.price.cost - check(problem, solution).cost
    if fix.kind == "next_day":
        assert verdict.violations == ()
        assert after.keys() == {found.job}
        return
    assert fix.price.cost == verdict.cost
    assert before.keys() | {found.job, *found.together} <= after.keys()
    assert {broken.rule for broken in verdict.violations} <= {"must_be_served"}
    assert {broken.job for broken in verdict.violations}.isdisjoint(after)
    if found.late:
        due = next(job.due for job in problem.jobs if job.id == found.job)
        assert due is not None
        assert after[found.job][1].start <= due
    moved = {move.job for move in fix.moved}
    assert moved.isdisjoint({job.id for job in problem.jobs if job.pinned and job.pinned.start is not None})
    assert not {job for job in before if before[job][0] != after[job][0]} - moved - {found.job}
    kept = before.keys() - moved - {found.job}
    for name in {technician.id for technician in problem.technicians}:
        assert _order(solution, name, kept) == _order(fix.plan, name, kept)


def _order(plan: Solution, technician: str, kept: set[str]) -> list[str]:
    return [
        stop.job for route in plan.routes if route.technician == technician for stop in route.stops if stop.job in kept
    ]
