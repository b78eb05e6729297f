"""A repair that did not hold: the same fault is reported at the same home while the repair is still watched.

Its ticket opens again under its number, so that one page tells all. How it stood before is kept here and never changed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.tickets import Channel


class Comeback(Identified, Base):
    """`source` and `reference` are of the report that opened the ticket again, as those of a ticket are."""

    __tablename__ = "comebacks"
    __table_args__ = (UniqueConstraint("ticket_id", "number"), UniqueConstraint("source", "reference"))

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    number: Mapped[int]
    """The first time that it came back is 1."""
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id", ondelete="SET NULL"), index=True)
    """The last visit before, which did not hold: it counts against first-time fix."""
    channel: Mapped[Channel]
    source: Mapped[str | None]
    reference: Mapped[str | None]
    description: Mapped[str]
    defect_code: Mapped[str] = mapped_column(ForeignKey("defect_kinds.code"))
    reported_at: Mapped[datetime]
    reported_by: Mapped[str]
    """As the audit trail names them."""
    before: Mapped[dict[str, Any]]
    """The ticket's defect, tier, clocks and verdict until then; moments are ISO 8601."""
