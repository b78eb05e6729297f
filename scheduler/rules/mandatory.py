"""A job without an unserved cost must be served: no price makes up for leaving it out."""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for job in plan.problem.jobs:
        if job.unserved_cost is None and job.id not in plan.visits:
            yield Violation(
                rule=MUST_BE_SERVED.name, job=job.id, amount=1, sentence=f"{job.id} must be served and isn't."
            )


MUST_BE_SERVED = Hard(
    name="must_be_served",
    en="A job that must be served is in the plan.",
    zh="必须完成的工作不得遗漏。",
    violations=_violations,
)
