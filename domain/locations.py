"""Where technicians on shift were: for the board and the owner's "on the way", and soon forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

KEPT_FOR = timedelta(hours=24)

MOST_KEPT = 288
"""Of one technician: one every five minutes of a day. Where somebody is, is where the newest one says."""


class Location(Base):
    """WGS-84 degrees; `at` is by the device's clock, `accuracy_m` the device's estimate in metres."""

    __tablename__ = "locations"
    __table_args__ = (
        Index("ix_locations_technician_at", "technician_id", "at"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="wgs84"),
    )

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id", ondelete="CASCADE"))
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id", ondelete="SET NULL"))
    latitude: Mapped[float]
    longitude: Mapped[float]
    accuracy_m: Mapped[int | None]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
