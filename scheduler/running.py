"""A day under way: what has happened, and where and when every technician is free to go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import msgspec

from scheduler.events import Away, Behind, Cancelled, Event, NoShow, Overrun, Urgent
from scheduler.problem import Problem
from scheduler.rules.reading import Reading
from scheduler.solution import BreakResult, RouteResult, Solution, StopResult


class Status(StrEnum):
    """How far a visit is; one that isn't `planned` is never moved."""

    PLANNED = "planned"
    TRAVELLING = "travelling"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True)
class RunningDay:
    """`plan` states, for visits done or begun, when they really started and ended, or are expected to end.

    `status` names the visits that are no longer merely planned. SolutionError if the plan is another
    problem's, ValueError if a status is of a visit it hasn't.
    """

    problem: Problem
    plan: Solution
    now: int
    status: Mapping[str, Status] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Reading(self.problem, self.plan)
        for job in self.status:
            self.visit(job)

    @cached_property
    def _visits(self) -> dict[str, StopResult]:
        return {stop.job: stop for route in self.plan.routes for stop in route.stops}

    def visit(self, job: str) -> StopResult:
        if job not in self._visits:
            raise ValueError(f"the plan has no visit to {job}")
        return self._visits[job]

    def check(self, event: Event) -> None:
        """ValueError if the event is about what the day hasn't, or what is done already."""
        if isinstance(event, Away | Behind) and event.technician not in {one.id for one in self.problem.technicians}:
            raise ValueError(f"there is no technician {event.technician} today")
        if isinstance(event, Overrun | NoShow | Cancelled):
            self.visit(event.job)
            if self.status.get(event.job) is Status.DONE:
                raise ValueError(f"the visit to {event.job} is done")
        if isinstance(event, Urgent) and event.job.id in self._visits:
            raise ValueError(f"{event.job.id} has a visit today already")


@dataclass(frozen=True)
class Cut:
    """One technician's route where the present cuts it.

    `behind` are the stops that are done, begun or travelled to, as they really went, and `rested` the breaks
    there; `coming` the jobs still to visit; `lost` those the event takes away. Free from `free` on.
    """

    behind: tuple[StopResult, ...]
    rested: tuple[BreakResult, ...]
    coming: tuple[str, ...]
    lost: tuple[str, ...]
    free: int


def cut(day: RunningDay, event: Event | None, route: RouteResult) -> Cut:
    behind: list[StopResult] = []
    coming: list[str] = []
    lost: list[str] = []
    known_until = day.now
    for stop in route.stops:
        leaves = isinstance(event, Away) and route.technician == event.technician and stop.end > event.since
        status = day.status.get(stop.job, Status.PLANNED)
        called_off = isinstance(event, NoShow | Cancelled) and event.job == stop.job
        if status in (Status.STARTED, Status.DONE) or (status is Status.TRAVELLING and not leaves):
            went = _as_it_went(day, event, stop)
            behind.append(went)
            known_until = max(known_until, min(went.end, stop.end))
        elif leaves or lost:
            lost.append(stop.job)  # nobody goes on to a later visit past one that is lost
        elif not called_off:
            coming.append(stop.job)
    behind.sort(key=lambda stop: (stop.start, stop.end))
    rested = tuple(rest for rest in route.breaks if rest.start < known_until)
    free = max([day.now, *(stop.end for stop in behind), *(rest.end for rest in rested)])
    return Cut(tuple(behind), rested, tuple(coming), tuple(lost), free)


def _as_it_went(day: RunningDay, event: Event | None, stop: StopResult) -> StopResult:
    if isinstance(event, Overrun) and event.job == stop.job:
        return msgspec.structs.replace(stop, end=stop.end + event.by)
    if isinstance(event, NoShow | Cancelled) and event.job == stop.job:
        there = max(day.now, stop.arrival)  # on the way, nobody is anywhere the travel times know of
        return msgspec.structs.replace(stop, start=min(stop.start, there), end=there)
    return stop
