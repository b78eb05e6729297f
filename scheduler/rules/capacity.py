"""The jobs of a route load no more than the technician's vehicle carries."""

from collections.abc import Iterator

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for route in plan.routes:
        capacity = route.technician.capacity
        load = sum(job.load for job in route.jobs)
        if capacity is not None and load > capacity:
            yield Violation(
                rule=CAPACITY.name,
                technician=route.technician.id,
                amount=load - capacity,
                sentence=f"{route.technician.id} carries {load}, {load - capacity} over the capacity.",
            )


CAPACITY = Hard(
    name="capacity",
    en="The load of a route stays within the technician's capacity.",
    zh="一条路线的载量不超过技师的载重。",
    violations=_violations,
)
