"""The referee of the benchmark: what any plan costs and which rules it breaks, whoever made it.

It reads `doorstep.problem/1` and `doorstep.solution/1` as plain dicts and shares no code with the planner.
Plans that come as orders of jobs without times are given the best times first (`timing.timetable`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import NamedTuple

from bench.day import Day, Named

Plan = Named  # a `doorstep.solution/1`, of which only routes and the list of unserved jobs are believed


class Broken(NamedTuple):
    """A hard rule that is broken, by its name in the format; None where nobody in particular breaks it."""

    rule: str
    technician: str | None
    job: str | None


class Leg(NamedTuple):
    """A drive to a job, or home (`stop` None); `begins` is when it may begin, `ends` when it is over."""

    begins: int
    ends: int
    drive: int
    metres: int
    setup: int
    stop: Named | None


class Visit(NamedTuple):
    technician: str
    place: int  # in the route, from 0
    stop: Named


@dataclass(frozen=True)
class Judgement:
    """`terms` are in each term's own unit; `cost` is their sum at the problem's prices."""

    cost: int
    terms: dict[str, int]
    unserved: tuple[str, ...]
    broken: frozenset[Broken]


def judge(day: Day, plan: Plan) -> Judgement:
    """ValueError for a job or technician that the problem doesn't have."""
    routes = [route for route in plan["routes"] if route.get("stops")]
    visits: dict[str, Visit] = {}
    for route in routes:
        if route["technician"] not in day.technicians:
            raise ValueError(f"there is no technician {route['technician']!r}")
        for place, stop in enumerate(route["stops"]):
            if stop["job"] not in day.jobs:
                raise ValueError(f"there is no job {stop['job']!r}")
            visits.setdefault(stop["job"], Visit(route["technician"], place, stop))
    terms = _terms(day, routes, visits)
    return Judgement(
        cost=sum(units * (1 if term in IN_COST else day.weight(term)) for term, units in terms.items()),
        terms=terms,
        unserved=tuple(job for job in day.jobs if job not in visits),
        broken=frozenset(_broken(day, plan, routes, visits)),
    )


# What it costs

IN_COST = ("unserved", "late_cost")  # stated by the jobs, in units of cost


def _terms(day: Day, routes: list[Named], visits: dict[str, Visit]) -> dict[str, int]:
    legs = {route["technician"]: list(_legs(day, route)) for route in routes}
    stops = [(route["technician"], stop) for route in routes for stop in route["stops"]]
    late = [
        (job, max(0, stop["start"] - job["due"]))
        for _, stop in stops
        if (job := day.jobs[stop["job"]]).get("due") is not None
    ]
    worked = [
        sum(leg.drive + leg.setup for leg in legs[route["technician"]])
        + sum(day.jobs[stop["job"]]["service"] for stop in route["stops"])
        for route in routes
    ]
    return {
        "unserved": sum(job.get("unserved_cost") or 0 for name, job in day.jobs.items() if name not in visits),
        "late_s": sum(seconds for _, seconds in late),
        "late_cost": sum(job.get("late_cost_per_s", 0) * seconds for job, seconds in late),
        "travel_s": sum(leg.drive for route in legs.values() for leg in route),
        "distance_m": sum(leg.metres for route in legs.values() for leg in route),
        "overtime_s": sum(max(0, r["returns"] - day.technicians[r["technician"]]["shift"][1]) for r in routes),
        "technician_used": len(routes),
        "not_preferred": sum(technician not in (_liked(day, stop) or [technician]) for technician, stop in stops),
        "imbalance_s": max(worked, default=0) - min(worked, default=0),
        "moved": sum(
            name not in visits or visits[name].technician != job["pinned"]["technician"]
            for name, job in day.jobs.items()
            if job.get("pinned")
        ),
    }


def _liked(day: Day, stop: Named) -> list[str]:
    return list(day.jobs[stop["job"]].get("preferred", ()))


def _legs(day: Day, route: Named) -> Iterator[Leg]:
    technician = day.technicians[route["technician"]]
    seconds, metres = day.durations_of(route["technician"]), day.distances
    here, free = technician["start"], route["leaves"]
    for stop in route["stops"]:
        there = day.jobs[stop["job"]]["location"]
        setup = day.setup(stop["job"], here)
        yield Leg(free, stop["arrival"], int(seconds[here, there]), int(metres[here, there]), setup, stop)
        here, free = there, stop["end"]
    home = technician["end"]
    way = (0, 0) if home is None else (int(seconds[here, home]), int(metres[here, home]))
    yield Leg(free, route["returns"], *way, 0, None)


# What it breaks


def _broken(day: Day, plan: Plan, routes: list[Named], visits: dict[str, Visit]) -> Iterator[Broken]:
    yield from _counts(day, plan, routes, visits)
    for route in plan["routes"]:
        if not route.get("stops"):
            yield from (Broken("breaks", route["technician"], None) for _ in route.get("breaks", ()))
    for route in routes:
        name = route["technician"]
        for place, stop in enumerate(route["stops"]):
            yield from (Broken(rule, name, stop["job"]) for rule in _visit(day, name, place, stop))
        for rule, job in (*_on_the_way(day, route), *_whole_route(day, route)):
            yield Broken(rule, name, job)
    for relation in day.relations:
        for visit in _out_of_relation(day, relation, [visits.get(job) for job in relation["jobs"]]):
            yield Broken("relations", visit.technician, visit.stop["job"])


def _counts(day: Day, plan: Plan, routes: list[Named], visits: dict[str, Visit]) -> Iterator[Broken]:
    """Served once or listed once, and never left out if it must be served."""
    for route in routes:
        for stop in route["stops"]:
            if visits[stop["job"]].stop is not stop:
                yield Broken("once", route["technician"], stop["job"])
    listed = [left["job"] for left in plan.get("unserved", ())]
    for job in listed:
        if job in visits:
            yield Broken("once", visits[job].technician, job)
        if listed.count(job) > 1:
            yield Broken("once", None, job)
    for name, job in day.jobs.items():
        if job.get("unserved_cost") is None and name not in visits:
            yield Broken("must_be_served", None, name)


def _visit(day: Day, technician: str, place: int, stop: Named) -> Iterator[str]:
    job, skills = day.jobs[stop["job"]], day.technicians[technician].get("skills", ())
    for skill in set(job.get("skills", ())) - set(skills):
        yield "certificates" if skill.startswith("cert:") else "skills"
    if job.get("technicians") is not None and technician not in job["technicians"]:
        yield "allowed"
    pin = job.get("pinned") or {"technician": technician}
    stated = (pin["technician"], pin.get("start"), pin.get("position"))
    if any(
        want is not None and want != is_ for want, is_ in zip(stated, (technician, stop["start"], place), strict=True)
    ):
        yield "pins"
    if not any(opens <= stop["start"] <= closes for opens, closes in day.windows(stop["job"])):
        yield "windows"
    if stop["end"] - stop["start"] != job["service"]:
        yield "service"


def _on_the_way(day: Day, route: Named) -> Iterator[tuple[str, str | None]]:
    for leg in _legs(day, route):
        job = None if leg.stop is None else leg.stop["job"]
        short = _free(route, leg.begins, leg.ends) < leg.drive
        if short or (leg.stop is not None and _free(route, leg.ends, leg.stop["start"]) < leg.setup):
            yield "driving", job


def _free(route: Named, begin: int, end: int) -> int:
    """Seconds between two moments that no break takes; below 0 if they come in the wrong order."""
    if end <= begin:
        return end - begin
    resting: set[tuple[int, int]] = set()
    for rest in route.get("breaks", ()):
        if max(begin, rest["start"]) < min(end, rest["end"]):
            resting.add((max(begin, rest["start"]), min(end, rest["end"])))
    covered, reached = 0, begin
    for starts, ends in sorted(resting):
        covered += max(0, ends - max(reached, starts))
        reached = max(reached, ends)
    return end - begin - covered


def _whole_route(day: Day, route: Named) -> Iterator[tuple[str, None]]:
    technician = day.technicians[route["technician"]]
    begins, ends = technician["shift"]
    if route["leaves"] < begins or route["returns"] > ends + technician.get("max_overtime", 0):
        yield "shifts", None
    load = sum(day.jobs[stop["job"]].get("load", 0) for stop in route["stops"])
    if technician.get("capacity") is not None and load > technician["capacity"]:
        yield "capacity", None
    if not _rests(technician, route):
        yield "breaks", None


def _rests(technician: Named, route: Named) -> bool:
    """Each break once, in full, begun in its window, within the route, and nothing else meanwhile."""
    due, stated = technician.get("breaks", ()), route.get("breaks", ())
    busy = [(stop["start"], stop["end"]) for stop in route["stops"]]
    for number, rest in enumerate(stated):
        others = [(other["start"], other["end"]) for other in stated[:number]]
        if any(max(rest["start"], a) < min(rest["end"], b) for a, b in busy + others):
            return False
        if rest["start"] < route["leaves"] or rest["end"] > route["returns"]:
            return False
    return len(due) == len(stated) and any(
        all(
            want["window"][0] <= rest["start"] <= want["window"][1] and rest["end"] - rest["start"] == want["duration"]
            for want, rest in zip(due, order, strict=True)
        )
        for order in permutations(stated)
    )


def _out_of_relation(day: Day, relation: Named, visits: list[Visit | None]) -> Iterator[Visit]:
    kind, gap = relation["type"], relation.get("gap", 0)
    served = [visit for visit in visits if visit is not None]
    if kind in ("sequence", "not_before"):
        before_gap = len(visits) if None not in visits else visits.index(None)
        yield from (visit for visit in visits[before_gap:] if visit is not None)
        yield from (b for a, b in pairwise(served) if b.stop["start"] < a.stop["end"] + gap)
    if kind in ("sequence", "same_technician"):
        yield from (visit for visit in served if visit.technician != served[0].technician)
    if kind == "sequence":
        yield from (b for a, b in pairwise(served) if a.technician == b.technician and a.place > b.place)
    if kind == "same_time" and served:
        first = min(visit.stop["start"] for visit in served)
        together = len(served) == len(visits)
        yield from (visit for visit in served if not together or visit.stop["start"] > first + gap)
