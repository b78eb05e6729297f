"""A job that names its technicians goes to one of them."""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        allowed = visit.job.technicians
        if allowed is not None and visit.technician.id not in allowed:
            yield Violation(
                rule=ALLOWED.name,
                job=visit.job.id,
                technician=visit.technician.id,
                amount=1,
                sentence=f"{visit.technician.id} is not among the technicians allowed for {visit.job.id}.",
            )


ALLOWED = Hard(
    name="allowed",
    en="A job that names its technicians is served by one of them.",
    zh="指定了技师的工作只能由其中一位完成。",
    violations=_violations,
)
