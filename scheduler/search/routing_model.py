"""The problem as an OR-Tools routing model: nodes are jobs, then the places where routes start and end.

A node's time is the start of service. Drives carry the service before them and the set-up after them, so
that a break never interrupts either.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp

from scheduler.search.model import Model, Orders, Task, Worker
from scheduler.search.routing_ties import tie_nodes

MANDATORY_PENALTY = 10**14  # dearer than any plan that leaves out less, and 5,000 of them fit in 64 bits
NO_LIMIT = 2**40


class RoutingModel:
    """`routing` is complete, ready to be closed. A dimension is added only if the problem needs it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        jobs = len(model.tasks)
        stands = sorted({place for w in model.workers for place in (w.start, w.end) if place is not None})
        node = {place: jobs + index for index, place in enumerate(stands)}
        nowhere = jobs + len(stands)
        self._places = np.array([*(task.place for task in model.tasks), *stands], dtype=np.int64)
        starts = [node[worker.start] for worker in model.workers]
        ends = [nowhere if worker.end is None else node[worker.end] for worker in model.workers]
        # A node where no route starts or ends would be one more to visit: nowhere is there only if needed.
        self._nodes = nowhere + any(worker.end is None for worker in model.workers)
        self._manager = pywrapcp.RoutingIndexManager(self._nodes, len(model.workers), starts, ends)
        self.routing = pywrapcp.RoutingModel(self._manager)
        self._node_of = [self._manager.NodeToIndex(j) for j in range(jobs)]
        self._usable = [all(_last_start(worker, rest) >= rest[0] for rest in worker.breaks) for worker in model.workers]
        self._add_costs()
        time = self._add_time()
        for task in model.tasks:
            self._add_task(task, time)
        for worker in model.workers:
            self._add_day(worker, time)
        self._add_load()
        self._add_work()
        self._add_liking()
        self._pin_positions()
        for tie in model.ties:
            tie_nodes(self.routing, time, model, tie, [self._node_of[j] for j in tie.tasks])

    def orders(self) -> Orders:
        """The routes of the plan just found; call only while OR-Tools reports one."""
        return tuple(tuple(self._follow(k)) for k in range(len(self._model.workers)))

    def assignment(self, orders: Orders) -> Any:
        """The plan as a start for the search; None if it isn't one of this model."""
        return self.routing.ReadAssignmentFromRoutes([[self._node_of[j] for j in order] for order in orders], True)

    def _follow(self, k: int) -> list[int]:
        routing, order = self.routing, []
        index = routing.NextVar(routing.Start(k)).Value()
        while not routing.IsEnd(index):
            order.append(self._manager.IndexToNode(index))
            index = routing.NextVar(index).Value()
        return order

    def _add_costs(self) -> None:
        model, prices = self._model, self._model.prices
        metres = model.problem.distances[np.ix_(self._places, self._places)]
        costs = []
        for durations in model.travel:
            seconds = durations[np.ix_(self._places, self._places)]
            costs.append(self._register(seconds * prices.travel_s + metres * prices.distance_m))
        for worker in model.workers:
            self.routing.SetArcCostEvaluatorOfVehicle(costs[worker.speed_class], worker.index)
        if prices.technician_used:
            self.routing.SetFixedCostOfAllVehicles(prices.technician_used)

    def _add_time(self) -> Any:
        model = self._model
        horizon = max(1, model.horizon)
        self._add_dimension("time", self._drives(), slack=horizon, limit=horizon, from_zero=False)
        return self.routing.GetDimensionOrDie("time")

    def _drives(self) -> list[int]:
        """By technician, the transit that takes service, drive and set-up."""
        model = self._model
        service = np.zeros(len(self._places), dtype=np.int64)
        setup = np.zeros(len(self._places), dtype=np.int64)
        service[: len(model.tasks)] = [task.service for task in model.tasks]
        setup[: len(model.tasks)] = [task.setup for task in model.tasks]
        elsewhere = self._places[:, None] != self._places[None, :]
        transits = []
        for durations in model.travel:
            drive = durations[np.ix_(self._places, self._places)]
            transits.append(self._register(service[:, None] + drive + elsewhere * setup, end=service))
        return [transits[worker.speed_class] for worker in model.workers]

    def _add_task(self, task: Task, time: Any) -> None:
        index = self._node_of[task.index]
        openings = [
            (opens, min(closes, self._model.horizon)) for opens, closes in task.openings if opens <= self._model.horizon
        ]
        able = [k for k in np.nonzero(self._model.able[:, task.index])[0].tolist() if self._usable[k]]
        self.routing.VehicleVar(index).SetValues([-1, *able] if openings else [-1])
        self.routing.AddDisjunction([index], MANDATORY_PENALTY if task.mandatory else task.skip_price)
        if openings:
            moment = time.CumulVar(index)
            moment.SetRange(openings[0][0], openings[-1][1])
            for (_, closes), (opens, _) in pairwise(openings):
                moment.RemoveInterval(closes + 1, opens - 1)
            if task.late_price:
                time.SetCumulVarSoftUpperBound(index, task.due, task.late_price)
                self.routing.AddVariableMinimizedByFinalizer(moment)

    def _add_day(self, worker: Worker, time: Any) -> None:
        k, routing = worker.index, self.routing
        start, end = routing.Start(k), routing.End(k)
        time.CumulVar(start).SetRange(worker.begins, worker.begins)
        time.CumulVar(end).SetRange(worker.begins, worker.latest)
        if worker.latest > worker.ends and self._model.prices.overtime_s:
            time.SetCumulVarSoftUpperBound(end, worker.ends, self._model.prices.overtime_s)
            routing.AddVariableMinimizedByFinalizer(time.CumulVar(end))
        if worker.breaks and self._usable[k]:
            rests = [
                routing.solver().FixedDurationIntervalVar(
                    max(rest[0], worker.begins),
                    _last_start(worker, rest),
                    rest[2],
                    False,
                    f"break {k}.{number}",
                )
                for number, rest in enumerate(worker.breaks)
            ]
            time.SetBreakIntervalsOfVehicle(rests, k, self._services())
            for rest in rests:  # without its breaks, a plan to start from is found infeasible
                routing.AddIntervalToAssignment(rest)

    def _services(self) -> list[int]:
        jobs = self._model.tasks
        nodes = (self._manager.IndexToNode(index) for index in range(self.routing.Size()))
        return [jobs[node].service if node < len(jobs) else 0 for node in nodes]

    def _add_load(self) -> None:
        if all(worker.capacity is None for worker in self._model.workers):
            return
        loads = self._unary([task.load for task in self._model.tasks])
        limits = [NO_LIMIT if worker.capacity is None else worker.capacity for worker in self._model.workers]
        self.routing.AddDimensionWithVehicleCapacity(loads, 0, limits, True, "load")

    def _add_work(self) -> None:
        if self._model.prices.imbalance_s:
            self._add_dimension("work", self._drives(), slack=0, limit=NO_LIMIT, from_zero=True)
            work = self.routing.GetDimensionOrDie("work")
            work.SetGlobalSpanCostCoefficient(self._model.prices.imbalance_s)

    def _add_liking(self) -> None:
        if not self._model.dislike.any():
            return
        rows = [self._unary(row) for row in self._model.dislike.tolist()]
        self._add_dimension("liking", rows, slack=0, limit=NO_LIMIT, from_zero=True)
        liking = self.routing.GetDimensionOrDie("liking")
        for k in range(len(rows)):
            liking.SetSpanCostCoefficientForVehicle(1, k)

    def _pin_positions(self) -> None:
        pinned = [(task.index, task.position) for task in self._model.tasks if task.position is not None]
        if not pinned:
            return
        ones = self._unary([1] * len(self._model.tasks))
        self._add_dimension("position", [ones] * len(self._model.workers), slack=0, limit=NO_LIMIT, from_zero=True)
        position = self.routing.GetDimensionOrDie("position")
        for j, place in pinned:
            position.CumulVar(self._node_of[j]).SetRange(place, place)

    def _add_dimension(self, name: str, transits: list[int], *, slack: int, limit: int, from_zero: bool) -> None:
        self.routing.AddDimensionWithVehicleTransits(transits, slack, limit, from_zero, name)

    def _register(self, table: NDArray[np.int64], end: NDArray[np.int64] | None = None) -> int:
        """The table with a row and a column for nowhere, where open routes end: no drive leads there."""
        places = len(self._places)
        wide = np.zeros((self._nodes, self._nodes), dtype=np.int64)
        wide[:places, :places] = table
        if end is not None:
            wide[:places, places:] = end[:, None]
        return int(self.routing.RegisterTransitMatrix(wide.tolist()))

    def _unary(self, by_job: Sequence[int]) -> int:
        rest = self._nodes - len(by_job)
        return int(self.routing.RegisterUnaryTransitVector([*by_job, *([0] * rest)]))


def _last_start(worker: Worker, rest: tuple[int, int, int]) -> int:
    """The last second to start a break that is over before the latest return."""
    return min(rest[1], worker.latest - rest[2])
