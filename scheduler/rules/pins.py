"""A pinned job is served, if it is, by its technician, at its second and at its place in the route."""

from collections.abc import Iterator

from scheduler.clock import clock
from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        pin = visit.job.pinned
        if pin is None:
            continue
        job, technician = visit.job.id, visit.technician.id
        if technician != pin.technician:
            yield _moved(job, technician, 1, f"is pinned to {pin.technician}, not {technician}")
        if pin.start is not None and visit.stop.start != pin.start:
            off = abs(visit.stop.start - pin.start)
            yield _moved(job, technician, off, f"is pinned to {clock(pin.start)}, not {clock(visit.stop.start)}")
        if pin.position is not None and visit.position != pin.position:
            off = abs(visit.position - pin.position)
            yield _moved(job, technician, off, f"is pinned to place {pin.position}, not {visit.position}")


def _moved(job: str, technician: str, amount: int, what: str) -> Violation:
    return Violation(rule=PINS.name, job=job, technician=technician, amount=amount, sentence=f"{job} {what}.")


PINS = Hard(
    name="pins",
    en="A pinned job keeps its technician, and its time and place in the route where they are pinned.",
    zh="已锁定的工作保持其技师；锁定了时间或顺序的，也须保持。",
    violations=_violations,
)
