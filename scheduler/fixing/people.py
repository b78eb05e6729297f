"""Somebody serves it who may not now: whom the job doesn't name, or who lacks a skill or a certificate."""

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from scheduler.fix import kind_of
from scheduler.fixing.attempt import Anew, Attempt, put_in
from scheduler.fixing.case import Case
from scheduler.problem import Job, Technician
from scheduler.relaxations import AlsoAllowed, MoreSkills, with_job
from scheduler.rules.certificates import is_certificate
from scheduler.solution import Solution


def kinds(case: Case) -> tuple[str, ...]:
    job = case.job
    return (
        *(() if job.technicians is None else ("allowed",)),
        *(() if all(is_certificate(skill) for skill in job.skills) else ("skill",)),
        *(("certificate",) if any(is_certificate(skill) for skill in job.skills) else ()),
    )


def attempts(case: Case) -> Iterator[Attempt]:
    """One thing is asked of one person: who is neither named nor skilled isn't asked for both."""
    job = case.job
    if job.technicians is not None:
        yield from _asking(case, replace(job, technicians=None), lambda one: AlsoAllowed(job.id, one.id))
    if job.skills:
        yield from _asking(case, replace(job, skills=()), lambda one: MoreSkills(one.id, _missing(job, one)))


def _asking(case: Case, eased: Job, ask: Callable[[Technician], AlsoAllowed | MoreSkills]) -> Iterator[Attempt]:
    """One draft for all who could be asked: a job that anybody may do, put in with each of them in turn."""
    problem = case.day.problem
    draft = case.draft(with_job(problem, eased))
    if draft is None:
        return
    for k in case.reach(draft):
        if not case.day.model.able[k, case.j]:
            relaxation = ask(problem.technicians[k])
            anew = Anew(partial(relaxation.apply, problem), _just(relaxation))
            find = partial(put_in, case, draft, relaxation, (k,))
            yield Attempt(kind_of(relaxation, ()), problem.technicians[k].id, find, anew)


def _just(relaxation: AlsoAllowed | MoreSkills) -> Callable[[Solution], AlsoAllowed | MoreSkills]:
    return lambda _: relaxation


def _missing(job: Job, technician: Technician) -> tuple[str, ...]:
    return tuple(sorted(set(job.skills) - set(technician.skills)))
