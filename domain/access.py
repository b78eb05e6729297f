"""Keys: staff sessions, paired phones and pairing codes. Only hashes of secrets are kept."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import choice, token_urlsafe
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.people import Staff, Technician

SESSION_LASTS = timedelta(hours=12)
PAIRING_LASTS = timedelta(minutes=10)
PAIRING_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another


def new_secret() -> str:
    return token_urlsafe(32)


def new_pairing_code() -> str:
    return "".join(choice(PAIRING_LETTERS) for _ in range(8))


def secret_hash(secret: str) -> str:
    """Plain SHA-256 is enough for secrets of 256 random bits, or that live ten minutes behind a limit."""
    return sha256(secret.encode()).hexdigest()


class Session(Identified, Base):
    __tablename__ = "sessions"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class Device(Identified, Base):
    """A technician's phone; a lost one is revoked, its operations stay."""

    __tablename__ = "devices"

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"))
    name: Mapped[str]
    client_version: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    paired_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    technician: Mapped[Technician] = relationship()


class PairingCode(Identified, Base):
    """Pairs one phone, once, within ten minutes."""

    __tablename__ = "pairing_codes"

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    technician: Mapped[Technician] = relationship()
