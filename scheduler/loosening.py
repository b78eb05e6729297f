"""Giving way where an event leaves no choice: what can't be kept any more becomes lateness at a price.

A plan whose visits stay where they are may have no times left that keep every rule: a visit overran, and
the next owner's window closes on the way. Only what is really late gives way, and only as far as it is late:
a window then reaches to when the visit will start, a shift to when its technician will be back, a break to
when it will begin. Everybody else's promise stays hard.
"""

from collections.abc import Collection, Mapping

import msgspec

from scheduler.limits import MAX_SECONDS
from scheduler.problem import Break, Job, Problem, Relation, Technician
from scheduler.search.draft import Draft
from scheduler.search.model import Model, Order
from scheduler.search.open_model import OpenModel, changed
from scheduler.search.route import Route
from scheduler.search.times import Timetable

ROUNDS = 4


def loosened(
    problem: Problem, orders: Mapping[str, tuple[str, ...]], facts: Collection[str], late_s: int
) -> tuple[OpenModel, Draft]:
    """The problem, giving way where these orders need it, and the draft that serves them in it.

    `late_s` is the price of each second that a visit starts after the last of its windows; `facts` are the
    jobs whose pins are the past.
    """
    index = {job.id: j for j, job in enumerate(problem.jobs)}
    bendable = frozenset(index.values()) - {index[job] for job in facts}
    routes = [tuple(index[job] for job in orders[technician.id]) for technician in problem.technicians]
    for attempt in range(ROUNDS):
        model = OpenModel(problem)
        draft = Draft.of(model, tuple(routes))
        if draft is not None:
            return model, draft
        problem = _giving_way(problem, model, routes, bendable, late_s, rests=attempt > 0, exactly=attempt < ROUNDS - 2)
    return _whatever_it_takes(problem, routes, bendable, late_s)


def _whatever_it_takes(
    problem: Problem, routes: list[Order], bendable: Collection[int], late_s: int
) -> tuple[OpenModel, Draft]:
    """Also jobs that should start together start apart, where the one holds up the other."""
    apart = [
        msgspec.structs.replace(relation, gap=MAX_SECONDS) if relation.type == "same_time" else relation
        for relation in problem.relations
    ]
    free = _without_limits(problem, bendable, range(len(routes)), late_s, rests=True)
    free = changed(free, relations=tuple(apart))
    model = OpenModel(free)
    draft = Draft.of(model, tuple(routes))
    if draft is None:
        raise ValueError("the running plan serves jobs in an order that no times can make possible")
    starts = {problem.jobs[j].id: start for route in draft.routes for j, start in route.starts().items()}
    together = [
        msgspec.structs.replace(relation, gap=max(relation.gap, _spread(relation, starts)))
        if relation.type == "same_time"
        else relation
        for relation in problem.relations
    ]
    tight = changed(_as_late(problem, draft, bendable, late_s), relations=tuple(together))
    tight_model = OpenModel(tight)
    tight_draft = Draft.of(tight_model, tuple(routes))
    return (model, draft) if tight_draft is None else (tight_model, tight_draft)


def _spread(relation: Relation, starts: Mapping[str, int]) -> int:
    found = [starts[job] for job in relation.jobs if job in starts]
    return max(found) - min(found) if found else 0


def _giving_way(
    problem: Problem,
    model: Model,
    routes: list[Order],
    bendable: Collection[int],
    late_s: int,
    *,
    rests: bool,
    exactly: bool,
) -> Problem:
    stuck = [k for k, order in enumerate(routes) if Route.make(model, k, order) is None]
    stuck = stuck or [k for k, order in enumerate(routes) if any(model.timed[j] for j in order)]
    waiting = {k for k, order in enumerate(routes) if any(model.timed[j] for j in order)}
    if any(k in waiting for k in stuck):
        stuck = sorted(waiting.union(stuck))
    free = _without_limits(problem, [j for k in stuck for j in routes[k] if j in bendable], stuck, late_s, rests=rests)
    draft = Draft.of(Model(free), tuple(order if k in stuck else () for k, order in enumerate(routes)))
    if draft is None or not exactly:
        return free if draft is not None else problem
    return _as_late(problem, draft, bendable, late_s)


def _as_late(problem: Problem, draft: Draft, bendable: Collection[int], late_s: int) -> Problem:
    """The problem with what the draft breaks of it given way exactly that far."""
    jobs, technicians = list(problem.jobs), list(problem.technicians)
    for k, route in enumerate(draft.routes):
        if route.order:
            times = route.timetable
            technicians[k] = _technician_as_late(technicians[k], times)
            for j, start in zip(route.order, times.starts, strict=True):
                jobs[j] = _job_as_late(jobs[j], start, late_s) if j in bendable else jobs[j]
    return changed(problem, jobs=tuple(jobs), technicians=tuple(technicians))


def _without_limits(
    problem: Problem, loose: Collection[int], technicians: Collection[int], late_s: int, *, rests: bool
) -> Problem:
    jobs = [_job_as_late(job, MAX_SECONDS, late_s) if j in loose else job for j, job in enumerate(problem.jobs)]
    staff = [
        msgspec.structs.replace(
            one,
            max_overtime=MAX_SECONDS - one.shift[1],
            breaks=tuple(Break((rest.window[0], MAX_SECONDS), rest.duration) for rest in one.breaks)
            if rests
            else one.breaks,
        )
        if k in technicians
        else one
        for k, one in enumerate(problem.technicians)
    ]
    return changed(problem, jobs=tuple(jobs), technicians=tuple(staff))


def _job_as_late(job: Job, start: int, late_s: int) -> Job:
    """The job with its last window, or the second it is pinned to, reaching to `start`."""
    pinned = None if job.pinned is None else job.pinned.start
    windows = job.windows if pinned is None else ((pinned, pinned),)
    windows = tuple(sorted(windows, key=lambda window: window[1]))
    if not windows or start <= windows[-1][1]:
        return job
    opens, closes = windows[-1]
    due = closes if job.due is None else min(job.due, closes)
    price = late_s + (0 if job.due is None else job.late_cost_per_s)
    pin = None if job.pinned is None else msgspec.structs.replace(job.pinned, start=None)
    return msgspec.structs.replace(
        job, windows=(*windows[:-1], (opens, start)), due=due, late_cost_per_s=price, pinned=pin
    )


def _technician_as_late(technician: Technician, times: Timetable) -> Technician:
    return msgspec.structs.replace(
        technician,
        max_overtime=max(technician.max_overtime, times.returns - technician.shift[1]),
        breaks=tuple(
            Break((rest.window[0], max(rest.window[1], start)), rest.duration)
            for rest, (start, _) in zip(technician.breaks, times.breaks, strict=True)
        ),
    )
