"""Jobs that belong together keep their order, their technician, their moment or their wait."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from scheduler.clock import clock
from scheduler.problem import Relation
from scheduler.rules.reading import Reading, Visit
from scheduler.rules.rule import Hard
from scheduler.solution import Violation

Visits = list[Visit | None]  # of a relation's jobs, in its order


def _violations(plan: Reading) -> Iterator[Violation]:
    for relation in plan.problem.relations:
        visits = [plan.visits.get(job) for job in relation.jobs]
        for judge in _JUDGES[relation.type]:
            yield from judge(relation, visits)


def _all_before_are_served(relation: Relation, visits: Visits) -> Iterator[Violation]:
    missing = None
    for job, visit in zip(relation.jobs, visits, strict=True):
        if visit is None:
            missing = missing or job
        elif missing is not None:
            yield _broken(visit, 1, f"comes after {missing}, which isn't served")


def _all_or_none_are_served(relation: Relation, visits: Visits) -> Iterator[Violation]:
    missing = [job for job, visit in zip(relation.jobs, visits, strict=True) if visit is None]
    for visit in visits:
        if visit is not None and missing:
            yield _broken(visit, len(missing), f"needs {', '.join(missing)} at the same time")


def _one_technician(_: Relation, visits: Visits) -> Iterator[Violation]:
    served = [visit for visit in visits if visit is not None]
    for visit in served[1:]:
        if visit.technician is not served[0].technician:
            first = served[0]
            yield _broken(visit, 1, f"belongs to {first.technician.id}, who serves {first.job.id}")


def _waits_for_the_one_before(relation: Relation, visits: Visits) -> Iterator[Violation]:
    served = [visit for visit in visits if visit is not None]
    for before, visit in pairwise(served):
        early = before.stop.end + relation.gap - visit.stop.start
        if early > 0:
            ready = clock(before.stop.end + relation.gap)
            yield _broken(visit, early, f"starts {early} s too early: {before.job.id} makes it wait to {ready}")


def _comes_after_in_the_route(_: Relation, visits: Visits) -> Iterator[Violation]:
    served = [visit for visit in visits if visit is not None]
    for before, visit in pairwise(served):
        if before.technician is visit.technician and before.position > visit.position:
            yield _broken(visit, 1, f"comes before {before.job.id} in the route")


def _starts_together(relation: Relation, visits: Visits) -> Iterator[Violation]:
    served = [visit for visit in visits if visit is not None]
    if not served:
        return
    first = min(served, key=lambda visit: visit.stop.start)
    for visit in served:
        apart = visit.stop.start - first.stop.start - relation.gap
        if apart > 0:
            yield _broken(visit, apart, f"starts {apart} s too long after {first.job.id}")


def _broken(visit: Visit, amount: int, what: str) -> Violation:
    return Violation(
        rule=RELATIONS.name,
        job=visit.job.id,
        technician=visit.technician.id,
        amount=amount,
        sentence=f"{visit.job.id} {what}.",
    )


_JUDGES: dict[str, tuple[Callable[[Relation, Visits], Iterator[Violation]], ...]] = {
    "sequence": (
        _all_before_are_served,
        _one_technician,
        _comes_after_in_the_route,
        _waits_for_the_one_before,
    ),
    "not_before": (_all_before_are_served, _waits_for_the_one_before),
    "same_technician": (_one_technician,),
    "same_time": (_all_or_none_are_served, _starts_together),
}

RELATIONS = Hard(
    name="relations",
    en="Jobs that belong together keep their order, technician, common start or wait.",
    zh="相关联的工作须保持其顺序、技师、同时开始或等待间隔。",
    violations=_violations,
)
