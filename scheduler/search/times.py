"""Exact timing of one route: given who drives and in what order, when everything happens, breaks included.

A label is one way to have come so far: which breaks are taken (bits), when the last service ended, and what
lateness has cost. Serving as early as possible is always best for a given set of breaks taken, so a few
labels a stop, none better than another in every respect, hold every schedule worth having.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scheduler.search.model import Model, Order, Task, Worker

Rests = tuple[tuple[int, int], ...]  # (index of the technician's break, its start), in the order taken


class Label(NamedTuple):
    taken: int
    time: int
    late_cost: int
    before: "Label | None"
    rests: Rests  # taken since the label before


Labels = list[Label]


@dataclass(frozen=True, slots=True)
class Timetable:
    """A route's times: arrivals, starts and ends by stop, breaks in the technician's own order."""

    leaves: int
    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: tuple[tuple[int, int], ...]
    returns: int


def leave(worker: Worker) -> Labels:
    return [Label(0, worker.begins, 0, None, ())]


def serve(worker: Worker, labels: Labels, place: int, task: Task, release: int, resting: int | None = None) -> Labels:
    """The labels at the end of `task`, driven to from `place`; none if it can't be served.

    Service doesn't start before `release`, which is how other jobs make it wait. `resting` says exactly
    which breaks (bits) fall on the way; None leaves it open.
    """
    lead = worker.durations[place][task.place] + (0 if place == task.place else task.setup)
    reached: Labels = []
    for label in labels:
        for taken, ready, rests in _ways_to_rest(worker, label, lead, resting):
            start = _next_opening(task, ready if ready > release else release)
            if start is not None:
                late = (start - task.due) * task.late_price if start > task.due else 0
                reached.append(Label(taken, start + task.service, label.late_cost + late, label, rests))
    return reached if len(reached) < 2 else _undominated(reached)


def come_back(worker: Worker, labels: Labels, place: int, resting: int | None = None) -> Labels:
    """The labels at the return in time with every break taken."""
    drive = 0 if worker.end is None else worker.durations[place][worker.end]
    every_break = (1 << len(worker.breaks)) - 1
    return [
        Label(taken, ready, label.late_cost, label, rests)
        for label in labels
        for taken, ready, rests in _ways_to_rest(worker, label, drive, resting)
        if taken == every_break and ready <= worker.latest
    ]


def cheapest(model: Model, k: int, back: Labels) -> Label:
    """Of the labels at the return, the one with the least lateness and overtime, then the earliest."""
    return min(back, key=lambda label: (end_price(model, k, label), label.time))


def end_price(model: Model, k: int, back: Label) -> int:
    """What lateness and overtime cost in a route that ends with this label."""
    return back.late_cost + max(0, back.time - model.workers[k].ends) * model.prices.overtime_s


def retrace(model: Model, k: int, order: Order, back: Label) -> Timetable:
    """The times of the route that ends with the label `back`."""
    worker = model.workers[k]
    path = [back]
    while path[-1].before is not None:
        path.append(path[-1].before)
    path.reverse()
    ends = [label.time for label in path[1:-1]]
    starts = [end - model.tasks[j].service for j, end in zip(order, ends, strict=True)]
    leaves, first_rests = _leave_late(model, worker, order[0], starts[0], path[1].rests)
    rests = [first_rests, *(label.rests for label in path[2:])]
    arrivals, place, departs = [], worker.start, leaves
    for index, j in enumerate(order):
        task = model.tasks[j]
        arrivals.append(_arrival(worker, departs, worker.durations[place][task.place], rests[index]))
        place, departs = task.place, ends[index]
    breaks = sorted(rest for taken in rests for rest in taken)
    return Timetable(
        leaves=leaves,
        arrivals=tuple(arrivals),
        starts=tuple(starts),
        ends=tuple(ends),
        breaks=tuple((start, start + worker.breaks[index][2]) for index, start in breaks),
        returns=back.time,
    )


def _ways_to_rest(worker: Worker, label: Label, lead: int, resting: int | None) -> Iterator[tuple[int, int, Rests]]:
    """(breaks taken, when the drive and set-up are over, the breaks on the way) for each set of breaks.

    A break starts as soon as it may, and the drive goes on until then: what is left of it comes after.
    """
    if not resting:
        yield label.taken, label.time + lead, ()
    if worker.breaks and resting != 0:
        for way in _rest(worker, label.taken, label.time, lead, ()):
            if resting is None or way[0] == label.taken | resting:
                yield way


def _rest(worker: Worker, taken: int, now: int, lead: int, rests: Rests) -> Iterator[tuple[int, int, Rests]]:
    for index, (opens, closes, duration) in enumerate(worker.breaks):
        if taken & (1 << index) or now > closes:
            continue
        start = max(now, opens)
        still = max(0, lead - (start - now))
        after, after_rests = taken | (1 << index), (*rests, (index, start))
        yield after, start + duration + still, after_rests
        yield from _rest(worker, after, start + duration, still, after_rests)


def _next_opening(task: Task, ready: int) -> int | None:
    for opens, closes in task.openings:
        if ready <= closes:
            return ready if ready > opens else opens
    return None


def _undominated(labels: Labels) -> Labels:
    labels.sort(key=lambda label: (label.time, label.late_cost, -label.taken.bit_count()))
    kept: Labels = []
    for label in labels:
        if not any(k.taken | label.taken == k.taken and k.late_cost <= label.late_cost for k in kept):
            kept.append(label)
    return kept


def _leave_late(model: Model, worker: Worker, j: int, start: int, rests: Rests) -> tuple[int, Rests]:
    """Leaving just in time for the first job, rather than at the start of the shift to wait at its door."""
    task = model.tasks[j]
    lead = worker.durations[worker.start][task.place] + (0 if worker.start == task.place else task.setup)
    if not rests:
        return start - lead, rests
    if len(rests) > 1:
        return worker.begins, rests
    ((index, _),) = rests
    opens, closes, duration = worker.breaks[index]
    leaves = min(start - lead - duration, closes)
    return leaves, ((index, max(leaves, opens)),)


def _arrival(worker: Worker, departs: int, drive: int, rests: Rests) -> int:
    """When a drive is over that goes on from `departs`, broken only by the breaks on the way."""
    now = departs
    for index, start in rests:
        if drive <= start - now:
            break
        drive -= start - now
        now = start + worker.breaks[index][2]
    return now + drive
