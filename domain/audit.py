"""The audit trail: who did what, each entry sealing the one before it. The app can add, never change."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

BEFORE_THE_FIRST = "0" * 64


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    """`staff:<id>`, `device:<id>` or `system`."""
    action: Mapped[str]
    subject: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def sealed(self, previous: str) -> "AuditEntry":
        self.previous, self.hash = previous, self.seal(previous)
        return self

    def seal(self, previous: str) -> str:
        """SHA-256 over the entry's canonical JSON (sorted keys, UTF-8) and the hash before it."""
        told = {
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": self.actor,
            "action": self.action,
            "subject": str(self.subject) if self.subject else None,
            "data": self.data,
            "previous": previous,
        }
        return sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def follows(self, previous: str) -> bool:
        """Whether this entry is as it was sealed, right after the one whose hash is `previous`."""
        return self.previous == previous and self.hash == self.seal(previous)
