"""A price for work that no promise covers: offered by the desk, accepted or declined by the owner before the work.

While it waits for the owner's word, and after a no, the job is `quoted`: no plan takes it and no time can be chosen.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.tickets import Ticket

MOST_LINES = 30
MOST_CENTS = 100_000_000


class QuoteState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Quote(Identified, Base):
    """Amounts are cents of `currency`, which is ISO 4217; they hold to the end of `valid_until` on the site's calendar.

    `lines` are [{"text", "cents"}], as the owner read them: another price is another quote.
    """

    __tablename__ = "quotes"
    __table_args__ = (
        CheckConstraint("total_cents >= 0", name="total"),
        Index(
            "uq_quotes_one_stands", "ticket_id", unique=True, postgresql_where=text("state IN ('offered', 'accepted')")
        ),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    lines: Mapped[list[dict[str, Any]]]
    total_cents: Mapped[int]
    currency: Mapped[str]
    valid_until: Mapped[date]
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.OFFERED)
    offered_at: Mapped[datetime]
    offered_by: Mapped[str]
    """As the audit trail names them; so is `decided_by`."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")

    ticket: Mapped[Ticket] = relationship()

    def accept(self, at: datetime, by: str, today: date) -> None:
        """Raises IllegalMove, also when it is no longer valid."""
        if self.state is QuoteState.OFFERED and today > self.valid_until:
            raise IllegalMove("This quote is no longer valid. Ask the office for a new one.")
        self._leave(QuoteState.ACCEPTED, at, by)

    def decline(self, at: datetime, by: str) -> None:
        """Raises IllegalMove."""
        self._leave(QuoteState.DECLINED, at, by)

    def withdraw(self, at: datetime, by: str) -> None:
        """Raises IllegalMove."""
        self._leave(QuoteState.WITHDRAWN, at, by)

    def _leave(self, target: QuoteState, at: datetime, by: str) -> None:
        if self.state is not QuoteState.OFFERED:
            raise IllegalMove(f"This quote is {self.state} already.")
        self.state, self.decided_at, self.decided_by = target, at, by
