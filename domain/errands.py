"""What the desk asks a worker for besides plans: a report to be counted, a list to be taken in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.people import Staff

MOST_ATTEMPTS = 5
"""An errand that ends every worker that takes it is given up, so that the others get their turn."""


class ErrandKind(StrEnum):
    REPORT = "report"
    IMPORT = "import"


class ErrandState(StrEnum):
    REQUESTED = "requested"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    DROPPED = "dropped"
    """Nobody wants it any more."""


ERRAND_MOVES: dict[ErrandState, set[ErrandState]] = {
    ErrandState.REQUESTED: {ErrandState.RUNNING, ErrandState.DROPPED, ErrandState.FAILED},
    ErrandState.RUNNING: {ErrandState.RUNNING, ErrandState.READY, ErrandState.FAILED, ErrandState.DROPPED},
    ErrandState.READY: set(),
    ErrandState.FAILED: {ErrandState.REQUESTED, ErrandState.DROPPED},
    ErrandState.DROPPED: set(),
}


class Errand(Identified, Base):
    """`attempt` fences late workers: only the attempt that claimed it last may settle it.

    Its files are in the row, so any worker on any machine has them, and what it made is there with its state or not
    at all.
    """

    __tablename__ = "errands"
    __table_args__ = (Index("ix_errands_asked_at", "asked_at"),)

    kind: Mapped[ErrandKind]
    state: Mapped[ErrandState] = mapped_column(default=ErrandState.REQUESTED)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    about: Mapped[str]
    """For people: a period, or a file's name."""
    asked: Mapped[dict[str, Any]]
    """What exactly, as JSON that its maker reads."""
    fingerprint: Mapped[str | None] = mapped_column(unique=True)
    """Of what is asked, while asking for the same again would be the same errand."""
    attempt: Mapped[int] = mapped_column(default=0)
    attempts_left: Mapped[int] = mapped_column(default=MOST_ATTEMPTS)
    claimed_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    """Why it failed, for a person to read."""
    result: Mapped[dict[str, Any] | None]
    given: Mapped[bytes | None] = mapped_column(deferred=True)
    """The file that came with it, until its work is done."""
    made: Mapped[bytes | None] = mapped_column(deferred=True)
    """The file that came of it."""
    made_name: Mapped[str | None]

    staff: Mapped[Staff] = relationship()

    def move(self, state: ErrandState) -> None:
        if state not in ERRAND_MOVES[self.state]:
            raise IllegalMove(f"What is {self.state} can't become {state}.")
        self.state = state

    def waits_for_a_worker(self, now: datetime) -> bool:
        """Whether nobody has taken it, or whoever did has not come back."""
        left = self.state is ErrandState.RUNNING and self.claimed_until is not None and self.claimed_until < now
        return self.state is ErrandState.REQUESTED or left

    def claim(self, now: datetime, lease: timedelta) -> int:
        """The attempt's number."""
        self.move(ErrandState.RUNNING)
        self.attempt += 1
        self.attempts_left -= 1
        self.claimed_until = now + lease
        return self.attempt

    def again(self) -> None:
        """Raises IllegalMove unless it failed."""
        self.move(ErrandState.REQUESTED)
        self.attempts_left, self.claimed_until, self.settled_at = MOST_ATTEMPTS, None, None
        self.failure = self.result = self.made = self.made_name = None
