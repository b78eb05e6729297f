"""A plan read beside its problem: the one view that every rule judges, with ids resolved once.

It takes times as the plan states them, and everything else (travel, set-up, load) from the problem.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from scheduler.errors import SolutionError
from scheduler.problem import Job, Problem, Technician
from scheduler.solution import BreakResult, RouteResult, Solution, StopResult


@dataclass(frozen=True, slots=True)
class Leg:
    """From the end of one service, or leaving, to the start of the next, or the return (then no `stop`).

    `travel` in seconds at the technician's speed, `distance` in metres, `setup` in seconds if it is due.
    """

    departs: int
    arrives: int
    travel: int
    distance: int
    setup: int
    stop: StopResult | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class Visit:
    """Where and when a job is served; `position` in the route counts from 0."""

    job: Job
    technician: Technician
    stop: StopResult
    position: int


class RouteReading:
    """A route that has stops."""

    def __init__(self, problem: Problem, technician: Technician, route: RouteResult, jobs: list[Job]) -> None:
        self.technician = technician
        self.jobs = jobs
        self.stops: Sequence[StopResult] = route.stops
        self.breaks: Sequence[BreakResult] = route.breaks
        self.leaves = route.leaves
        self.returns = route.returns
        self.legs = list(self._read_legs(problem))

    @property
    def worked(self) -> int:
        """Seconds of driving, set-up and service; waiting and breaks are not work."""
        return sum(leg.travel + leg.setup for leg in self.legs) + sum(job.service for job in self.jobs)

    def _read_legs(self, problem: Problem) -> Iterator[Leg]:
        durations = problem.durations_at(self.technician.speed)
        place, departs = self.technician.start, self.leaves
        for stop, job in zip(self.stops, self.jobs, strict=True):
            yield Leg(
                departs=departs,
                arrives=stop.arrival,
                travel=int(durations[place, job.location]),
                distance=int(problem.distances[place, job.location]),
                setup=0 if place == job.location else job.setup,
                stop=stop,
                job=job,
            )
            place, departs = job.location, stop.end
        end = self.technician.end
        yield Leg(
            departs=departs,
            arrives=self.returns,
            travel=0 if end is None else int(durations[place, end]),
            distance=0 if end is None else int(problem.distances[place, end]),
            setup=0,
            stop=None,
            job=None,
        )


class Reading:
    """SolutionError names the first id that the problem doesn't know, or a technician with two routes."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.solution = solution
        self._jobs = {job.id: job for job in problem.jobs}
        self._technicians = {technician.id: technician for technician in problem.technicians}
        self.idle: list[RouteResult] = []
        self.routes: list[RouteReading] = list(self._read_routes())
        for index, unserved in enumerate(solution.unserved):
            self._job(f"$.unserved[{index}].job", unserved.job)

    @cached_property
    def visits(self) -> dict[str, Visit]:
        """By job id; of a job that is served twice, the first."""
        found: dict[str, Visit] = {}
        for visit in self.all_visits():
            found.setdefault(visit.job.id, visit)
        return found

    def all_visits(self) -> Iterator[Visit]:
        for route in self.routes:
            for position, (job, stop) in enumerate(zip(route.jobs, route.stops, strict=True)):
                yield Visit(job, route.technician, stop, position)

    def _read_routes(self) -> Iterator[RouteReading]:
        seen: set[str] = set()
        for index, route in enumerate(self.solution.routes):
            path = f"$.routes[{index}]"
            technician = self._technicians.get(route.technician)
            if technician is None:
                raise SolutionError(f"{path}.technician", f"the problem has no technician {route.technician!r}")
            if route.technician in seen:
                raise SolutionError(f"{path}.technician", f"{route.technician!r} has a route already")
            seen.add(route.technician)
            jobs = [self._job(f"{path}.stops[{place}].job", stop.job) for place, stop in enumerate(route.stops)]
            if jobs:
                yield RouteReading(self.problem, technician, route, jobs)
            else:
                self.idle.append(route)

    def _job(self, path: str, name: str) -> Job:
        if name not in self._jobs:
            raise SolutionError(path, f"the problem has no job {name!r}")
        return self._jobs[name]
