"""When an owner may expect the technician, as a span: honest about what traffic and the stop before can change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.jobs import Visit, VisitState

STEP = timedelta(minutes=5)
EARLY = timedelta(minutes=10)
LATE = timedelta(minutes=20)
"""On the way, about half an hour: 10:20-10:50. The operator's default."""


@dataclass(frozen=True)
class Span:
    """Both ends inclusive."""

    begins: datetime
    ends: datetime


def expected(visit: Visit, now: datetime) -> Span | None:
    """Once the technician has left: around the end of the drive, and never before now. Before that, the owner's
    promised slot, or None where there is none: a plan may still move the visit. None once somebody is there."""
    if visit.state is VisitState.TRAVELLING and visit.departed_at is not None:
        return around(visit.departed_at + visit.travel, now)
    if visit.state is VisitState.PLANNED and visit.job.promised_from and visit.job.promised_to:
        return Span(visit.job.promised_from, visit.job.promised_to)
    return None


def around(arrives: datetime, now: datetime) -> Span:
    """What may be told of an expected arrival; one that should have been is expected now."""
    arrives = max(arrives, now)
    return Span(max(rounded(arrives - EARLY), rounded(now)), rounded(arrives + LATE))


def rounded(at: datetime) -> datetime:
    """Up to five minutes: nobody drives to the minute."""
    past = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at + (STEP - past if past else timedelta())
