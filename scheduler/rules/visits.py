"""Each job is served at most once, and a job listed as unserved isn't served as well."""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    served: set[str] = set()
    for visit in plan.all_visits():
        if visit.job.id in served:
            yield _again(visit.job.id, visit.technician.id, "is served more than once")
        served.add(visit.job.id)
    listed: set[str] = set()
    for unserved in plan.solution.unserved:
        if unserved.job in served:
            technician = plan.visits[unserved.job].technician.id
            yield _again(unserved.job, technician, "is listed as unserved and served all the same")
        if unserved.job in listed:
            yield _again(unserved.job, None, "is listed as unserved more than once")
        listed.add(unserved.job)


def _again(job: str, technician: str | None, what: str) -> Violation:
    return Violation(rule=ONCE.name, job=job, technician=technician, amount=1, sentence=f"{job} {what}.")


ONCE = Hard(
    name="once",
    en="A job is served once, or it is listed as unserved.",
    zh="每项工作只能安排一次，或列为未安排。",
    violations=_violations,
)
