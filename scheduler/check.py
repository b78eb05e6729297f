"""The one judge of plans, the solver's and a person's alike: what breaks a rule, and what it all costs."""

from msgspec import Struct

from scheduler.problem import Problem
from scheduler.rules import HARD, SOFT
from scheduler.rules.reading import Reading
from scheduler.solution import Solution, Violation


class Verdict(Struct, frozen=True):
    """`terms` counts each soft rule's units by name; `cost` is their sum at the problem's prices."""

    cost: int
    terms: dict[str, int]
    violations: tuple[Violation, ...]


def check(problem: Problem, solution: Solution) -> Verdict:
    """Judges the times as they are stated, and believes nothing else the solution says about itself.

    SolutionError if the solution names a job or technician that the problem doesn't have.
    """
    plan = Reading(problem, solution)
    terms = {rule.name: rule.amount(plan) for rule in SOFT}
    return Verdict(
        cost=sum(terms[rule.name] * rule.price(problem.objective) for rule in SOFT),
        terms=terms,
        violations=tuple(violation for rule in HARD for violation in rule.violations(plan)),
    )
