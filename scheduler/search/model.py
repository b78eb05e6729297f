"""The problem as a search sees it: jobs and technicians by index, prices summed up, travel as rows.

Everything here follows from the problem and never changes while a search runs.
"""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.limits import MAX_LOAD
from scheduler.problem import Job, Problem, Technician, Travel

Order = tuple[int, ...]
Orders = tuple[Order, ...]  # job indices in the order served, one tuple a technician, in the problem's order


class Rows(dict[int, list[int]]):
    """A matrix's rows as lists, made when first asked for: exact timing is fastest on plain integers."""

    def __init__(self, matrix: Travel) -> None:
        super().__init__()
        self._matrix = matrix

    def __missing__(self, row: int) -> list[int]:
        values: list[int] = self._matrix[row].tolist()
        self[row] = values
        return values


@dataclass(frozen=True, slots=True)
class Worker:
    """A technician: `breaks` are (first start, last start, duration), `latest` is the end with overtime."""

    index: int
    start: int
    end: int | None
    begins: int
    ends: int
    latest: int
    breaks: tuple[tuple[int, int, int], ...]
    capacity: int | None
    speed_class: int
    durations: Rows


@dataclass(frozen=True, slots=True)
class Task:
    """A job: `openings` are disjoint, in order, and hold the only seconds at which service may start."""

    index: int
    place: int
    service: int
    setup: int
    load: int
    openings: tuple[tuple[int, int], ...]
    due: int
    late_price: int
    skip_price: int
    mandatory: bool
    position: int | None


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation by job index."""

    type: str
    tasks: tuple[int, ...]
    gap: int

    @property
    def timed(self) -> bool:
        """Whether it makes one job's time depend on another's; the order alone settles a sequence."""
        return self.type in ("not_before", "same_time") or (self.type == "sequence" and self.gap > 0)


class Model:
    """`able[k, j]`: technician k has the skills for job j, is allowed, is whom a pin names, can carry it.

    `dislike[k, j]` is the price of k serving j as a technician who isn't preferred.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.prices = problem.objective
        self.speeds = sorted({round(technician.speed * 1000) for technician in problem.technicians}) or [1000]
        self.travel = [problem.durations_at(speed / 1000) for speed in self.speeds]
        self.distances = Rows(problem.distances)
        rows = [Rows(matrix) for matrix in self.travel]
        self.horizon = max((t.shift[1] + t.max_overtime for t in problem.technicians), default=0)
        self.workers = [self._worker(k, t, rows) for k, t in enumerate(problem.technicians)]
        self.tasks = [self._task(j, job) for j, job in enumerate(problem.jobs)]
        self.able = self._able()
        self.dislike = self._dislike()
        number = {job.id: j for j, job in enumerate(problem.jobs)}
        self.ties = [
            Tie(relation.type, tuple(number[job] for job in relation.jobs), relation.gap)
            for relation in problem.relations
        ]
        self.ties_of: list[list[Tie]] = [[] for _ in self.tasks]
        for tie in self.ties:
            for j in tie.tasks:
                self.ties_of[j].append(tie)
        # By job, whether its times depend on other jobs'.
        self.timed = [any(tie.timed for tie in ties) for ties in self.ties_of]

    @cached_property
    def without_breaks(self) -> "Model":
        """The same day with nobody resting: what can't be done then can't be done at all."""
        relaxed = copy(self)
        relaxed.workers = [replace(worker, breaks=()) for worker in self.workers]
        return relaxed

    def _worker(self, k: int, technician: Technician, rows: list[Rows]) -> Worker:
        speed_class = self.speeds.index(round(technician.speed * 1000))
        return Worker(
            index=k,
            start=technician.start,
            end=technician.end,
            begins=technician.shift[0],
            ends=technician.shift[1],
            latest=technician.shift[1] + technician.max_overtime,
            breaks=tuple((*rest.window, rest.duration) for rest in technician.breaks),
            capacity=technician.capacity,
            speed_class=speed_class,
            durations=rows[speed_class],
        )

    def _task(self, j: int, job: Job) -> Task:
        late_price = self.prices.late_s + job.late_cost_per_s
        return Task(
            index=j,
            place=job.location,
            service=job.service,
            setup=job.setup,
            load=job.load,
            openings=self._openings(job),
            due=self.horizon if job.due is None else job.due,
            late_price=0 if job.due is None else late_price,
            skip_price=(job.unserved_cost or 0) + (0 if job.pinned is None else self.prices.moved),
            mandatory=job.unserved_cost is None,
            position=None if job.pinned is None else job.pinned.position,
        )

    def _openings(self, job: Job) -> tuple[tuple[int, int], ...]:
        merged: list[tuple[int, int]] = []
        for opens, closes in sorted(job.windows) or [(0, self.horizon)]:
            if merged and opens <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
            else:
                merged.append((opens, closes))
        if job.pinned is not None and job.pinned.start is not None:
            start = job.pinned.start
            merged = [(start, start) for opens, closes in merged if opens <= start <= closes]
        return tuple(merged)

    def _able(self) -> NDArray[np.bool_]:
        technicians = self.problem.technicians
        able = np.zeros((len(technicians), len(self.tasks)), dtype=np.bool_)
        skills = [frozenset(technician.skills) for technician in technicians]
        carries = np.array([MAX_LOAD if t.capacity is None else t.capacity for t in technicians])
        skilled: dict[frozenset[str], NDArray[np.bool_]] = {}
        for j, job in enumerate(self.problem.jobs):
            needed = frozenset(job.skills)
            if needed not in skilled:
                skilled[needed] = np.array([needed <= owned for owned in skills], dtype=np.bool_)
            able[:, j] = skilled[needed] & (job.load <= carries)
            if job.technicians is not None:
                able[:, j] &= self._among(job.technicians)
            if job.pinned is not None:
                able[:, j] &= self._among((job.pinned.technician,))
        return able

    def _dislike(self) -> NDArray[np.int64]:
        dislike = np.zeros(self.able.shape, dtype=np.int64)
        if self.prices.not_preferred:
            for j, job in enumerate(self.problem.jobs):
                if job.preferred:
                    dislike[:, j] = self.prices.not_preferred * ~self._among(job.preferred)
        return dislike

    def _among(self, ids: tuple[str, ...]) -> NDArray[np.bool_]:
        return np.array([technician.id in ids for technician in self.problem.technicians], dtype=np.bool_)
