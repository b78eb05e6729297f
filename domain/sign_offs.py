"""The owner's acceptance of a repair, with its evidence, and the watch that begins with it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.jobs import Visit


class SignOff(Identified, Base):
    """What was done, shown and signed. A fact: never changed, even when the visit had moved meanwhile."""

    __tablename__ = "sign_offs"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), index=True)
    op_id: Mapped[UUID] = mapped_column(ForeignKey("operations.op_id"), unique=True)
    signer_name: Mapped[str]
    strokes: Mapped[list[Any]] = mapped_column(JSONB)
    """Strokes of points (x, y, milliseconds since the first)."""
    document_hash: Mapped[str]
    """SHA-256 of the document that the owner read."""
    accepted: Mapped[bool]
    checklist: Mapped[list[dict[str, Any]]]
    parts: Mapped[list[dict[str, Any]]]
    photos: Mapped[list[str]]
    work: Mapped[timedelta]
    note: Mapped[str]
    signed_at: Mapped[datetime]
    """By the device's clock: evidence, not order."""
    received_at: Mapped[datetime]
    watch_until: Mapped[date]
    """The same defect at the same place until then counts against first-time fix."""

    visit: Mapped[Visit] = relationship()
