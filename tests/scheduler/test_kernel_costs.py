"""The kernel and the judge, each with timing and prices of its own, on the same plans."""

import json

import pytest
from engines import needs_kernel
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_days import orders, problems

from bench.cities import Rules, city
from scheduler.answer import answer, keeps_hard_rules
from scheduler.problem import Problem
from scheduler.search.draft import Draft, Value
from scheduler.search.kernel import KernelSearch
from scheduler.search.model import Model, Orders
from scheduler.solution import Solution, SolverRun

pytestmark = needs_kernel

STEPS = 500
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(MANY, max_examples=40)
FULL = Rules(**dict.fromkeys(Rules.__dataclass_fields__, True))


def found(problem: Problem, steps: int = STEPS, threads: int = 1, start: Orders | None = None) -> tuple[Orders, int]:
    """What the kernel finds in so many steps, and what it says that this costs."""
    running = KernelSearch(Model(problem), 60, threads, seed=1, start=start, steps=steps)
    *_, best = [plan for plan in running.plans(lambda: False) if plan is not None]
    return best


def judged(problem: Problem, plan: Orders) -> Solution:
    draft = Draft.of(Model(problem), plan)
    assert draft is not None, "there are no times for these orders"
    return answer(draft, (), SolverRun())


def worth(problem: Problem, plan: Orders) -> Value:
    solution = judged(problem, plan)
    return Value(len(solution.violations), solution.cost)


@MANY
@given(problems())
def test_the_kernel_breaks_no_rule_and_its_cost_is_the_judges_to_the_second(problem: Problem) -> None:
    plan, cost = found(problem)
    solution = judged(problem, plan)
    assert {violation.rule for violation in solution.violations} <= {"must_be_served"}
    assert solution.violations or solution.cost == cost  # it has no price while a job that must be served is left out


@MANY
@given(st.data())
def test_a_start_is_taken_as_far_as_it_can_be_kept_and_never_made_worse(data: st.DataObject) -> None:
    problem = data.draw(problems())
    start = data.draw(orders(problem))
    plan, cost = found(problem, steps=50, start=start)
    solution = judged(problem, plan)
    assert {violation.rule for violation in solution.violations} <= {"must_be_served"}
    assert solution.violations or solution.cost == cost
    given_plan = Draft.of(Model(problem), start)
    if given_plan is not None and keeps_hard_rules(given_plan):
        assert worth(problem, plan) <= worth(problem, start)


@SOME
@given(problems(related=False))
def test_a_pooled_route_costs_what_the_judge_says_of_it_alone(problem: Problem) -> None:
    model = Model(problem)
    assume(model.tasks and not model.prices.imbalance_s)
    running = KernelSearch(model, 60, 1, seed=1, steps=STEPS)
    assert list(running.plans(lambda: False))
    nobody = sum(task.skip_price for task in model.tasks)
    for kind, price, jobs in running.pool():
        k = running.kinds.index(kind)  # all of a kind are the same in every respect
        alone = tuple(tuple(jobs) if other == k else () for other in range(len(model.workers)))
        served = sum(model.tasks[j].skip_price for j in jobs)
        assert judged(problem, alone).cost == nobody - served + price


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("balance", [False, True], ids=["in parts", "whole"])
def test_a_large_day_with_every_rule_costs_what_the_judge_says(threads: int, balance: bool) -> None:
    rules = Rules(**{**FULL.__dict__, "balance": balance})  # parts don't see each other, so imbalance forbids them
    problem = Problem.from_json(json.dumps(city(160, 50, 1, rules)).encode())
    plan, cost = found(problem, steps=12_000, threads=threads)
    assert sum(map(bool, plan)) >= 32
    solution = judged(problem, plan)
    assert solution.status == "feasible"
    assert solution.cost == cost
