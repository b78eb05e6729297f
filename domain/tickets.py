"""What an owner reported, by which channel: one defect a ticket."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.defects import DefectKind
from domain.errors import IllegalMove
from domain.investigations import Investigation
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


SPOKEN_TO = frozenset({Channel.PHONE, Channel.ON_SITE})
"""Who reports by these is talking with one of us: the contact clock stops as it starts."""


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
    contact_mail: Mapped[str] = mapped_column(default="", server_default="")
    contact_language: Mapped[str] = mapped_column(default="", server_default="")
    """zh or en; empty: nobody knows, and messages say it in both."""
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """To the triage questions, by code: true or false."""
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
    watched_until: Mapped[date | None]
    """The last day on which the same fault is the repair come back; none before there was a repair."""
    reopened_at: Mapped[datetime | None]
    """When it last came back: the clocks run from then."""

    warranty: Mapped[dict[str, Any]]
    """The verdict as it stood when the defect was reported, with articles and reasons."""

    investigation_id: Mapped[UUID | None] = mapped_column(ForeignKey(Investigation.id), index=True)
    """Of tickets that are looked into together, for they may have one cause."""

    home: Mapped[Home] = relationship()
    defect: Mapped[DefectKind] = relationship()

    def start_clocks(self, tier: Tier, clocks: Clocks) -> None:
        self.tier, self.clock_policy = tier, clocks.policy
        self.contact_due, self.attend_due, self.repair_due = clocks.contact, clocks.attend, clocks.repair

    def contacted(self, at: datetime) -> None:
        """The first word with the owner stops the contact clock; later ones change nothing."""
        self.contacted_at = self.contacted_at or at

    def attended(self, at: datetime) -> None:
        """The first arrival stops the attend clock, and contact if nobody had called; later ones change nothing."""
        self.attended_at = self.attended_at or at
        self.contacted(at)

    def repaired(self, at: datetime, watched_until: date | None = None) -> None:
        if self.state is TicketState.CANCELLED:
            raise IllegalMove(f"Ticket {self.number} is cancelled.")
        self.repaired_at, self.state, self.watched_until = at, TicketState.CLOSED, watched_until

    @property
    def clocks_from(self) -> datetime:
        return self.reopened_at or self.reported_at

    def watched_on(self, day: date) -> bool:
        return self.watched_until is not None and day <= self.watched_until

    def come_back(self, told: "Ticket", warranty: dict[str, Any]) -> None:
        """The repair did not hold. `told` is the new report as a ticket of its own would be, which is never stored.

        Raises IllegalMove unless the ticket is closed.
        """
        if self.state is not TicketState.CLOSED:
            raise IllegalMove(f"Ticket {self.number} is {self.state}: only a repair that is done can come back.")
        self.state, self.defect, self.answers, self.warranty = TicketState.OPEN, told.defect, told.answers, warranty
        self.tier, self.clock_policy = told.tier, told.clock_policy
        self.contact_due, self.attend_due, self.repair_due = told.contact_due, told.attend_due, told.repair_due
        self.contacted_at = told.contacted_at
        self.attended_at = self.repaired_at = self.watched_until = None
        self.reopened_at = told.reported_at

    def standing(self) -> dict[str, Any]:
        """How it stands, for JSON: what coming back changes."""
        return {
            "defect": self.defect_code,
            "tier": str(self.tier),
            "clock_policy": self.clock_policy,
            "warranty": self.warranty,
            **{name: at.isoformat() for name in MOMENTS if (at := getattr(self, name)) is not None},
        }


MOMENTS = (
    "reported_at", "reopened_at", "contact_due", "attend_due", "repair_due", "contacted_at", "attended_at",
    "repaired_at",
)  # fmt: skip
