"""Why a job is left out, found by trying and never by guessing.

A reason is a statement about the problem and the final plan that anyone can check by trying it again. The
first that holds is given, those that no planning can change before those that another plan might.
"""

from collections.abc import Callable

from scheduler.problem import Job, Technician
from scheduler.rules.certificates import is_certificate
from scheduler.search.draft import Draft
from scheduler.search.insertion import is_worth
from scheduler.search.model import Task
from scheduler.search.route import Route
from scheduler.search.ties import awaited, companions, dependents
from scheduler.solution import Detail, Unserved
from scheduler.stop import Countdown

Finding = tuple[str, dict[str, Detail]] | None  # one of `reasons.REASONS`, and its numbers and names


def explain(draft: Draft, j: int, countdown: Countdown) -> Unserved:
    """Why job j isn't in the plan; `out_of_time` if the countdown ends before anything is proven."""
    found = _has_nobody(draft, j)
    for ask in _QUESTIONS:
        if found is None and not countdown.over():
            found = ask(draft, j, countdown)
    reason, detail = found or ("out_of_time", {})
    return Unserved(draft.model.problem.jobs[j].id, reason, detail)


def _has_nobody(draft: Draft, j: int) -> Finding:
    if draft.model.able[:, j].any():
        return None
    job, technicians = draft.model.problem.jobs[j], draft.model.problem.technicians
    skilled = [t for t in technicians if set(job.skills) <= set(t.skills)]
    if not skilled:
        return _lacks_skills(job, technicians)
    named = [t for t in skilled if _is_named(job, t)]
    if not named:
        wanted = (job.pinned.technician,) if job.pinned is not None else job.technicians
        return "not_allowed", {"technicians": wanted}
    largest = max(t.capacity for t in named if t.capacity is not None)
    return "load_too_large", {"load": job.load, "largest_capacity": largest}


def _lacks_skills(job: Job, technicians: tuple[Technician, ...]) -> Finding:
    certificates = {skill for skill in job.skills if is_certificate(skill)}
    others = set(job.skills) - certificates
    handy = [set(t.skills) for t in technicians if others <= set(t.skills)]
    if handy:
        missing = certificates - set().union(*handy)
        return "no_valid_certificate", {"skills": tuple(sorted(missing or certificates))}
    missing = set(job.skills) - {skill for t in technicians for skill in t.skills}
    return "no_technician_with_skill", {"skills": tuple(sorted(missing or job.skills))}


def _is_named(job: Job, technician: Technician) -> bool:
    return (job.technicians is None or technician.id in job.technicians) and (
        job.pinned is None or technician.id == job.pinned.technician
    )


def _is_out_of_reach(draft: Draft, j: int, _: Countdown) -> Finding:
    able = _able(draft, j)
    if any(Route.make(draft.model, k, (j,)) is not None for k in able):
        return None
    return "no_window_in_shift", {"technicians_tried": len(able)}


def _waits_for_unserved(draft: Draft, j: int, _: Countdown) -> Finding:
    jobs = awaited(draft.model, draft.technician_of, j)
    return ("related_job_unserved", {"jobs": _ids(draft, jobs)}) if jobs else None


def _starts_with_unserved(draft: Draft, j: int, _: Countdown) -> Finding:
    group = companions(draft.model, j)
    if len(group) == 1:
        return None
    if next(draft.insertions(j, coming=group), None) is None:
        return _no_capacity(draft, j)
    return "related_job_unserved", {"jobs": _ids(draft, [other for other in group if other != j])}


def _is_too_dear(draft: Draft, j: int, _: Countdown) -> Finding:
    if len(companions(draft.model, j)) > 1:
        return None
    best = draft.best_insertion(j)
    if best is None or is_worth(draft, (j,), best.price):
        return None
    return "costs_more_than_it_is_worth", {
        "technician": draft.model.problem.technicians[best.k].id,
        "cheapest_insertion": best.price,
        "unserved_cost": draft.model.tasks[j].skip_price,
    }


def _fits_nowhere(draft: Draft, j: int, countdown: Countdown) -> Finding:
    if next(draft.insertions(j), None) is not None:
        return None
    tasks, problem = draft.model.tasks, draft.model.problem
    for k, other in draft.replaceable(j):
        if _urgency(tasks[other]) <= _urgency(tasks[j]):
            continue
        if countdown.over():
            break
        if any(tied in draft.technician_of for tied in dependents(draft.model, other) if tied != other):
            continue  # not the only one that would have to go
        changes = draft.without((other,))
        if changes is None:
            continue
        with draft.trying(changes):
            if next(draft.insertions(j, (k,)), None) is not None:
                names: dict[str, Detail] = {"job": problem.jobs[other].id, "technician": problem.technicians[k].id}
                return "kept_out_by_more_urgent", names
    return _no_capacity(draft, j)


def _urgency(task: Task) -> tuple[bool, int]:
    return task.mandatory, 0 if task.mandatory else task.skip_price


def _no_capacity(draft: Draft, j: int) -> Finding:
    able = _able(draft, j)
    places = sum(len(draft.routes[k].order) + 1 for k in able)
    return "no_capacity_left", {"technicians_tried": len(able), "places_tried": places}


def _able(draft: Draft, j: int) -> list[int]:
    able: list[int] = draft.model.able[:, j].nonzero()[0].tolist()
    return able


def _ids(draft: Draft, jobs: list[int]) -> tuple[str, ...]:
    return tuple(draft.model.problem.jobs[j].id for j in jobs)


_QUESTIONS: tuple[Callable[[Draft, int, Countdown], Finding], ...] = (
    _is_out_of_reach,
    _waits_for_unserved,
    _starts_with_unserved,
    _is_too_dear,
    _fits_nowhere,
)
