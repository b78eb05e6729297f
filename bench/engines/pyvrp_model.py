"""PyVRP, modelled as its tutorials and questions and answers say: vehicle types, profiles, prizes and groups.

Who may do what, set-up, speed and preference go into the travel tables: a profile for every kind of
technician, and a place for every kind of job at a location. Several windows are mutually exclusive clients.
"""

import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyvrp

from bench.day import Day, Table
from bench.timing import Orders

PROCESSES = 2  # of different seeds: PyVRP uses one core
DISTRIBUTION = "pyvrp"
# What an edge to a forbidden place costs on top, beside lasting longer than any day. Edges as long as PyVRP
# makes missing ones served 1 to 3 jobs less on CITY_150 in 4 s: its penalties can't lead through them.
FORBIDDEN_COST = 10_000
NO_LIMIT = 2**40
CANNOT = {
    "breaks": "has no breaks: each is a client at the technician's start, and the plan is judged without the detour",
    "late": "has no soft deadlines: lateness isn't priced",
    "imbalance_s": "prices no imbalance",
    "pinned position": "pins no place in a route",
    "sequence": "ties no clients together but a pick-up and its delivery: sequences are left out of the model",
    "not_before": "ties no clients together: waits are left out of the model",
    "same_technician": "ties no clients together: same technician is left out of the model",
    "same_time": "ties no clients together: same time is left out of the model",
}


class Place(NamedTuple):
    """A location as PyVRP needs to tell it apart; `able` and `liked` hold technicians. None is nowhere."""

    location: int | None
    setup: int = 0
    able: frozenset[str] | None = None
    liked: frozenset[str] | None = None


class Stay(NamedTuple):
    """What a client stands for: a job in one of its windows, or a technician's break (no job)."""

    job: str | None
    place: int


def plan(day: Day, seconds: float, seed: int, process: int) -> Orders:
    """Everything counts as its time, building the model as well; one iteration may overrun it."""
    ends = time.perf_counter() + seconds
    model = _Model(day)

    def over(_: float) -> bool:
        return time.perf_counter() > ends

    best = pyvrp.solve(model.data(), over, seed=1000 * seed + process, collect_stats=False, display=False).best
    orders: dict[str, list[str]] = {}
    waiting = {number: list(names) for number, names in enumerate(model.crews)}
    for route in best.routes():
        clients = [model.stays[activity.idx].job for activity in route if activity.is_client()]
        orders[waiting[route.vehicle_type()].pop()] = [job for job in clients if job is not None]
    return orders


@dataclass
class _Model:
    day: Day
    places: dict[Place, int] = field(default_factory=dict)
    clients: list[pyvrp.Client] = field(default_factory=list)
    groups: list[pyvrp.ClientGroup] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    depots: dict[int, pyvrp.Depot] = field(default_factory=dict)
    crews: list[list[str]] = field(default_factory=list)

    def data(self) -> pyvrp.ProblemData:
        day, everybody = self.day, list(self.day.technicians)
        for job in day.jobs:
            liked = day.jobs[job].get("preferred") if day.weight("not_preferred") else None
            self._add_job(job, frozenset(k for k in everybody if day.may_serve(k, job)), frozenset(liked or everybody))
        for name, who in day.technicians.items():
            for rest in who.get("breaks", ()):
                self._add_break(name, rest["window"], rest["duration"])
            for place in (who["start"], who["end"]):
                number = self._place(Place(place))
                self.depots.setdefault(number, pyvrp.Depot(number))
        self.crews = self._crews()
        profiles: dict[tuple[object, ...], int] = {}
        tables: list[tuple[Table, Table]] = []
        types = []
        for crew in self.crews:
            kind = self._kind(crew[0])
            if kind not in profiles:
                profiles[kind] = len(tables)
                tables.append(self._tables(crew[0]))
            types.append(self._vehicle_type(crew, profiles[kind]))
        return pyvrp.ProblemData(
            [pyvrp.Location(0, 0) for _ in self.places],
            self.clients,
            list(self.depots.values()),
            types,
            [distances for distances, _ in tables],
            [durations for _, durations in tables],
            self.groups,
        )

    def _place(self, place: Place) -> int:
        return self.places.setdefault(place, len(self.places))

    def _add_job(self, job: str, able: frozenset[str], liked: frozenset[str]) -> None:
        stated, starts = self.day.jobs[job], self.day.starts(job)
        place = self._place(Place(stated["location"], stated.get("setup", 0), able, liked))
        worth = self.day.worth(job)
        group = None
        if len(starts) > 1:
            group = len(self.groups)
            numbers = list(range(len(self.clients), len(self.clients) + len(starts)))
            self.groups.append(pyvrp.ClientGroup(numbers, required=worth is None))
        for opens, closes in starts:
            client = pyvrp.Client(
                place,
                delivery=[stated.get("load", 0)],
                service_duration=stated["service"],
                tw_early=opens,
                tw_late=closes,
                prize=worth or 0,
                required=worth is None and group is None,
                group=group,
            )
            self._add(client, Stay(job, place))

    def _add_break(self, technician: str, window: tuple[int, int], duration: int) -> None:
        home = self.day.technicians[technician]["start"]
        place = self._place(Place(home, 0, frozenset([technician]), frozenset(self.day.technicians)))
        client = pyvrp.Client(
            place, delivery=[0], service_duration=duration, tw_early=window[0], tw_late=window[1], required=True
        )
        self._add(client, Stay(None, place))

    def _add(self, client: pyvrp.Client, stay: Stay) -> None:
        self.clients.append(client)
        self.stays.append(stay)

    def _crews(self) -> list[list[str]]:
        """Technicians that nothing tells apart are one vehicle type."""
        alike: dict[tuple[object, ...], list[str]] = {}
        for name, who in self.day.technicians.items():
            facts = (who["start"], who["end"], *who["shift"], who.get("capacity"), who.get("max_overtime", 0))
            alike.setdefault((*facts, *self._kind(name)), []).append(name)
        return list(alike.values())

    def _kind(self, technician: str) -> tuple[object, ...]:
        """What a technician's profile depends on: speed, and which places are open and liked."""
        speed = self.day.technicians[technician].get("speed", 1.0)
        able = bytes(place.able is None or technician in place.able for place in self.places)
        liked = bytes(place.liked is None or technician in place.liked for place in self.places)
        return speed, able, liked

    def _tables(self, technician: str) -> tuple[Table, Table]:
        """(costs, durations) from place to place."""
        day, places = self.day, list(self.places)
        nowhere = len(day.problem["locations"])
        at = [nowhere if place.location is None else place.location for place in places]
        elsewhere = np.not_equal.outer(at, at)
        drive = np.pad(day.durations_of(technician), (0, 1))[np.ix_(at, at)]
        metres = np.pad(day.distances, (0, 1))[np.ix_(at, at)]
        costs = drive * day.weight("travel_s") + metres * day.weight("distance_m")
        disliked = [place.liked is not None and technician not in place.liked for place in places]
        costs[:, disliked] += day.weight("not_preferred")
        durations = drive + elsewhere * np.array([place.setup for place in places])
        closed = [place.able is not None and technician not in place.able for place in places]
        costs[:, closed] += FORBIDDEN_COST
        durations[:, closed] += 2 * max(
            one["shift"][1] + one.get("max_overtime", 0) for one in day.technicians.values()
        )
        np.fill_diagonal(costs, 0)
        np.fill_diagonal(durations, 0)
        return costs, durations

    def _vehicle_type(self, crew: list[str], profile: int) -> pyvrp.VehicleType:
        """With overtime a route begins when the shift does, so that its length says when it ends."""
        who, depots = self.day.technicians[crew[0]], list(self.depots)
        begins, ends = who["shift"]
        overtime = who.get("max_overtime", 0)
        capacity = who.get("capacity")
        model = pyvrp.VehicleType(
            num_available=len(crew),
            capacity=[NO_LIMIT if capacity is None else capacity],
            start_depot=depots.index(self.places[Place(who["start"])]),
            end_depot=depots.index(self.places[Place(who["end"])]),
            fixed_cost=self.day.weight("technician_used"),
            tw_early=begins,
            tw_late=ends + overtime,
            profile=profile,
        )
        if not overtime:
            return model
        return model.replace(
            start_late=begins,
            shift_duration=ends - begins,
            max_overtime=overtime,
            unit_overtime_cost=self.day.weight("overtime_s"),
        )
