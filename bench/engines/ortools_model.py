"""OR-Tools routing with guided local search, written as its own guides would: nothing of ours around it.

One process starts from parallel cheapest insertion, the other from the path of cheapest arcs, the guides'
first choice; the better plan counts. Its search draws no random numbers.
"""

import time
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.day import Day
from bench.timing import Orders

PROCESSES = 2
DISTRIBUTION = "ortools"
MUST = 10**12  # the penalty of a job that must be served
CANNOT = {
    "preferred": "would need a cost matrix for each technician: preference isn't priced",
    "imbalance_s": "spreads the ends of routes and not work: imbalance isn't priced",
    "pinned position": "pins no place in a route without a dimension of its own: left out of the model",
}
FIRST = (
    routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION,
    routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC,
)


def plan(day: Day, seconds: float, seed: int, process: int) -> Orders | None:
    until = time.monotonic() + seconds
    model = _Routing(day)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = FIRST[process]
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromTimedelta(timedelta(seconds=max(0.01, until - time.monotonic())))
    found = model.routing.SolveWithParameters(parameters)
    return None if found is None else model.orders(found)


class _Routing:
    """Nodes are the jobs, then a start and an end for each technician."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.jobs, self.technicians = list(day.jobs), list(day.technicians)
        jobs, crew = len(self.jobs), len(self.technicians)
        self.manager = pywrapcp.RoutingIndexManager(
            jobs + 2 * crew, crew, list(range(jobs, jobs + crew)), list(range(jobs + crew, jobs + 2 * crew))
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.index = {job: self.manager.NodeToIndex(node) for node, job in enumerate(self.jobs)}
        self._add_travel()
        self._add_jobs()
        self._add_days()
        self._add_loads()
        for relation in day.relations:
            self._tie(relation["type"], relation["jobs"], relation.get("gap", 0))

    def orders(self, found: Any) -> Orders:
        return {name: self._order(found, k) for k, name in enumerate(self.technicians)}

    def _order(self, found: Any, k: int) -> list[str]:
        order, index = [], found.Value(self.routing.NextVar(self.routing.Start(k)))
        while not self.routing.IsEnd(index):
            order.append(self.jobs[self.manager.IndexToNode(index)])
            index = found.Value(self.routing.NextVar(index))
        return order

    def _add_travel(self) -> None:
        """Costs of arcs, and a dimension of time whose value at a job is when its service starts."""
        day, crew = self.day, [self.day.technicians[name] for name in self.technicians]
        stated = [day.jobs[job] for job in self.jobs]
        nowhere = len(day.problem["locations"])  # where open routes end: no drive leads there
        places = [job["location"] for job in stated] + [who["start"] for who in crew]
        places += [nowhere if who["end"] is None else who["end"] for who in crew]
        rest = [0] * (2 * len(crew))
        service = np.array([job["service"] for job in stated] + rest)
        setup = np.array([job.get("setup", 0) for job in stated] + rest)
        elsewhere = np.not_equal.outer(places, places)
        metres = np.pad(day.distances, (0, 1))[np.ix_(places, places)]
        costs, times = {}, {}
        for name in self.technicians:
            speed = day.technicians[name].get("speed", 1.0)
            if speed not in costs:
                drive = np.pad(day.durations_of(name), (0, 1))[np.ix_(places, places)]
                cost = drive * day.weight("travel_s") + metres * day.weight("distance_m")
                costs[speed] = self.routing.RegisterTransitMatrix(cost.tolist())
                spent = service[:, None] + drive + elsewhere * setup
                times[speed] = self.routing.RegisterTransitMatrix(spent.tolist())
        speeds = [who.get("speed", 1.0) for who in crew]
        for k, speed in enumerate(speeds):
            self.routing.SetArcCostEvaluatorOfVehicle(costs[speed], k)
        self.routing.SetFixedCostOfAllVehicles(day.weight("technician_used"))
        self.horizon = max(who["shift"][1] + who.get("max_overtime", 0) for who in crew)
        transits = [times[speed] for speed in speeds]
        self.routing.AddDimensionWithVehicleTransits(transits, self.horizon, self.horizon, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")

    def _add_jobs(self) -> None:
        day = self.day
        for job, index in self.index.items():
            starts = [(opens, min(closes, self.horizon)) for opens, closes in day.starts(job) if opens <= self.horizon]
            able = [k for k, name in enumerate(self.technicians) if day.may_serve(name, job)]
            self.routing.VehicleVar(index).SetValues([-1, *able] if starts else [-1])
            worth = day.worth(job)
            self.routing.AddDisjunction([index], MUST if worth is None else worth)
            if not starts:
                continue
            moment = self.time.CumulVar(index)
            moment.SetRange(starts[0][0], starts[-1][1])
            for (_, closes), (opens, _) in pairwise(starts):
                if closes + 1 <= opens - 1:
                    moment.RemoveInterval(closes + 1, opens - 1)
            due = day.jobs[job].get("due")
            if due is not None and day.late_price(job):
                self.time.SetCumulVarSoftUpperBound(index, due, day.late_price(job))

    def _add_days(self) -> None:
        service = [0] * self.routing.Size()
        for job, index in self.index.items():
            service[index] = self.day.jobs[job]["service"]
        for k, name in enumerate(self.technicians):
            who = self.day.technicians[name]
            begins, ends = who["shift"]
            start, end = self.routing.Start(k), self.routing.End(k)
            self.time.CumulVar(start).SetMin(begins)
            self.time.CumulVar(end).SetMax(ends + who.get("max_overtime", 0))
            if who.get("max_overtime"):
                self.time.SetCumulVarSoftUpperBound(end, ends, self.day.weight("overtime_s"))
            self.routing.AddVariableMinimizedByFinalizer(self.time.CumulVar(end))
            rests = [
                self.routing.solver().FixedDurationIntervalVar(*rest["window"], rest["duration"], False, f"{name} {n}")
                for n, rest in enumerate(who.get("breaks", ()))
            ]
            if rests:
                self.time.SetBreakIntervalsOfVehicle(rests, k, service)

    def _add_loads(self) -> None:
        capacities = [self.day.technicians[name].get("capacity") for name in self.technicians]
        if any(capacity is not None for capacity in capacities):
            loads = [self.day.jobs[job].get("load", 0) for job in self.jobs] + [0] * (2 * len(capacities))
            limits = [10**9 if capacity is None else capacity for capacity in capacities]
            taken = self.routing.RegisterUnaryTransitVector(loads)
            self.routing.AddDimensionWithVehicleCapacity(taken, 0, limits, True, "load")

    def _tie(self, kind: str, jobs: list[str], gap: int) -> None:
        """Times as the guide to pick-ups and deliveries ties them: whether both are served or not."""
        solver, routing = self.routing.solver(), self.routing
        for one, other in combinations(jobs, 2):
            a, b = self.index[one], self.index[other]
            start_a, start_b = self.time.CumulVar(a), self.time.CumulVar(b)
            if kind in ("sequence", "same_technician"):
                both = routing.ActiveVar(a) * routing.ActiveVar(b)
                solver.Add(both * (routing.VehicleVar(a) - routing.VehicleVar(b)) == 0)
            if kind in ("sequence", "not_before"):
                solver.Add(routing.ActiveVar(b) <= routing.ActiveVar(a))
                solver.Add(start_a + self.day.jobs[one]["service"] + gap <= start_b)
            if kind == "same_time":
                solver.Add(routing.ActiveVar(a) == routing.ActiveVar(b))
                solver.Add(start_a - start_b <= gap)
                solver.Add(start_b - start_a <= gap)
