"""OR-Tools routing as the search: construction, then guided local search until the time is over.

It prices imbalance by the busiest technician alone; everything else as the rules do. Whatever it finds is
timed anew and judged by the caller.
"""

from datetime import timedelta
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from scheduler.search.engines import Report
from scheduler.search.model import Model, Orders
from scheduler.search.routing_model import RoutingModel

LAMBDAS = (0.2, 0.1, 0.4)  # 0.1 is OR-Tools' own choice, and what the default seed of 1 gets


def search(model: Model, start: Orders | None, seconds: float, seed: int, report: Report) -> None:
    """Reports each plan that is better than all before it; begins at `start`, or anew without one.

    OR-Tools may overrun `seconds`, so run it where it can be killed.
    """
    built = RoutingModel(model)
    routing = built.routing
    parameters = _parameters(seconds, seed)
    routing.solver().ReSeed(seed)
    plans, best = 0, None

    def accepted() -> None:
        nonlocal plans, best
        plans += 1
        cost = routing.CostVar().Value()
        if best is None or cost < best:
            best = cost
            report(built.orders(), plans)

    routing.AddAtSolutionCallback(accepted)
    routing.CloseModelWithParameters(parameters)
    first = None if start is None else built.assignment(start)
    if first is None or routing.SolveFromAssignmentWithParameters(first, parameters) is None:
        routing.SolveWithParameters(parameters)


def _parameters(seconds: float, seed: int) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    # With tight skills and windows PATH_CHEAPEST_ARC and AUTOMATIC may leave every job unserved.
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    # Guided local search draws no random numbers: how hard it punishes is all that sets two seeds apart.
    parameters.guided_local_search_lambda_coefficient = LAMBDAS[seed % len(LAMBDAS)]
    parameters.time_limit.FromTimedelta(timedelta(seconds=seconds))
    return parameters
