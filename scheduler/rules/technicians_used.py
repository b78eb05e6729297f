"""Technicians who leave home at all."""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _amount(plan: Reading) -> int:
    return len(plan.routes)


TECHNICIAN_USED = Soft(
    name="technician_used",
    en="Every technician with at least one job costs.",
    zh="每出动一名技师都计入成本。",
    amount=_amount,
    price=lambda objective: objective.technician_used,
)
