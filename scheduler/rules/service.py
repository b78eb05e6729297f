"""Service takes its duration, neither cut short nor interrupted nor stretched."""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        stated = visit.stop.end - visit.stop.start
        if stated != visit.job.service:
            yield Violation(
                rule=SERVICE.name,
                job=visit.job.id,
                technician=visit.technician.id,
                amount=abs(stated - visit.job.service),
                sentence=f"{visit.job.id} is given {stated} s of service and takes {visit.job.service} s.",
            )


SERVICE = Hard(
    name="service",
    en="Service takes its full duration.",
    zh="服务时长须完整，不得缩短或延长。",
    violations=_violations,
)
