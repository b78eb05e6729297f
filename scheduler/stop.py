"""When to stop planning: a wall-clock budget, and a caller who may have had enough sooner."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_BUDGET_S = 86_400.0
LEAST_S = 1e-6


@dataclass(frozen=True, slots=True)
class Stop:
    """At most `seconds` of wall clock, from the call; sooner once `cancelled` is set or returns true.

    ValueError unless seconds lie above 0 and within a day.
    """

    seconds: float
    cancelled: Callable[[], bool] | threading.Event | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and 0 < self.seconds <= MAX_BUDGET_S):
            raise ValueError(f"seconds must be above 0 and at most {MAX_BUDGET_S:.0f}, not {self.seconds}")

    def is_cancelled(self) -> bool:
        if self.cancelled is None:
            return False
        if isinstance(self.cancelled, threading.Event):
            return self.cancelled.is_set()
        return self.cancelled()


class Countdown:
    """A budget that is running; once it is cancelled, `grace_s` is all that is left of it."""

    def __init__(self, stop: Stop, grace_s: float = 0.1) -> None:
        self._stop = stop
        self._grace_s = grace_s
        self._began = time.monotonic()
        self._ends = self._began + stop.seconds
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        self._notice_cancelling()
        return self._cancelled

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._began

    @property
    def left(self) -> float:
        """Seconds, below 0 when the time is over."""
        self._notice_cancelling()
        return self._ends - time.monotonic()

    def over(self) -> bool:
        return self.left <= 0

    def within(self, seconds: float) -> "Countdown":
        """Another that ends after `seconds`, or when this one does, or is cancelled; it began when this did."""
        part = Countdown(Stop(max(LEAST_S, min(seconds, self.left)), self._stop.cancelled), self._grace_s)
        part._began = self._began
        return part

    def _notice_cancelling(self) -> None:
        if not self._cancelled and self._stop.is_cancelled():
            self._cancelled = True
            self._ends = min(self._ends, time.monotonic() + self._grace_s)
