"""What a problem's parts must agree on: ids known and used once, indices in range, a way to know travel."""

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from scheduler.errors import ProblemError
from scheduler.limits import MAX_TRAVEL_CELLS

if TYPE_CHECKING:
    from scheduler.problem import Problem


def check_consistency(problem: "Problem") -> None:
    """Raises ProblemError at the first contradiction."""
    _unique("$.locations", (place.id for place in problem.locations))
    _unique("$.technicians", (technician.id for technician in problem.technicians))
    _unique("$.jobs", (job.id for job in problem.jobs))
    _check_places(problem)
    _check_job_references(problem)
    _check_relations(problem)
    _check_travel(problem)


def _unique(path: str, ids: Iterable[str]) -> None:
    first_use: dict[str, int] = {}
    for index, name in enumerate(ids):
        if name in first_use:
            raise ProblemError(f"{path}[{index}].id", f"{name!r} is already the id of {path}[{first_use[name]}]")
        first_use[name] = index


def _check_places(problem: "Problem") -> None:
    for index, technician in enumerate(problem.technicians):
        _check_place(problem, f"$.technicians[{index}].start", technician.start)
        if technician.end is not None:
            _check_place(problem, f"$.technicians[{index}].end", technician.end)
    for index, job in enumerate(problem.jobs):
        _check_place(problem, f"$.jobs[{index}].location", job.location)


def _check_place(problem: "Problem", path: str, place: int) -> None:
    if not 0 <= place < len(problem.locations):
        raise ProblemError(path, f"there is no location {place}: there are {len(problem.locations)}, from 0")


def _check_job_references(problem: "Problem") -> None:
    known = {technician.id for technician in problem.technicians}
    for index, job in enumerate(problem.jobs):
        for field, ids in (("technicians", job.technicians or ()), ("preferred", job.preferred)):
            for place, name in enumerate(ids):
                _check_known(f"$.jobs[{index}].{field}[{place}]", name, known, "technician")
        if job.pinned is not None:
            _check_known(f"$.jobs[{index}].pinned.technician", job.pinned.technician, known, "technician")


def _check_relations(problem: "Problem") -> None:
    known = {job.id for job in problem.jobs}
    for index, relation in enumerate(problem.relations):
        seen: set[str] = set()
        for place, name in enumerate(relation.jobs):
            path = f"$.relations[{index}].jobs[{place}]"
            _check_known(path, name, known, "job")
            if name in seen:
                raise ProblemError(path, f"{name!r} is named twice")
            seen.add(name)


def _check_known(path: str, name: str, known: Container[str], what: str) -> None:
    if name not in known:
        raise ProblemError(path, f"there is no {what} {name!r}")


def _check_travel(problem: "Problem") -> None:
    size = len(problem.locations)
    speeds = {technician.speed for technician in problem.technicians}
    if size * size * max(1, len(speeds)) > MAX_TRAVEL_CELLS:
        raise ProblemError(
            "$.technicians", f"{len(speeds)} distinct speeds over {size} locations are too many to tabulate"
        )
    if problem.matrix is None:
        for index, place in enumerate(problem.locations):
            if place.lat is None:
                raise ProblemError(f"$.locations[{index}]", "no lat and lon, and the problem has no matrix")
        return
    _check_square("$.matrix.durations", problem.matrix.durations, size)
    if problem.matrix.distances is not None:
        _check_square("$.matrix.distances", problem.matrix.distances, size)
    elif problem.objective.distance_m:
        raise ProblemError("$.objective.distance_m", "distance has a price but the matrix has no distances")


def _check_square(path: str, rows: tuple[tuple[int, ...], ...], size: int) -> None:
    if len(rows) != size:
        raise ProblemError(path, f"{len(rows)} rows for {size} locations")
    for index, row in enumerate(rows):
        if len(row) != size:
            raise ProblemError(f"{path}[{index}]", f"{len(row)} entries for {size} locations")
