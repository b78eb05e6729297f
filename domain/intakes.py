"""What somebody said before it is a ticket: a conversation in a channel, kept word by word until the desk has seen it.

A conversation becomes one ticket. Nothing in it is ever changed or thrown away: an intake that is no report is
dismissed with a note, and its messages stay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.places import Home
from domain.tickets import Channel, Ticket

intake_numbers = Sequence("intake_numbers", metadata=Base.metadata)

SAME_CONVERSATION = timedelta(hours=24)
"""What is said within so long of the last word belongs to the ticket that was made of it."""

LINK_LASTS = timedelta(hours=24)
MEDIA_LASTS = timedelta(days=3)
"""How long WeChat keeps a picture that somebody sent (临时素材)."""


class IntakeState(StrEnum):
    OPEN = "open"
    """Waits for the desk."""
    TICKETED = "ticketed"
    DISMISSED = "dismissed"
    """It was no report; the note says what it was."""


class SaidKind(StrEnum):
    TEXT = "text"
    PICTURE = "picture"
    PLACE = "place"
    MENU = "menu"
    FORM = "form"
    """What the sender filled in behind a link."""
    OTHER = "other"


class MediaState(StrEnum):
    NONE = "none"
    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"
    """It could not be fetched or shown; `media_why` says why."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message as it came by a channel. `event_id` is the channel's: told twice, it is one message."""

    channel: Channel
    sender: str
    event_id: str
    kind: SaidKind
    text: str = ""
    media_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    said_at: datetime
    received_at: datetime


class Intake(Identified, Base):
    """`sender` is the channel's name of who speaks: an openid for WeChat."""

    __tablename__ = "intakes"
    __table_args__ = (
        Index("uq_intakes_open", "channel", "sender", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_intakes_sender", "channel", "sender", "heard_at"),
        Index("ix_intakes_waiting", "state", "id"),
    )

    number: Mapped[str] = mapped_column(
        unique=True, server_default=text("'Q' || lpad(nextval('intake_numbers')::text, 6, '0')")
    )
    channel: Mapped[Channel]
    sender: Mapped[str]
    state: Mapped[IntakeState] = mapped_column(default=IntakeState.OPEN)
    began_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """Until when the desk has read it."""
    home_id: Mapped[UUID | None] = mapped_column(ForeignKey("homes.id"))
    """Where the sender lives, if that was known or has been found out."""
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    address_told: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    note: Mapped[str] = mapped_column(default="")

    home: Mapped[Home | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    messages: Mapped[list["IntakeMessage"]] = relationship(lazy="raise", order_by="IntakeMessage.id")

    def become(self, ticket: Ticket) -> None:
        """Raises IllegalMove if it is something already."""
        self._leave(IntakeState.TICKETED)
        self.ticket = ticket

    def dismiss(self, note: str) -> None:
        """Raises IllegalMove if it is something already."""
        self._leave(IntakeState.DISMISSED)
        self.note = note

    def goes_on(self, at: datetime) -> bool:
        """Whether what its sender says at that moment still belongs to it."""
        return self.state is IntakeState.OPEN or (
            self.state is IntakeState.TICKETED and at - self.heard_at <= SAME_CONVERSATION
        )

    def _leave(self, target: IntakeState) -> None:
        if self.state is not IntakeState.OPEN:
            raise IllegalMove(f"Intake {self.number} is {self.state} already; look at it again.")
        self.state = target


class IntakeMessage(Identified, Base):
    __tablename__ = "intake_messages"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates"),
        Index("ix_intake_messages_media", "id", postgresql_where=text("media_state = 'waiting'")),
    )

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id"), index=True)
    channel: Mapped[Channel]
    event_id: Mapped[str]
    kind: Mapped[SaidKind]
    text: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    """WGS-84 degrees."""
    said_at: Mapped[datetime]
    received_at: Mapped[datetime]
    media_id: Mapped[str] = mapped_column(default="")
    media_state: Mapped[MediaState] = mapped_column(default=MediaState.NONE)
    media_sha256: Mapped[str | None]
    """Of the copy that is shown; the original lies beside it by its own hash."""
    media_original_sha256: Mapped[str | None]
    media_why: Mapped[str] = mapped_column(default="")


class IntakeLink(Identified, Base):
    """Lets whoever got it say who they are and where they live, for one intake, until it expires."""

    __tablename__ = "intake_links"

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intakes.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]

    intake: Mapped[Intake] = relationship()


class KnownSender(Base):
    """Where somebody lives who writes by a channel: learnt when the desk made a ticket of what they said."""

    __tablename__ = "known_senders"

    channel: Mapped[Channel] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(primary_key=True)
    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id"))
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    known_since: Mapped[datetime]
