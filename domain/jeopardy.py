"""How a clock stands: met, fine, paused, going to be missed, or missed."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from domain.data import read_seed


class ClockState(StrEnum):
    MET = "met"
    """In time."""
    MET_LATE = "met_late"
    FINE = "fine"
    PAUSED = "paused"
    WILL_MISS = "will_miss"
    MISSED = "missed"


@cache
def share_left() -> float:
    """Of a clock's whole length: with less than this left and nothing planned in time, it will be missed."""
    return float(read_seed("tiers")["jeopardy"]["left"])


def clock_state(
    *,
    began: datetime,
    due: datetime,
    met_at: datetime | None,
    now: datetime,
    planned: datetime | None = None,
    paused: bool = False,
) -> ClockState:
    """`planned` is when the plan in force will meet it. Met or planned at `due` itself is in time."""
    if met_at is not None:
        return ClockState.MET if met_at <= due else ClockState.MET_LATE
    if now > due:
        return ClockState.MISSED
    if paused:
        return ClockState.PAUSED
    if planned is not None:
        return ClockState.FINE if planned <= due else ClockState.WILL_MISS
    soon: timedelta = (due - began) * share_left()
    return ClockState.WILL_MISS if due - now < soon else ClockState.FINE
