"""A model that jobs may still join: owners ask for a time, and emergencies come in, after the plan was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Job, Problem, Travel
from scheduler.rules.reading import Reading
from scheduler.search.model import Model, Order, Orders
from scheduler.solution import Solution

SPARE = 64  # columns made at once, so that a job that joins costs no copy of all the others'


class OpenModel(Model):
    """`problem` stays the one it was made from; `problem_now` has the jobs that joined as well."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.number = {job.id: j for j, job in enumerate(problem.jobs)}
        self._given = list(problem.jobs)
        self._skilled: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._everyone = {technician.id: k for k, technician in enumerate(problem.technicians)}
        carries = [technician.capacity for technician in problem.technicians]
        self._carries = np.array([np.iinfo(np.int64).max if most is None else most for most in carries])

    def join(self, job: Job) -> int:
        """The job's index from now on: a new one, or its old one if the problem has a job of that id.

        ValueError if its place is none of the problem's.
        """
        if job.location >= len(self.problem.locations):
            places = len(self.problem.locations)
            raise ValueError(f"{job.id} is at location {job.location}: there are {places}, from 0")
        job = self._among_those_on_duty(job)
        j = self.number.setdefault(job.id, len(self.tasks))
        if j == len(self.tasks):
            self._widen(j + 1)
            self.tasks.append(self._task(j, job))
            self._given.append(job)
            self.ties_of.append([])
            self.timed.append(False)
        self._describe(j, job)
        return j

    @contextmanager
    def joined(self, job: Job) -> Iterator[int]:
        """The job's index, for as long as the block lasts."""
        before = self._given[self.number[job.id]] if job.id in self.number else None
        j = self.join(job)
        try:
            yield j
        finally:
            if before is None:
                self.leave_last()
            else:
                self._describe(j, before)

    def leave_last(self) -> None:
        """Forgets the job that joined last, which must be in no route."""
        del self.number[self._given.pop().id]
        for column in (self.tasks, self.ties_of, self.timed):
            column.pop()

    @property
    def problem_now(self) -> Problem:
        return changed(self.problem, jobs=self.jobs)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Those of the problem and those that joined, by index."""
        return tuple(self._given)

    def job(self, j: int) -> Job:
        return self._given[j]

    def technician(self, name: str) -> int:
        return self._everyone[name]

    def orders_of(self, solution: Solution) -> Orders:
        """SolutionError if the solution names a job or technician that the problem doesn't have."""
        orders: list[Order] = [()] * len(self.workers)
        for route in Reading(self.problem, solution).routes:
            orders[self._everyone[route.technician.id]] = tuple(self.number[job.id] for job in route.jobs)
        return tuple(orders)

    def _describe(self, j: int, job: Job) -> None:
        self._given[j] = job
        self.tasks[j] = self._task(j, job)
        self.able[:, j] = self._able_to_serve(job)
        self.dislike[:, j] = 0
        if job.preferred and self.prices.not_preferred:
            self.dislike[:, j] = self.prices.not_preferred * ~self._named(job.preferred)

    def _able_to_serve(self, job: Job) -> NDArray[np.bool_]:
        needed = frozenset(job.skills)
        if needed not in self._skilled:
            owned = (technician.skills for technician in self.problem.technicians)
            self._skilled[needed] = np.array([needed <= frozenset(skills) for skills in owned], dtype=np.bool_)
        able = self._skilled[needed] & (job.load <= self._carries)
        if job.technicians is not None:
            able &= self._named(job.technicians)
        if job.pinned is not None:
            able &= self._named((job.pinned.technician,))
        return able

    def _among_those_on_duty(self, job: Job) -> Job:
        """Without the names of technicians who are off today: the problem knows only those on duty."""
        allowed = None if job.technicians is None else self._on_duty(job.technicians)
        preferred = self._on_duty(job.preferred)
        if (allowed, preferred) == (job.technicians, job.preferred):
            return job
        return msgspec.structs.replace(job, technicians=allowed, preferred=preferred)

    def _on_duty(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in ids if name in self._everyone)

    def _named(self, ids: tuple[str, ...]) -> NDArray[np.bool_]:
        named = np.zeros(len(self._everyone), dtype=np.bool_)
        named[[self._everyone[name] for name in ids if name in self._everyone]] = True
        return named

    def _widen(self, columns: int) -> None:
        if columns > self.able.shape[1]:
            self.able = np.pad(self.able, ((0, 0), (0, SPARE)))
            self.dislike = np.pad(self.dislike, ((0, 0), (0, SPARE)))


def driven(problem: Problem, durations: Travel, distances: Travel) -> Problem:
    """The problem with these drives, which its file would not hold: for one that is only asked, and never kept."""
    for known, table in (("durations", durations), ("distances", distances)):
        problem.__dict__[known] = np.ascontiguousarray(table, dtype=np.int32)
    return problem


def changed(problem: Problem, **changes: Any) -> Problem:
    """The problem with these fields changed; what is known of travel stays known."""
    other = msgspec.structs.replace(problem, **changes)
    for known in ("_travel", "durations", "distances", "_durations_by_speed"):
        if known in problem.__dict__:
            other.__dict__[known] = problem.__dict__[known]
    return other
