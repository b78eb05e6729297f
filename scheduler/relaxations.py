"""What may be asked of people so that a job fits: one change to the problem each, and never two at once."""

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from scheduler.limits import Id, Seconds, Text
from scheduler.problem import Job, Pin, Problem, Technician, Window


class Nothing(Struct, frozen=True, tag_field="ask", tag="nothing"):
    """The problem stays as it is; only the plan changes."""

    def apply(self, problem: Problem) -> Problem:
        return problem


class Overtime(Struct, frozen=True, tag_field="ask", tag="overtime"):
    """The technician may be back `seconds` later than the shift and its overtime allow now."""

    technician: Id
    seconds: Seconds

    def apply(self, problem: Problem) -> Problem:
        one = _technician(problem, self.technician)
        return with_technician(problem, replace(one, max_overtime=one.max_overtime + self.seconds))


class OtherWindow(Struct, frozen=True, tag_field="ask", tag="other_window"):
    """The job's window `was` becomes another; its other windows stay."""

    job: Id
    was: Window
    becomes: Window

    def apply(self, problem: Problem) -> Problem:
        job = _job(problem, self.job)
        place = job.windows.index(self.was)
        return with_job(problem, replace(job, windows=(*job.windows[:place], self.becomes, *job.windows[place + 1 :])))


class MoreSkills(Struct, frozen=True, tag_field="ask", tag="more_skills"):
    """The technician would have these skills, certificates among them, as well."""

    technician: Id
    skills: tuple[Text, ...]

    def apply(self, problem: Problem) -> Problem:
        one = _technician(problem, self.technician)
        return with_technician(problem, replace(one, skills=(*one.skills, *self.skills)))


class AlsoAllowed(Struct, frozen=True, tag_field="ask", tag="also_allowed"):
    """The technician joins those that the job names."""

    job: Id
    technician: Id

    def apply(self, problem: Problem) -> Problem:
        job = _job(problem, self.job)
        return with_job(problem, replace(job, technicians=(*(job.technicians or ()), self.technician)))


class NextDay(Struct, frozen=True, tag_field="ask", tag="next_day"):
    """Another day with the same shifts, windows and technicians, and with this job alone.

    It says nothing about what else there is to do that day. A deadline and a pinned second are of today and
    are dropped.
    """

    job: Id

    def apply(self, problem: Problem) -> Problem:
        job = _job(problem, self.job)
        pinned = None if job.pinned is None else Pin(job.pinned.technician)
        alone = replace(job, due=None, pinned=pinned)
        return _known_travel(problem, replace(problem, jobs=(alone,), relations=()))


Relaxation: TypeAlias = Nothing | Overtime | OtherWindow | MoreSkills | AlsoAllowed | NextDay


def with_job(problem: Problem, job: Job) -> Problem:
    """The problem with this job in the place of the one with its id."""
    return with_jobs(problem, tuple(job if one.id == job.id else one for one in problem.jobs))


def with_jobs(problem: Problem, jobs: tuple[Job, ...]) -> Problem:
    return _known_travel(problem, replace(problem, jobs=jobs))


def with_technician(problem: Problem, technician: Technician) -> Problem:
    """The problem with this technician in the place of the one with that id."""
    technicians = tuple(technician if one.id == technician.id else one for one in problem.technicians)
    return with_technicians(problem, technicians)


def with_technicians(problem: Problem, technicians: tuple[Technician, ...]) -> Problem:
    """Their homes and speeds must be those of the problem's technicians."""
    return _known_travel(problem, replace(problem, technicians=technicians))


def _known_travel(problem: Problem, relaxed: Problem) -> Problem:
    """Places and speeds are the same, so the travel tables needn't be made anew for each relaxation."""
    relaxed.__dict__.update({"durations": problem.durations, "distances": problem.distances} | problem.__dict__)
    return relaxed


def _technician(problem: Problem, name: str) -> Technician:
    return next(one for one in problem.technicians if one.id == name)


def _job(problem: Problem, name: str) -> Job:
    return next(one for one in problem.jobs if one.id == name)
