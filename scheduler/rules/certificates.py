"""Work that the law reserves goes to a holder of a valid certificate: a skill whose name starts with `cert:`.

Whether a certificate is valid on the day is decided before the problem is written: an expired one isn't
among the technician's skills.
"""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation

PREFIX = "cert:"


def is_certificate(skill: str) -> bool:
    return skill.startswith(PREFIX)


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        needed = {skill for skill in visit.job.skills if is_certificate(skill)}
        missing = sorted(needed - set(visit.technician.skills))
        if missing:
            names = ", ".join(skill.removeprefix(PREFIX) for skill in missing)
            yield Violation(
                rule=CERTIFICATES.name,
                job=visit.job.id,
                technician=visit.technician.id,
                amount=len(missing),
                sentence=f"{visit.technician.id} has no valid certificate ({names}) for {visit.job.id}.",
            )


CERTIFICATES = Hard(
    name="certificates",
    en="The technician holds every certificate the job needs.",
    zh="技师须持有该工作所需的全部有效证书。",
    violations=_violations,
)
