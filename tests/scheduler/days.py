"""Small days to test with: homes along one road, ten minutes and five kilometres from one to the next."""

from collections.abc import Sequence
from typing import Any

from scheduler.check import Verdict, check
from scheduler.problem import Break, Job, Location, Matrix, Objective, Problem, Relation, Technician
from scheduler.solution import BreakResult, RouteResult, Solution, StopResult

STEP_S, STEP_M = 600, 5_000
EIGHT, NINE, TEN, ELEVEN, NOON, ONE, TWO, FIVE = (hour * 3600 for hour in (8, 9, 10, 11, 12, 13, 14, 17))


def technician(name: str = "T1", **changes: Any) -> Technician:
    """Lives at home 0 and works from eight to five."""
    return Technician(**({"id": name, "start": 0, "end": 0, "shift": (EIGHT, FIVE)} | changes))


def job(name: str = "J1", location: int = 1, **changes: Any) -> Job:
    """Half an hour of work that may be left out for 10,000."""
    return Job(**({"id": name, "location": location, "service": 1800, "unserved_cost": 10_000} | changes))


def lunch(opens: int = NOON, closes: int = ONE, duration: int = 1800) -> Break:
    return Break((opens, closes), duration)


def day(
    jobs: Sequence[Job],
    technicians: Sequence[Technician] = (technician(),),
    *,
    relations: Sequence[Relation] = (),
    homes: int = 6,
    **prices: int,
) -> Problem:
    """Driving costs nothing unless a price is given, so that a test sees only the term it is about."""
    return Problem(
        locations=tuple(Location(f"L{index}") for index in range(homes)),
        matrix=Matrix(
            durations=tuple(tuple(abs(a - b) * STEP_S for b in range(homes)) for a in range(homes)),
            distances=tuple(tuple(abs(a - b) * STEP_M for b in range(homes)) for a in range(homes)),
        ),
        technicians=tuple(technicians),
        jobs=tuple(jobs),
        relations=tuple(relations),
        objective=Objective(**({"travel_s": 0} | prices)),
    )


def route(problem: Problem, name: str, *starts: tuple[str, int], **changes: Any) -> RouteResult:
    """The technician's jobs at the given seconds: leaves, arrives and returns just in time."""
    who = next(technician for technician in problem.technicians if technician.id == name)
    jobs = {job.id: job for job in problem.jobs}
    durations = problem.durations_at(who.speed)
    place, stops, leaves = who.start, [], None
    for job_id, start in starts:
        here = jobs[job_id]
        setup = 0 if place == here.location else here.setup
        if leaves is None:
            leaves = start - setup - int(durations[place, here.location])
        stops.append(StopResult(job_id, start - setup, start, start + here.service))
        place = here.location
    home = 0 if who.end is None else int(durations[place, who.end])
    times = {"leaves": leaves or who.shift[0], "returns": (stops[-1].end + home) if stops else who.shift[0]}
    return RouteResult(**({"technician": name, "stops": tuple(stops)} | times | changes))


def breaks(*starts: int, duration: int = 1800) -> tuple[BreakResult, ...]:
    return tuple(BreakResult(start, start + duration) for start in starts)


def judge(problem: Problem, *routes: RouteResult, **changes: Any) -> Verdict:
    return check(problem, Solution(format="doorstep.solution/1", routes=routes, **changes))


def broken(verdict: Verdict) -> list[tuple[str, str | None, str | None, int]]:
    """(rule, job, technician, amount) of each violation."""
    return [(v.rule, v.job, v.technician, v.amount) for v in verdict.violations]
