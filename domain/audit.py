"""The audit trail: who did what, each entry sealing the one before it. The app can add, never change.

The head says where the trail ends: without it, entries taken off the end would leave a trail that fits together.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

BEFORE_THE_FIRST = "0" * 64

VISIT_MOVED = "visit.moved"
"""A technician's visit went to another, or is new. Its data: technician (empty if new), to, plan (none if a person
moved it by hand), booking (the job whose owner chose a time, if that did it), override (why a rule was broken)."""
VISIT_CANCELLED = "visit.cancelled"
"""A visit was taken back. Its data: technician, plan (none if its day was over, or a person did it by hand), booking,
reason."""
VISIT_RETIMED = "visit.retimed"
"""A visit comes at another time, by the same technician. Its data: starts, booking, override."""
JOB_PUT_OFF = "job.put_off"
"""By a dispatcher, `to` another day; None: it may be on any."""
VISIT_LOCKED = "visit.locked"
VISIT_UNLOCKED = "visit.unlocked"
CONFLICT_SETTLED = "conflict.settled"
"""Somebody looked at what a phone said against the plan. Its data: note, if there is one."""

PERSON_EXPORTED = "person.exported"
"""A manager got all that is held of a person. Its data: tickets, by number."""
PERSON_ERASED = "person.erased"
"""What is about a person was ended. Its data: reason, tickets (by number), operations whose words were taken away."""


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Counts from 1 without gaps, so that a missing or moved entry shows."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """`staff:<id>`, `device:<id>`, `owner:<id>` of the link that was used, or `system`."""
    action: Mapped[str]
    subject: Mapped[UUID | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def sealed(self, previous: str) -> "AuditEntry":
        self.previous, self.hash = previous, self.seal(previous)
        return self

    def seal(self, previous: str) -> str:
        return entry_hash(
            self.at, self.actor, self.action, str(self.subject) if self.subject else None, self.data, previous
        )

    def follows(self, previous: str) -> bool:
        """Whether this entry is as it was sealed, right after the one whose hash is `previous`."""
        return self.previous == previous and self.hash == self.seal(previous)


def entry_hash(at: datetime, actor: str, action: str, subject: str | None, data: dict[str, Any], previous: str) -> str:
    """SHA-256 over an entry's canonical JSON (sorted keys, UTF-8) and the hash before it."""
    told = {
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "data": data,
        "previous": previous,
    }
    return sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class AuditHead(Base):
    """One row: the number and hash of the trail's last entry. Whoever adds to the trail holds its lock."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
