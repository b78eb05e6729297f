"""Days under way at random, with a plan, a present, what has happened so far, and what happens next."""

from collections.abc import Iterator
from itertools import combinations

import msgspec
from hypothesis import assume
from hypothesis import strategies as st
from open_days import planned
from random_days import problems

from scheduler.answer import answer
from scheduler.difference import Difference
from scheduler.events import Away, Behind, Cancelled, Event, NoShow, Overrun, Urgent
from scheduler.running import RunningDay, Status
from scheduler.search.model import Model
from scheduler.solution import SolverRun

MOST_MOVES = 6  # whose every choice is looked at


@st.composite
def days_with_an_event(draw: st.DrawFn) -> tuple[RunningDay, Event]:
    problem = draw(problems())
    assume(problem.jobs)
    urgent = None
    if draw(st.booleans()) and len(problem.jobs) > 1:
        urgent = draw(st.sampled_from(problem.jobs))
        if urgent.pinned is None and all(urgent.id not in relation.jobs for relation in problem.relations):
            others = tuple(one for one in problem.jobs if one is not urgent)
            problem = msgspec.structs.replace(problem, jobs=others)
        else:
            urgent = None
    plan = answer(planned(Model(problem)), (), SolverRun())
    stops = [stop for route in plan.routes for stop in route.stops]
    now = draw(st.integers(0, 40)) * 900
    status = {}
    for stop in stops:
        if stop.end <= now:
            status[stop.job] = Status.DONE
        elif stop.start <= now:
            status[stop.job] = Status.STARTED
        elif stop.arrival <= now and draw(st.booleans()):
            status[stop.job] = Status.TRAVELLING
    day = RunningDay(problem, plan, now, status)
    events: list[st.SearchStrategy[Event]] = []
    if urgent is not None:
        events.append(st.just(Urgent(urgent)))
    else:
        events.append(st.builds(Behind, st.sampled_from([one.id for one in problem.technicians])))
        events.append(
            st.builds(Away, st.sampled_from([one.id for one in problem.technicians]), st.integers(now, now + 7200))
        )
        open_visits = [stop.job for stop in stops if status.get(stop.job) is not Status.DONE]
        if open_visits:
            which = st.sampled_from(open_visits)
            events += [
                st.builds(Overrun, which, st.sampled_from([600, 2400, 7200])),
                st.builds(NoShow, which),
                st.builds(Cancelled, which),
            ]
    return day, draw(st.one_of(events))


def chosen_moves(difference: Difference) -> Iterator[tuple[str, ...]]:
    """Every choice of its moves, where there are few."""
    jobs = [move.job for move in difference.moves]
    for size in range(len(jobs) + 1):
        if len(jobs) <= MOST_MOVES or size in (0, 1, len(jobs)):
            yield from combinations(jobs, size)
