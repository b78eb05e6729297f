"""A technician has every skill the job needs; those that are certificates have a rule of their own."""

from collections.abc import Iterator

from scheduler.rules.certificates import is_certificate
from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        needed = {skill for skill in visit.job.skills if not is_certificate(skill)}
        missing = sorted(needed - set(visit.technician.skills))
        if missing:
            yield Violation(
                rule=SKILLS.name,
                job=visit.job.id,
                technician=visit.technician.id,
                amount=len(missing),
                sentence=f"{visit.technician.id} lacks {', '.join(missing)} for {visit.job.id}.",
            )


SKILLS = Hard(
    name="skills",
    en="The technician has every skill the job needs.",
    zh="技师须具备该工作所需的全部技能。",
    violations=_violations,
)
