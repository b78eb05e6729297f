"""What it costs to leave jobs out. A job's price says how urgent it is; its tier is only the name of that."""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft, already_cost


def _amount(plan: Reading) -> int:
    return sum(job.unserved_cost or 0 for job in plan.problem.jobs if job.id not in plan.visits)


UNSERVED = Soft(
    name="unserved",
    en="A job left out costs its unserved cost, the higher the more urgent its tier.",
    zh="未安排的工作按其等级计费，越紧急越高。",
    amount=_amount,
    price=already_cost,
)
