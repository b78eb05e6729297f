"""The best times for given orders of jobs, breaks included: peers answer with orders, the referee wants times.

For one route, earliest is best once it is known before which stop each break falls, so a handful of labels a
stop hold every schedule worth having. Jobs of different routes that wait for each other are released later
and later until nothing moves. An order that can't be kept is given times all the same: which rules they
break is for the referee to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.day import Day, Named

Orders = Mapping[str, Sequence[str]]  # jobs by technician
Rests = tuple[tuple[int, int], ...]  # start and end of each break

MOST_ROUNDS = 200  # of waiting for each other; in a circle it would never end


@dataclass(frozen=True, slots=True)
class Label:
    """One way to have come so far: `missed` windows, what lateness and overtime cost, the free moment reached."""

    missed: int
    cost: int
    now: int
    taken: frozenset[int]
    rests: Rests
    starts: tuple[int, ...]


def timetable(day: Day, orders: Orders) -> dict[str, Any]:
    """The orders as a `doorstep.solution/1`, as far as the referee reads one."""
    driven = {name: list(order) for name, order in orders.items() if order}
    release: dict[str, int] = {}
    labels: dict[str, Label] = {}
    waiting = set(driven)
    for _ in range(MOST_ROUNDS):
        labels |= {name: _drive(day, name, driven[name], release) for name in waiting}
        starts = {job: at for name, label in labels.items() for job, at in zip(driven[name], label.starts, strict=True)}
        moved = dict(_later(day, starts, release))
        release |= moved
        waiting = {name for name, order in driven.items() if moved.keys() & set(order)}
        if not waiting:
            break
    return {"routes": [_written(day, name, driven[name], label) for name, label in labels.items()]}


def _later(day: Day, starts: Mapping[str, int], release: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Jobs that start too early for another, and when they may start."""
    for relation in day.relations:
        served = [job for job in relation["jobs"] if job in starts]
        gap = relation.get("gap", 0)
        wanted: list[tuple[str, int]] = []
        if relation["type"] in ("sequence", "not_before"):
            wanted = [(b, starts[a] + day.jobs[a]["service"] + gap) for a, b in pairwise(served)]
        elif relation["type"] == "same_time":
            wanted = [(job, max(starts[other] for other in served) - gap) for job in served]
        yield from ((job, at) for job, at in wanted if at > max(starts[job], release.get(job, 0)))


def _drive(day: Day, technician: str, order: list[str], release: Mapping[str, int]) -> Label:
    who = day.technicians[technician]
    seconds = day.durations_of(technician)
    labels = [Label(0, 0, who["shift"][0], frozenset(), (), ())]
    here = who["start"]
    for job in order:
        there = day.jobs[job]["location"]
        lead = int(seconds[here, there]) + day.setup(job, here)
        labels = _worthwhile(
            _serve(day, job, way, max(way.now, release.get(job, 0)))
            for label in labels
            for way in _ways(who, label, lead)
        )
        here = there
    home = 0 if who["end"] is None else int(seconds[here, who["end"]])
    back = [way for label in labels for way in _ways(who, label, home)]
    return min(back, key=lambda label: _price_of_return(day, who, label))


def _price_of_return(day: Day, who: Named, label: Label) -> tuple[int, int, int]:
    """Rules broken, then cost, then how late."""
    over = label.now - who["shift"][1]
    broken = label.missed + len(who.get("breaks", ())) - len(label.taken) + (over > who.get("max_overtime", 0))
    return broken, label.cost + max(0, over) * day.weight("overtime_s"), label.now


def _serve(day: Day, job: str, way: Label, ready: int) -> Label:
    stated = day.jobs[job]
    start = min((max(ready, opens) for opens, closes in day.starts(job) if ready <= closes), default=None)
    missed = start is None
    begins = ready if start is None else start
    due = stated.get("due")
    late = 0 if due is None else max(0, begins - due) * day.late_price(job)
    return Label(
        way.missed + missed,
        way.cost + late,
        begins + stated["service"],
        way.taken,
        way.rests,
        (*way.starts, begins),
    )


def _ways(who: Named, label: Label, lead: int) -> Iterator[Label]:
    """The label once `lead` seconds of drive and set-up are over, with every choice of breaks on the way."""
    yield Label(label.missed, label.cost, label.now + lead, label.taken, label.rests, label.starts)
    for index, rest in enumerate(who.get("breaks", ())):
        opens, closes = rest["window"]
        if index in label.taken or label.now > closes:
            continue
        begins = max(label.now, opens)
        ends = begins + rest["duration"]
        left = max(0, lead - (begins - label.now))
        rests = (*label.rests, (begins, ends))
        rested = Label(label.missed, label.cost, ends, label.taken | {index}, rests, label.starts)
        yield from _ways(who, rested, left)


def _worthwhile(labels: Iterator[Label]) -> list[Label]:
    """Those that no other one beats in every respect."""
    kept: list[Label] = []
    for label in sorted(labels, key=lambda one: (one.now, one.missed, one.cost, -len(one.taken))):
        if not any(k.missed <= label.missed and k.cost <= label.cost and k.taken >= label.taken for k in kept):
            kept.append(label)
    return kept


def _written(day: Day, technician: str, order: list[str], label: Label) -> dict[str, Any]:
    """Leaves as soon as the shift begins, and drives on whenever nothing else is to be done."""
    who, seconds = day.technicians[technician], day.durations_of(technician)
    here, now, stops = who["start"], who["shift"][0], []
    for job, start in zip(order, label.starts, strict=True):
        there, end = day.jobs[job]["location"], start + day.jobs[job]["service"]
        arrival = _arrival(now, int(seconds[here, there]), label.rests)
        stops.append({"job": job, "arrival": arrival, "start": start, "end": end})
        here, now = there, end
    return {
        "technician": technician,
        "stops": stops,
        "breaks": [{"start": begins, "end": ends} for begins, ends in label.rests],
        "leaves": who["shift"][0],
        "returns": label.now,
    }


def _arrival(now: int, drive: int, rests: Rests) -> int:
    for begins, ends in sorted(rests):
        if ends <= now or drive <= begins - now:
            continue
        drive -= max(0, begins - now)
        now = ends
    return now + drive
