"""What an owner reported, by which channel: one defect a ticket."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.defects import DefectKind
from domain.errors import IllegalMove
from domain.places import Home
from domain.triage import Clocks, Tier

ticket_numbers = Sequence("ticket_numbers", metadata=Base.metadata)


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"
    WECHAT = "wechat"
    ON_SITE = "on_site"
    IMPORT = "import"
    API = "api"


class TicketState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Ticket(Identified, Base):
    """`source` and `reference` are the reporting system's own: the same pair is the same ticket."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("source", "reference"), Index("ix_tickets_state", "state", "id"))

    number: Mapped[str] = mapped_column(
        unique=True, server_default=text("'R' || lpad(nextval('ticket_numbers')::text, 6, '0')")
    )
    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id"), index=True)
    defect_code: Mapped[str] = mapped_column(ForeignKey("defect_kinds.code"))
    channel: Mapped[Channel]
    source: Mapped[str | None]
    reference: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime]
    state: Mapped[TicketState] = mapped_column(default=TicketState.OPEN)

    tier: Mapped[Tier]
    contact_due: Mapped[datetime]
    attend_due: Mapped[datetime]
    repair_due: Mapped[datetime]
    clock_policy: Mapped[str]
    """Name of the policy row that set the three clocks."""
    contacted_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    repaired_at: Mapped[datetime | None]

    warranty: Mapped[dict[str, Any]]
    """The verdict as it stood when the defect was reported, with articles and reasons."""

    home: Mapped[Home] = relationship()
    defect: Mapped[DefectKind] = relationship()

    def start_clocks(self, tier: Tier, clocks: Clocks) -> None:
        self.tier, self.clock_policy = tier, clocks.policy
        self.contact_due, self.attend_due, self.repair_due = clocks.contact, clocks.attend, clocks.repair

    def attended(self, at: datetime) -> None:
        """The first arrival stops the attend clock; later ones change nothing."""
        self.attended_at = self.attended_at or at

    def repaired(self, at: datetime) -> None:
        if self.state is TicketState.CANCELLED:
            raise IllegalMove(f"Ticket {self.number} is cancelled.")
        self.repaired_at, self.state = at, TicketState.CLOSED
