"""Between two services there is time for the drive and the set-up, breaks not counted.

The drive may fall before a break, after it, or be split by it, so what counts is the time that is left
between the end of one service and the arrival once the breaks in it are taken out; likewise for set-up
between the arrival and the start of service.
"""

from collections.abc import Iterator

from scheduler.rules.reading import Reading, RouteReading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for route in plan.routes:
        for leg in route.legs:
            job = None if leg.job is None else leg.job.id
            missing = leg.travel - _free(route, leg.departs, leg.arrives)
            if missing > 0:
                where = "home" if job is None else f"to {job}"
                yield _short(route, job, missing, f"{missing} s short for the drive {where}")
            if leg.stop is not None:
                missing = leg.setup - _free(route, leg.arrives, leg.stop.start)
                if missing > 0:
                    yield _short(route, job, missing, f"{missing} s short between arrival and start at {job}")


def _free(route: RouteReading, begin: int, end: int) -> int:
    """Seconds from begin to end outside every break; negative if end comes first."""
    if end <= begin:
        return end - begin
    free, cursor = 0, begin
    for rest in sorted(route.breaks, key=lambda rest: rest.start):
        free += max(0, min(rest.start, end) - cursor)
        cursor = max(cursor, min(rest.end, end))
    return free + max(0, end - cursor)


def _short(route: RouteReading, job: str | None, amount: int, what: str) -> Violation:
    technician = route.technician.id
    return Violation(
        rule=DRIVING.name,
        job=job,
        technician=technician,
        amount=amount,
        sentence=f"{technician} is {what}.",
    )


DRIVING = Hard(
    name="driving",
    en="There is time to drive to each job and to set up before its service starts.",
    zh="两项服务之间须留足路程和准备时间。",
    violations=_violations,
)
