"""Relations as constraints between the nodes of an OR-Tools routing model, void for jobs left out."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

from scheduler.search.model import Model, Tie


def tie_nodes(routing: Any, time: Any, model: Model, tie: Tie, nodes: Sequence[int]) -> None:
    """`nodes` are the tie's jobs, in its order; `time` is the dimension of starts of service."""
    solver, active = routing.solver(), routing.ActiveVar
    ever = 2 * model.horizon + tie.gap + max(model.tasks[j].service for j in tie.tasks)
    if tie.type == "same_time":
        for one, other in combinations(nodes, 2):
            solver.Add(active(one) == active(other))
            apart = time.CumulVar(one) - time.CumulVar(other)
            slack = (1 - active(one)) * ever + tie.gap
            solver.Add(apart <= slack)
            solver.Add(-apart <= slack)
        return
    if tie.type in ("sequence", "same_technician"):
        for one, other in combinations(nodes, 2):
            apart = routing.VehicleVar(one) - routing.VehicleVar(other)
            solver.Add(apart * active(one) * active(other) == 0)
    if tie.type in ("sequence", "not_before"):
        waits = [model.tasks[j].service + tie.gap for j in tie.tasks]
        for (one, other), wait in zip(pairwise(nodes), waits[:-1], strict=True):
            solver.Add(active(other) <= active(one))
            ready = time.CumulVar(one) + wait
            solver.Add(time.CumulVar(other) + (1 - active(other)) * ever >= ready)
