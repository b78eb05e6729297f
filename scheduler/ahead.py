"""The problem that is left from now on, once an event has happened and before anything is done about it.

What has happened is a fact, and facts need not agree with travel times, so the past isn't planned again.
Each technician's last visit that is done, begun or travelled to stays as a pin (technician, start, first in
the route) that lasts until she is free; what came before it is cut off, what comes after it is open. So
every price of the rest of the day (the way home, the technician in use) is what it is on the whole day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import msgspec

from scheduler.events import Away, Cancelled, Event, NoShow, Overrun
from scheduler.limits import MAX_SECONDS
from scheduler.problem import Break, Job, Pin, Problem, Relation, Technician, Window
from scheduler.running import Cut, RunningDay, cut
from scheduler.search.open_model import changed
from scheduler.solution import BreakResult, RouteResult

Orders = dict[str, tuple[str, ...]]  # job ids by technician


@dataclass(frozen=True)
class Ahead:
    """`orders` are the visits to come, led by the pinned one; `homeless` the jobs the event left without one."""

    problem: Problem
    orders: Orders
    homeless: tuple[str, ...]
    cuts: dict[str, Cut]


def ahead(day: RunningDay, event: Event | None = None) -> Ahead:
    """ValueError if the event is about what the day hasn't. An urgent job is left to who looks for its place."""
    if event is not None:
        day.check(event)
    jobs = {job.id: job for job in day.problem.jobs}
    routes = {route.technician: route for route in day.plan.routes}
    idle = {one.id: RouteResult(technician=one.id, leaves=0, returns=0) for one in day.problem.technicians}
    cuts = {name: cut(day, event, routes.get(name, route)) for name, route in idle.items()}

    called_off = {event.job} if isinstance(event, NoShow | Cancelled) else set()
    facts = {stop.job for one in cuts.values() for stop in one.behind}
    impossible = _depending_on(day.problem, called_off) - facts
    lost = {job for one in cuts.values() for job in one.lost}
    homeless = (lost | _depending_on(day.problem, lost)) - facts - impossible
    planned = {name: tuple(job for job in one.coming if job not in homeless | impossible) for name, one in cuts.items()}
    orders = {name: (*(stop.job for stop in cuts[name].behind[-1:]), *coming) for name, coming in planned.items()}

    relations, bounds = _still_binding(day.problem, cuts, facts | called_off)
    place = {job: (name, index) for name, order in orders.items() for index, job in enumerate(order)}
    markers = {one.behind[-1].job: _marker(day.problem, jobs, name, one) for name, one in cuts.items() if one.behind}
    still = [
        markers.get(job.id) or _open(job, event, place.get(job.id), bounds.get(job.id), job.id in impossible)
        for job in jobs.values()
        if job.id in markers or job.id not in facts | called_off
    ]
    problem = changed(
        day.problem,
        technicians=tuple(
            _from_here(day.problem, event, one, cuts[one.id], routes.get(one.id), jobs)
            for one in day.problem.technicians
        ),
        jobs=tuple(still),
        relations=relations,
    )
    return Ahead(problem, orders, tuple(job for job in jobs if job in homeless), cuts)


def _depending_on(problem: Problem, jobs: Iterable[str]) -> set[str]:
    """The jobs that can't be served without one of these, directly or through others."""
    found, waiting = set[str](), list(jobs)
    while waiting:
        one = waiting.pop()
        for relation in problem.relations:
            if one not in relation.jobs or relation.type == "same_technician":
                continue
            first = 0 if relation.type == "same_time" else relation.jobs.index(one) + 1
            new = set(relation.jobs[first:]) - found - {one}
            found |= new
            waiting += new
    return found


@dataclass(frozen=True)
class _Bound:
    """What relations with visits that are facts leave a job: when it may start, by whom, and whether it must."""

    earliest: int = 0
    latest: int = MAX_SECONDS
    technician: str | None = None
    must: bool = False

    def and_also(self, other: "_Bound") -> "_Bound":
        return _Bound(
            max(self.earliest, other.earliest),
            min(self.latest, other.latest),
            self.technician or other.technician,
            self.must or other.must,
        )


def _still_binding(
    problem: Problem, cuts: Mapping[str, Cut], closed: set[str]
) -> tuple[tuple[Relation, ...], dict[str, _Bound]]:
    """The relations among jobs still open, and what those with facts have become."""
    facts = {stop.job: (name, stop) for name, one in cuts.items() for stop in one.behind}
    relations: list[Relation] = []
    bounds: dict[str, _Bound] = {}
    for relation in problem.relations:
        left = [job for job in relation.jobs if job not in closed]
        last = max((index for index, job in enumerate(relation.jobs) if job in closed), default=-1)
        if relation.type in ("sequence", "not_before"):
            left = [job for job in left if relation.jobs.index(job) > last]  # one that was overtaken binds no more
        for fact in (job for job in relation.jobs if job in facts):
            technician, stop = facts[fact]
            bound = {
                "sequence": _Bound(stop.end + relation.gap, technician=technician),
                "not_before": _Bound(stop.end + relation.gap),
                "same_technician": _Bound(technician=technician),
                "same_time": _Bound(max(0, stop.start - relation.gap), stop.start + relation.gap, must=True),
            }[relation.type]
            for job in left:
                bounds[job] = bounds.get(job, _Bound()).and_also(bound)
        if len(left) > 1:
            relations.append(msgspec.structs.replace(relation, jobs=tuple(left)))
    return tuple(relations), bounds


def _open(job: Job, event: Event | None, place: tuple[str, int] | None, bound: _Bound | None, impossible: bool) -> Job:
    if isinstance(event, Overrun) and event.job == job.id:
        job = msgspec.structs.replace(job, service=job.service + event.by)
    if impossible:
        return msgspec.structs.replace(job, technicians=(), pinned=None)
    if job.pinned is not None:
        lifted = place is None and isinstance(event, Away) and job.pinned.technician == event.technician
        position = None if place is None or job.pinned.position is None else place[1]
        pin = Pin(place[0] if place else job.pinned.technician, job.pinned.start, position)
        job = msgspec.structs.replace(job, pinned=None if lifted else pin)
    if bound is not None:
        allowed = job.technicians
        if bound.technician is not None:
            allowed = tuple(name for name in (allowed or (bound.technician,)) if name == bound.technician)
        windows = _clipped(job.windows, bound.earliest, bound.latest)
        if not windows and place is None:
            return msgspec.structs.replace(job, technicians=(), pinned=None)  # its time is over
        job = msgspec.structs.replace(
            job,
            windows=windows or ((bound.earliest, bound.earliest),),
            technicians=allowed,
            unserved_cost=None if bound.must and place else job.unserved_cost,
        )
    return job


def _clipped(windows: tuple[Window, ...], earliest: int, latest: int) -> tuple[Window, ...]:
    earliest, latest = min(earliest, MAX_SECONDS), min(latest, MAX_SECONDS)
    both = ((max(opens, earliest), min(closes, latest)) for opens, closes in windows or ((0, MAX_SECONDS),))
    return tuple(window for window in both if window[0] <= window[1])


def _marker(problem: Problem, jobs: Mapping[str, Job], technician: str, here: Cut) -> Job:
    """Where the technician is, until she is free; what a fact might break isn't asked again."""
    last = jobs[here.behind[-1].job]
    begins = max(here.behind[-1].start, _from_door_to_door(problem, technician, last.location))
    return Job(
        id=last.id,
        location=last.location,
        service=max(0, here.free - begins),
        tier=last.tier,
        pinned=Pin(technician, begins, 0),
    )


def _from_door_to_door(problem: Problem, technician: str, place: int) -> int:
    """Seconds that a matrix may ask even for the way from a place to itself."""
    (speed,) = (one.speed for one in problem.technicians if one.id == technician)
    return int(problem.durations_at(speed)[place, place])


def _from_here(
    problem: Problem,
    event: Event | None,
    technician: Technician,
    here: Cut,
    route: RouteResult | None,
    jobs: Mapping[str, Job],
) -> Technician:
    begins = max(here.free, technician.shift[0])
    if here.behind:
        drive = _from_door_to_door(problem, technician.id, jobs[here.behind[-1].job].location)
        begins = max(0, here.behind[-1].start - drive)
    ends, overtime, end = technician.shift[1], technician.max_overtime, technician.end
    if isinstance(event, Away) and event.technician == technician.id:
        ends, overtime, end = min(ends + overtime, max(event.since, here.free)), 0, None
    carried = sum(jobs[stop.job].load for stop in here.behind)
    return msgspec.structs.replace(
        technician,
        start=jobs[here.behind[-1].job].location if here.behind else technician.start,
        end=end,
        shift=(begins, max(begins, ends)),
        max_overtime=overtime,
        breaks=_still_due(technician, here, route, ends),
        capacity=None if technician.capacity is None else max(0, technician.capacity - carried),
    )


def _still_due(technician: Technician, here: Cut, route: RouteResult | None, ends: int) -> tuple[Break, ...]:
    """The breaks not taken yet: one that is overdue comes at once, or is as good as taken if there was no work."""
    due = [rest for rest in technician.breaks if rest.window[0] <= ends]
    if route is None or not route.stops or len(route.breaks) != len(technician.breaks):
        return tuple(rest for rest in due if rest.window[1] >= here.free)
    stated = min(permutations(route.breaks), key=lambda order: _misplaced(technician.breaks, order))
    return tuple(
        Break((rest.window[0], max(rest.window[1], here.free)), rest.duration)
        for rest, taken in zip(technician.breaks, stated, strict=True)
        if taken not in here.rested and rest in due
    )


def _misplaced(due: Sequence[Break], stated: Sequence[BreakResult]) -> int:
    """How many of the stated breaks are none of those due, taken in this order."""
    return sum(
        not (rest.window[0] <= taken.start <= rest.window[1] and taken.end - taken.start == rest.duration)
        for rest, taken in zip(due, stated, strict=True)
    )
