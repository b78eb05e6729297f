"""OR-Tools decides: of all routes that good plans were made of, one for each technician, as cheap as can be.

Set partitioning: every job is in exactly one chosen route or left out at its price. A linear relaxation comes first:
its prices drop the routes that no better plan can hold.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from scheduler.search.choosing import Column
from scheduler.search.model import Order, Orders
from scheduler.stop import Countdown


def choose(
    columns: Sequence[Column], kinds: Sequence[int], penalties: Sequence[int], plan: Orders, countdown: Countdown
) -> Orders | None:
    """A plan of these routes better than `plan`, whose own routes must be among them; None if none was found in time.

    `kinds` is by technician, `penalties` by job; imbalance isn't seen.
    """
    cost = _cost(columns, kinds, penalties, plan)
    if cost is None:
        return None
    relaxed = _relax(columns, kinds, penalties, countdown)
    if relaxed is None or cost - relaxed.cost < 1:
        return None
    kept = [column for column, rise in zip(columns, relaxed.rises, strict=True) if rise < cost - relaxed.cost]
    own = {(kinds[k], frozenset(order)) for k, order in enumerate(plan) if order}
    kept += [column for column in columns if (column.kind, frozenset(column.jobs)) in own and column not in set(kept)]
    chosen = _decide(kept, kinds, penalties, own, cost, countdown)
    return None if chosen is None else _handed_out(chosen, kinds, plan)


class _Relaxed(NamedTuple):
    cost: float
    rises: list[float]  # by column: at least so much dearer than `cost` is every plan with it


def _relax(
    columns: Sequence[Column], kinds: Sequence[int], penalties: Sequence[int], countdown: Countdown
) -> _Relaxed | None:
    model = model_builder.Model()
    taken = [model.new_num_var(0, 1, "") for _ in columns]
    left = [model.new_num_var(0, 1, "") for _ in penalties]
    of_job, of_kind = _rows(columns)
    total = model_builder.LinearExpr.sum
    served = [model.add(total([taken[i] for i in of_job[j]]) + left[j] == 1) for j in range(len(penalties))]
    crew = {kind: model.add(total([taken[i] for i in rows]) <= kinds.count(kind)) for kind, rows in of_kind.items()}
    prices = [float(price) for price in (*(column.price for column in columns), *penalties)]
    model.minimize(model_builder.LinearExpr.weighted_sum(taken + left, prices))
    solver = model_builder.Solver("glop")
    solver.set_time_limit_in_seconds(max(0.01, countdown.left))
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return None
    worth = [float(solver.dual_value(row)) for row in served]
    hire = {kind: solver.dual_value(row) for kind, row in crew.items()}
    rises = [float(column.price - sum(worth[j] for j in column.jobs) - hire[column.kind]) for column in columns]
    return _Relaxed(solver.objective_value, rises)


def _decide(
    columns: Sequence[Column],
    kinds: Sequence[int],
    penalties: Sequence[int],
    own: set[tuple[int, frozenset[int]]],
    cost: int,
    countdown: Countdown,
) -> list[Column] | None:
    if countdown.over():
        return None
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in columns]
    left = [model.new_bool_var("") for _ in penalties]
    of_job, of_kind = _rows(columns)
    for j, job_left in enumerate(left):
        model.add_exactly_one([*(taken[i] for i in of_job[j]), job_left])
    for kind, rows in of_kind.items():
        model.add(sum(taken[i] for i in rows) <= kinds.count(kind))
    prices = [column.price for column in columns]
    model.minimize(cp_model.LinearExpr.weighted_sum(taken + left, prices + list(penalties)))
    served = {j for _, jobs in own for j in jobs}
    for column, one in zip(columns, taken, strict=True):
        model.add_hint(one, (column.kind, frozenset(column.jobs)) in own)
    for j, job_left in enumerate(left):
        model.add_hint(job_left, j not in served)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, countdown.left)
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or solver.objective_value >= cost:
        return None
    return [column for column, one in zip(columns, taken, strict=True) if solver.value(one)]


def _handed_out(chosen: Sequence[Column], kinds: Sequence[int], plan: Orders) -> Orders:
    """Routes to technicians of their kind; who has one of them already keeps it."""
    waiting: dict[int, list[Order]] = defaultdict(list)
    for column in chosen:
        waiting[column.kind].append(column.jobs)
    given: list[Order] = [() for _ in kinds]
    for k, order in enumerate(plan):
        if order in waiting[kinds[k]]:
            waiting[kinds[k]].remove(order)
            given[k] = order
    for k, kind in enumerate(kinds):
        if not given[k] and waiting[kind]:
            given[k] = waiting[kind].pop()
    return tuple(given)


def _cost(columns: Sequence[Column], kinds: Sequence[int], penalties: Sequence[int], plan: Orders) -> int | None:
    price_of = {(column.kind, frozenset(column.jobs)): column.price for column in columns}
    cost = sum(penalties) - sum(penalties[j] for order in plan for j in order)
    for k, order in enumerate(plan):
        if order:
            price = price_of.get((kinds[k], frozenset(order)))
            if price is None:
                return None
            cost += price
    return cost


def _rows(columns: Sequence[Column]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The columns of each job, and of each kind."""
    of_job: dict[int, list[int]] = defaultdict(list)
    of_kind: dict[int, list[int]] = defaultdict(list)
    for index, column in enumerate(columns):
        of_kind[column.kind].append(index)
        for j in column.jobs:
            of_job[j].append(index)
    return of_job, of_kind
