"""Calls after a repair: did it stay fixed? And after a bad rating: what went wrong?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.data import read_seed
from domain.errors import IllegalMove
from domain.tickets import Ticket
from domain.watch import watch_of


class Occasion(StrEnum):
    WATCH_END = "watch_end"
    FIRST_RAIN = "first_rain"
    """Only rain shows whether a leak is repaired."""
    LOW_RATING = "low_rating"
    """A manager calls."""


class FollowUpState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    """It stayed fixed; after a low rating: somebody has talked to the owner."""
    CAME_BACK = "came_back"
    NOT_REACHED = "not_reached"
    """As often as policy says; nobody calls any more."""
    CANCELLED = "cancelled"
    """The ticket had come back before anybody called."""


class Outcome(StrEnum):
    FIXED = "fixed"
    CAME_BACK = "came_back"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class CallRules:
    """`useful`: how long a message that asks the owner says anything."""

    most_tries: int
    again_after: timedelta
    low_stars: int
    useful: timedelta


@cache
def call_rules() -> CallRules:
    row = read_seed("watch")["calls"]
    return CallRules(
        row["most_tries"],
        timedelta(days=row["again_after_days"]),
        row["low_stars"],
        timedelta(days=row["ask_useful_days"]),
    )


def displeased(stars: int, solved: bool | None) -> bool:
    return stars <= call_rules().low_stars or solved is False


class FollowUp(Identified, Base):
    """One call about one visit. Days are on the territory's calendar."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("visit_id", "occasion"),
        Index("ix_follow_ups_due", "territory_id", "due_on", postgresql_where=text("state = 'planned'")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    occasion: Mapped[Occasion]
    since: Mapped[date]
    """The day of the repair, or of the rating."""
    due_on: Mapped[date | None]
    """From then on it is on the desk's list; none while it waits for rain."""
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.PLANNED)
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    """When the owner was asked by a message."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(default="")
    """As the audit trail names them."""
    note: Mapped[str] = mapped_column(default="")

    ticket: Mapped[Ticket] = relationship()

    def settle(self, state: FollowUpState, at: datetime, by: str, note: str = "") -> None:
        """Raises IllegalMove where it is settled already."""
        if self.state is not FollowUpState.PLANNED:
            raise IllegalMove(f"This call is {self.state} already.")
        self.state, self.settled_at, self.settled_by, self.note = state, at, by, note

    def not_reached(self, today: date, at: datetime, by: str, note: str = "") -> None:
        """On the list again tomorrow, until policy gives up. Raises IllegalMove where it is settled already."""
        if self.state is FollowUpState.PLANNED:
            self.tries += 1
            self.note = note or self.note
        if self.tries >= call_rules().most_tries or self.state is not FollowUpState.PLANNED:
            self.settle(FollowUpState.NOT_REACHED, at, by, self.note)
        else:
            self.due_on = today + call_rules().again_after


class RainyDay(Base):
    """Somebody at the desk saw it rain there that day."""

    __tablename__ = "rainy_days"

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    marked_by: Mapped[str]
    marked_at: Mapped[datetime]


def occasions_of(defect: str) -> tuple[Occasion, ...]:
    return (Occasion.WATCH_END, Occasion.FIRST_RAIN) if watch_of(defect).after_rain else (Occasion.WATCH_END,)
