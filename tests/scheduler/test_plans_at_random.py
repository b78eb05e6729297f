"""What is true of every plan, for problems nobody thought of."""

from brute_force import Witness
from engines import needs_kernel
from hypothesis import HealthCheck, given, settings
from random_days import problems

from scheduler.answer import answer
from scheduler.check import check
from scheduler.problem import Problem
from scheduler.rules import SOFT
from scheduler.search.greedy import greedy
from scheduler.search.model import Model
from scheduler.solution import Solution, SolverRun, Unserved
from scheduler.solve import solve
from scheduler.stop import Countdown, Stop

FIRST = Stop(0.25)  # too short for OR-Tools to start: greedy, polish and reasons alone
QUICK = Stop(0.05)  # in which the kernel takes some thousand steps
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def keeps_its_promises(problem: Problem, solution: Solution) -> None:
    verdict = check(problem, solution)
    assert {violation.rule for violation in verdict.violations} <= {"must_be_served"}
    assert solution.violations == verdict.violations
    assert (solution.status == "infeasible") == bool(verdict.violations)
    assert (solution.cost, solution.terms) == (verdict.cost, verdict.terms)
    served = [stop.job for route in solution.routes for stop in route.stops]
    left_out = [unserved.job for unserved in solution.unserved]
    assert sorted(served + left_out) == sorted(job.id for job in problem.jobs)


def false_reasons(problem: Problem, solution: Solution) -> list[Unserved]:
    """Running out of time claims nothing, so it isn't false; a busy machine may bring it about."""
    witness = Witness(problem, solution)
    claims = [unserved for unserved in solution.unserved if unserved.reason != "out_of_time"]
    return [unserved for unserved in claims if not witness.confirms(unserved)]


@MANY
@given(problems())
def test_a_greedy_answer_keeps_every_rule_and_its_price_is_the_judges(problem: Problem) -> None:
    keeps_its_promises(problem, solve(problem, FIRST, engine="ortools"))


@MANY
@given(problems())
def test_every_reason_is_confirmed_by_trying_every_place(problem: Problem) -> None:
    solution = solve(problem, FIRST, engine="ortools")
    assert false_reasons(problem, solution) == []


@FEW
@given(problems())
def test_or_tools_keep_every_rule_and_give_true_reasons(problem: Problem) -> None:
    solution = solve(problem, Stop(1.0), engine="ortools", threads=1)
    keeps_its_promises(problem, solution)
    assert false_reasons(problem, solution) == []


@needs_kernel
@MANY
@given(problems())
def test_the_kernel_keeps_every_rule_and_gives_true_reasons(problem: Problem) -> None:
    solution = solve(problem, QUICK, engine="kernel")
    keeps_its_promises(problem, solution)
    assert false_reasons(problem, solution) == []


@MANY
@given(problems())
def test_a_search_and_the_judge_agree_on_what_a_plan_is_worth(problem: Problem) -> None:
    draft = greedy(Model(problem), Countdown(FIRST))
    judged = answer(draft, (), SolverRun())
    assert draft.value() == (len(judged.violations), judged.cost)


@MANY
@given(problems())
def test_a_problem_survives_being_written_and_read(problem: Problem) -> None:
    assert Problem.from_json(problem.to_json()) == problem


@MANY
@given(problems(max_jobs=4))
def test_a_solution_survives_being_written_and_read(problem: Problem) -> None:
    solution = solve(problem, FIRST, engine="ortools")
    assert Solution.from_json(solution.to_json()) == solution


@MANY
@given(problems(max_jobs=4))
def test_the_cost_is_the_sum_of_the_terms_at_their_prices(problem: Problem) -> None:
    solution = solve(problem, FIRST, engine="ortools")
    prices = {rule.name: rule.price(problem.objective) for rule in SOFT}
    assert solution.cost == sum(amount * prices[name] for name, amount in solution.terms.items())
