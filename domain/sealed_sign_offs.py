"""The sealed record of a sign-off, as it is given away: the very bytes, since they are what was signed."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base
from domain.sign_offs import SignOff


class SealedSignOff(Base):
    """Added in the transaction that keeps the sign-off. The app can add it, never change it."""

    __tablename__ = "sealed_sign_offs"

    sign_off_id: Mapped[UUID] = mapped_column(ForeignKey("sign_offs.id"), primary_key=True)
    audit_seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit_entries.seq"), unique=True)
    """The audit trail's entry that holds the hash of the record's content."""
    key_id: Mapped[str]
    record: Mapped[str]
    """`doorstep.sealed-sign-off/1`, canonical JSON."""

    sign_off: Mapped[SignOff] = relationship()
