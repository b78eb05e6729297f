"""Who is told of an emergency out of hours: a roster with an order, and an alarm that rings until somebody accepts it.

Every step is a row before the next one is taken, so an alarm goes on where it was whatever is killed in between.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.people import Staff
from domain.tickets import Ticket, TicketState


class OnCallTurn(Identified, Base):
    """Somebody's turn in a territory, from `starts` until before `ends`; the lowest position is told first."""

    __tablename__ = "on_call_turns"
    __table_args__ = (
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("position BETWEEN 1 AND 20", name="position"),
        Index("ix_on_call_turns_when", "territory_id", "ends"),
        UniqueConstraint("territory_id", "staff_id", "starts"),
    )

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    reach_at: Mapped[str]
    """A telephone number or an address, as whatever carries the notice takes it."""
    position: Mapped[int]
    starts: Mapped[datetime]
    ends: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class AlarmState(StrEnum):
    RINGING = "ringing"
    ACCEPTED = "accepted"
    OVER = "over"
    """The ticket needs nobody any more: attended, closed or cancelled."""


class Alarm(Identified, Base):
    """One emergency's. `rung` counts its steps; the next one is due at `next_at`."""

    __tablename__ = "alarms"
    __table_args__ = (
        UniqueConstraint("ticket_id"),
        Index("ix_alarms_due", "next_at", postgresql_where=text("state = 'ringing'")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    state: Mapped[AlarmState] = mapped_column(default=AlarmState.RINGING)
    raised_at: Mapped[datetime]
    next_at: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=0)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship()
    steps: Mapped[list["AlarmStep"]] = relationship(lazy="raise", order_by="AlarmStep.number")

    @property
    def needed(self) -> bool:
        return self.ticket.state is TicketState.OPEN and self.ticket.attended_at is None

    def rings(self, turns: list[OnCallTurn], at: datetime, wait: timedelta) -> "AlarmStep":
        """The next step: whoever's turn it is in the order, from the first again after the last; or nobody's."""
        turn = turns[self.rung % len(turns)] if turns else None
        self.rung, self.next_at = self.rung + 1, at + wait
        return AlarmStep(
            alarm_id=self.id,
            number=self.rung,
            staff_id=turn.staff_id if turn else None,
            reach_at=turn.reach_at if turn else "",
            rang_at=at,
        )

    def rise_again(self, at: datetime) -> None:
        """The emergency came back; whoever accepted it the first time may be off duty."""
        self.state, self.raised_at, self.next_at = AlarmState.RINGING, at, at
        self.accepted_by = self.accepted_at = None

    def accept(self, staff_id: UUID, at: datetime) -> None:
        """Accepted twice by the same person is accepted once. Raises IllegalMove for anybody after the first."""
        if self.state is AlarmState.ACCEPTED and self.accepted_by == staff_id:
            return
        if self.state is not AlarmState.RINGING:
            raise IllegalMove("Somebody else has accepted this alarm, or it is over. You need do nothing.")
        self.state, self.accepted_by, self.accepted_at = AlarmState.ACCEPTED, staff_id, at


class AlarmStep(Identified, Base):
    """Somebody was told, or could not be: then `why` says what went wrong. Nobody on call is a step, too."""

    __tablename__ = "alarm_steps"
    __table_args__ = (UniqueConstraint("alarm_id", "number"),)

    alarm_id: Mapped[UUID] = mapped_column(ForeignKey("alarms.id"))
    number: Mapped[int]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reach_at: Mapped[str]
    rang_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="")
