"""Photos that facts of visits rely on: named by the hash of what the phone sent, shown only as copies made here."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.sign_offs import SignOff

UPLOAD_KEPT = timedelta(days=14)
"""An upload that isn't whole by then is dropped. The phone still has the photo, and begins again."""

LEAST_COUNTED = 65_536
"""Bytes that a photo counts at least towards its phone's day: a row and a file cost more than a byte."""


class PhotoState(StrEnum):
    ARRIVING = "arriving"
    RECEIVED = "received"
    """Whole, and what its hash says; from here on it is evidence and stays."""
    READY = "ready"
    """There is a copy that can be shown."""
    UNREADABLE = "unreadable"
    """Kept, but no picture that may be decoded; `why` says what it is instead."""


class Photo(Identified, Base):
    """Each technician's photo is a row of its own, even where two sent the same bytes: nobody gets at another's by
    naming its hash."""

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("technician_id", "sha256"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_photos_device_begun", "device_id", "begun_at"),
        Index("ix_photos_waiting", "received_at", postgresql_where=text("state = 'received'")),
        Index("ix_photos_arriving", "begun_at", postgresql_where=text("state = 'arriving'")),
    )

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    """The phone that began to send it."""
    sha256: Mapped[str]
    """Of the original, in lower-case hex; sign-offs name it."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the original."""
    state: Mapped[PhotoState] = mapped_column(default=PhotoState.ARRIVING)
    begun_at: Mapped[datetime]
    received_at: Mapped[datetime | None]

    stored_sha256: Mapped[str | None]
    """Of the copy that is shown: a JPEG, upright, without metadata."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Pixels of that copy."""
    why: Mapped[str] = mapped_column(default="")

    @property
    def expires_at(self) -> datetime:
        return self.begun_at + UPLOAD_KEPT

    def receive(self, at: datetime) -> None:
        self._leave(PhotoState.ARRIVING, PhotoState.RECEIVED)
        self.received_at = at

    def show(self, stored_sha256: str, width: int, height: int) -> None:
        self._leave(PhotoState.RECEIVED, PhotoState.READY)
        self.stored_sha256, self.width, self.height = stored_sha256, width, height

    def give_up(self, why: str) -> None:
        self._leave(PhotoState.RECEIVED, PhotoState.UNREADABLE)
        self.why = why

    def _leave(self, state: PhotoState, target: PhotoState) -> None:
        if self.state is not state:
            raise IllegalMove(f"A photo that is {self.state} can't become {target}.")
        self.state = target


Index("ix_sign_offs_photos", SignOff.photos, postgresql_using="gin")
"""Who may see a photo is asked of the sign-offs that name it."""
