"""A repair of a running day that was proposed, and what a person decided about each of its moves."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.places import Territory


class RepairState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    """Every move is decided."""
    EXPIRED = "expired"
    """The day has changed since, in another way."""


class Repair(Identified, Base):
    """`problem`, `plan`, `now` and `status` are the day that the repair was made for, in the planner's own formats
    (the first two gzipped): with the event they make the same repair again. `token` is that of the day as this repair
    has left it so far.
    """

    __tablename__ = "repairs"
    __table_args__ = (Index("ix_repairs_open", "territory_id", "day", postgresql_where=text("state = 'open'")),)

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    day: Mapped[date]
    event: Mapped[dict[str, Any]]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    state: Mapped[RepairState] = mapped_column(default=RepairState.OPEN)
    token: Mapped[str]
    now: Mapped[int]
    status: Mapped[dict[str, str]]
    problem: Mapped[bytes] = mapped_column(deferred=True)
    plan: Mapped[bytes] = mapped_column(deferred=True)
    moves: Mapped[list[dict[str, Any]]]
    unavoidable: Mapped[list[dict[str, Any]]]
    decided: Mapped[dict[str, str]]
    """By job: accepted or rejected."""

    territory: Mapped[Territory] = relationship()

    def decide(self, accepted: set[str], rejected: set[str]) -> None:
        """Adds to what was decided; it is settled when every move is."""
        self.decided = self.decided | dict.fromkeys(accepted, "accepted") | dict.fromkeys(rejected, "rejected")
        if all(move["job"] in self.decided for move in self.moves):
            self.state = RepairState.SETTLED
