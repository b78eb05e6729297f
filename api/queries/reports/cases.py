"""What a report is counted from: single cases, each with where it belongs. Sums by any of these are the report."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from domain.measures import Unit, measures
from domain.places import Territory
from domain.triage import Tier

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Period:
    """Days of a territory's calendar, both ends included; `now` is when it is counted."""

    since: date
    until: date
    now: datetime

    def starts(self, territory: Territory) -> datetime:
        return datetime.combine(self.since, time(), tzinfo=territory.zone)

    def ends(self, territory: Territory) -> datetime:
        """Exclusive."""
        return datetime.combine(self.until + timedelta(days=1), time(), tzinfo=territory.zone)

    def holds(self, at: datetime | None, territory: Territory) -> bool:
        return at is not None and self.since <= at.astimezone(territory.zone).date() <= self.until


@dataclass(frozen=True, slots=True)
class Case:
    """`part` of `whole` of a measure. What a case has nothing to do with is None."""

    territory: str
    community: str | None = None
    tier: Tier | None = None
    defect: str | None = None
    technician: UUID | None = None
    measure: str = ""
    part: float = 0.0
    whole: float = 1.0

    def counts(self, measure: str, part: float, whole: float = 1.0) -> "Case":
        return replace(self, measure=measure, part=float(part), whole=whole)


Counts = dict[str, tuple[float, float]]
"""Part and whole by measure."""


def counted(cases: Iterable[Case], key: Callable[[Case], Key | None]) -> dict[Key, Counts]:
    """Cases whose key is None belong to none."""
    found: dict[Key, Counts] = {}
    for case in cases:
        if (where := key(case)) is not None:
            of = found.setdefault(where, {})
            part, whole = of.get(case.measure, (0.0, 0.0))
            of[case.measure] = part + case.part, whole + case.whole
    return found


def value_of(measure: str, counts: Counts) -> float | None:
    """None where there was no case; a sum of none is 0."""
    told = measures()[measure]
    if measure not in counts:
        return 0.0 if told.unit is Unit.SUM else None
    return told.value(*counts[measure])


def clock_case(due: datetime, met_at: datetime | None, now: datetime, stands_still: bool) -> float | None:
    """1 for a clock that was met in time, 0 for one that wasn't; None for one that still runs, or stands still with
    time left on it."""
    if met_at is not None:
        return float(met_at <= due or stands_still)
    return 0.0 if now > due and not stands_still else None
