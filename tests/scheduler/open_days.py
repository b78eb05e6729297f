"""Planned days at random, and an owner who calls for one more visit."""

import msgspec
from days import job
from hypothesis import strategies as st
from random_days import problems

from scheduler.answer import answer
from scheduler.problem import Job, Problem, Window
from scheduler.search.draft import Draft
from scheduler.search.greedy import greedy
from scheduler.search.model import Model
from scheduler.solution import Solution, SolverRun
from scheduler.stop import Countdown, Stop

HOUR = 3600
SLOTS: tuple[Window, ...] = tuple((hour * HOUR, (hour + 2) * HOUR) for hour in range(0, 14, 2))


def planned(model: Model) -> Draft:
    return greedy(model, Countdown(Stop(5)), spend_s=0)


@st.composite
def days_with_a_caller(draw: st.DrawFn) -> tuple[Problem, Solution, Job]:
    """The caller's job isn't in the plan: unknown to the day, or left out."""
    problem = draw(problems())
    known = draw(st.booleans())
    caller = draw(st.sampled_from(problem.jobs)) if problem.jobs else job("J0", 0)
    if problem.jobs and not known:
        others = tuple(one for one in problem.jobs if one is not caller)
        relations = tuple(relation for relation in problem.relations if caller.id not in relation.jobs)
        problem = msgspec.structs.replace(problem, jobs=others, relations=relations)
    model = Model(problem)
    draft = planned(model)
    if known and problem.jobs:
        j = problem.jobs.index(caller)
        orders = tuple(tuple(one for one in order if one != j) for order in draft.orders)
        without = Draft.of(model, orders)
        draft = without if without is not None and not model.ties_of[j] else draft
    return problem, answer(draft, (), SolverRun()), caller
