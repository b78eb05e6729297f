"""Service starts within one of the job's windows, both ends included."""

from collections.abc import Iterator

from scheduler.clock import clock
from scheduler.rules.reading import Reading
from scheduler.rules.rule import Hard
from scheduler.solution import Violation


def _violations(plan: Reading) -> Iterator[Violation]:
    for visit in plan.all_visits():
        if not visit.job.windows:
            continue
        start = visit.stop.start
        outside = min(max(opens - start, start - closes, 0) for opens, closes in visit.job.windows)
        if outside:
            yield Violation(
                rule=WINDOWS.name,
                job=visit.job.id,
                technician=visit.technician.id,
                amount=outside,
                sentence=f"{visit.job.id} starts at {clock(start)}, {outside} s outside its nearest window.",
            )


WINDOWS = Hard(
    name="windows",
    en="Service starts within one of the job's time windows.",
    zh="服务须在约定的时间窗内开始。",
    violations=_violations,
)
