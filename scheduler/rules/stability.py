"""Pinned jobs that are not with their technician, dropped ones among them.

The problem holds no earlier plan, only its pins: what was promised is what is pinned. A plan that keeps the
hard rule of pins pays here for a pinned job it leaves out, on top of that job's unserved cost; a plan that
breaks the rule pays for each job it took to someone else.
"""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _amount(plan: Reading) -> int:
    moved = 0
    for job in plan.problem.jobs:
        if job.pinned is not None:
            visit = plan.visits.get(job.id)
            moved += visit is None or visit.technician.id != job.pinned.technician
    return moved


MOVED = Soft(
    name="moved",
    en="A pinned job that its technician no longer serves costs.",
    zh="锁定的工作被取消或改派，计入成本。",
    amount=_amount,
    price=lambda objective: objective.moved,
)
