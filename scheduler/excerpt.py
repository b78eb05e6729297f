"""One technician's part of a day, small enough to be judged in a millisecond. For days without relations."""

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace

from scheduler.problem import Job, Matrix, Problem


def excerpt(problem: Problem, technician: str, jobs: Iterable[Job]) -> Problem:
    """The technician and these jobs, with only the places that they need."""
    (who,) = (one for one in problem.technicians if one.id == technician)
    jobs = tuple(jobs)
    ends = [] if who.end is None else [who.end]
    kept = list(dict.fromkeys([who.start, *ends, *(job.location for job in jobs)]))
    index = {place: number for number, place in enumerate(kept)}
    rows = np.ix_(kept, kept)
    return Problem(
        name=problem.name,
        locations=tuple(problem.locations[place] for place in kept),
        matrix=Matrix(
            durations=tuple(map(tuple, problem.durations[rows].tolist())),
            distances=tuple(map(tuple, problem.distances[rows].tolist())),
        ),
        technicians=(replace(who, start=index[who.start], end=None if who.end is None else index[who.end]),),
        jobs=tuple(
            replace(
                job,
                location=index[job.location],
                technicians=None if job.technicians is None else _only(technician, job.technicians),
                preferred=_only(technician, job.preferred),
            )
            for job in jobs
        ),
        objective=problem.objective,
    )


def _only(technician: str, named: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in named if name == technician)
