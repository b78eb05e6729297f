"""Photos that an owner sent with a report: made into copies when they arrive, so there is nothing to wait for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified

MOST_PHOTOS = 6
"""Of one ticket."""


class TicketPhoto(Identified, Base):
    __tablename__ = "ticket_photos"
    __table_args__ = (UniqueConstraint("ticket_id", "sha256"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    original_sha256: Mapped[str]
    sha256: Mapped[str]
    """Of the copy that is shown."""
    sent_at: Mapped[datetime]
