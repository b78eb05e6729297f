"""What an owner says of a visit, once, after it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified


class Rating(Identified, Base):
    """`stars` from 1 to 5. The short questions may be left out: None."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), unique=True)
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("owner_links.id", ondelete="SET NULL"))
    stars: Mapped[int]
    in_time: Mapped[bool | None]
    """Whether the technician came within the time that was promised."""
    solved: Mapped[bool | None]
    tidy: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[datetime]
