"""A technician leaves within the shift and is back by its end, plus the overtime that is allowed at most."""

from collections.abc import Iterator

from scheduler.clock import clock
from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for route in plan.routes:
        begins, ends = route.technician.shift
        latest = ends + route.technician.max_overtime
        if route.leaves < begins:
            early = begins - route.leaves
            yield _outside(route.technician.id, early, f"leaves at {clock(route.leaves)}, {early} s before the shift")
        if route.returns > latest:
            late = route.returns - latest
            yield _outside(
                route.technician.id, late, f"is back at {clock(route.returns)}, {late} s after the latest end"
            )


def _outside(technician: str, amount: int, what: str) -> Violation:
    return Violation(rule=SHIFTS.name, technician=technician, amount=amount, sentence=f"{technician} {what}.")


SHIFTS = Hard(
    name="shifts",
    en="The technician leaves after the shift begins and is back before it ends, overtime included.",
    zh="技师须在班次开始后出发，并在班次（含允许的加班）结束前返回。",
    violations=_violations,
)
