"""A technician's phone that shows messages: where its push service is, and the keys that only its browser can open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.message_templates import Language


class PushSubscription(Identified, Base):
    """One a phone. `language` is what the phone speaks, so its technician is written to in it by every way."""

    __tablename__ = "push_subscriptions"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), unique=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[bytes]
    auth: Mapped[bytes]
    language: Mapped[Language]
    made_at: Mapped[datetime]
