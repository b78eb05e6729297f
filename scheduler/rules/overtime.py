"""Seconds between the end of a shift and the return."""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _amount(plan: Reading) -> int:
    return sum(max(0, route.returns - route.technician.shift[1]) for route in plan.routes)


OVERTIME = Soft(
    name="overtime_s",
    en="Every second a technician is back after the end of the shift costs.",
    zh="班次结束后才返回的每一秒都计入成本。",
    amount=_amount,
    price=lambda objective: objective.overtime_s,
)
