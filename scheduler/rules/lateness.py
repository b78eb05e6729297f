"""Seconds that service starts after its soft deadline: at one price for all, and at each job's own price."""

from collections.abc import Iterator

from scheduler.problem import Job
from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft, already_cost


def _late(plan: Reading) -> Iterator[tuple[Job, int]]:
    for visit in plan.all_visits():
        if visit.job.due is not None and visit.stop.start > visit.job.due:
            yield visit.job, visit.stop.start - visit.job.due


def _seconds(plan: Reading) -> int:
    return sum(seconds for _, seconds in _late(plan))


def _cost(plan: Reading) -> int:
    return sum(seconds * job.late_cost_per_s for job, seconds in _late(plan))


LATE = Soft(
    name="late_s",
    en="Every second that service starts after it is due costs.",
    zh="服务晚于期限开始的每一秒都计入成本。",
    amount=_seconds,
    price=lambda objective: objective.late_s,
)

LATE_COST = Soft(
    name="late_cost",
    en="A late job costs its own price per second as well.",
    zh="迟到的工作另按其自身每秒价格计费。",
    amount=_cost,
    price=already_cost,
)
