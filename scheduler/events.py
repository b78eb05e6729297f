"""What upsets a running day. Moments and durations are seconds on the problem's clock."""

from dataclasses import dataclass

from scheduler.problem import Job


@dataclass(frozen=True, slots=True)
class Urgent:
    """A job that came in today; its location is one of the problem's."""

    job: Job


@dataclass(frozen=True, slots=True)
class Away:
    """A technician who falls ill, or is called off: nothing of hers that ends after `since` will happen.

    A visit already begun stays hers until it ends.
    """

    technician: str
    since: int


@dataclass(frozen=True, slots=True)
class Overrun:
    """A visit, under way or still planned, that takes `by` longer."""

    job: str
    by: int

    def __post_init__(self) -> None:
        if self.by <= 0:
            raise ValueError(f"an overrun is longer than 0 s, not {self.by} s")


@dataclass(frozen=True, slots=True)
class NoShow:
    """Nobody opened: the technician is free again now, at that home."""

    job: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The owner called it off. Who is on the way to it already counts as free there, on arrival."""

    job: str


@dataclass(frozen=True, slots=True)
class Behind:
    """A technician who is late, or will be: what has happened so far is enough, nothing new comes to it."""

    technician: str


Event = Urgent | Away | Overrun | NoShow | Cancelled | Behind
