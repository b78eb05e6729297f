"""Owners see a familiar face: jobs that name preferred technicians and are served by another."""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _amount(plan: Reading) -> int:
    return sum(
        1 for visit in plan.all_visits() if visit.job.preferred and visit.technician.id not in visit.job.preferred
    )


NOT_PREFERRED = Soft(
    name="not_preferred",
    en="A job served by none of its preferred technicians costs.",
    zh="未由优先技师完成的工作计入成本。",
    amount=_amount,
    price=lambda objective: objective.not_preferred,
)
