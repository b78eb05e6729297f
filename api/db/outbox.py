"""Events that leave after the commit: written with the change, relayed by `api/events.py`, at least once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

CHANNEL = "doorstep_outbox"
"""PostgreSQL's NOTIFY channel: a notification is delivered at the commit, and only then."""


class OutboxEvent(Base):
    """`seq` orders the events of one subject. `sent` counts all in the order in which they left, without gaps: it is
    given at the relay's commit, so nobody who asks for what is newer can miss one. Events are kept for a day then.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_sent", "sent", unique=True),
        Index("ix_outbox_unsent", "seq", postgresql_where=text("sent IS NULL")),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[UUID]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    territory_id: Mapped[UUID | None]
    """Whose desk hears of it; none: no desk does."""
    sent: Mapped[int | None] = mapped_column(BigInteger)


async def emit(
    session: AsyncSession, kind: str, subject: UUID, *, territory_id: UUID | None = None, **body: Any
) -> None:
    session.add(OutboxEvent(kind=kind, subject=subject, territory_id=territory_id, body=body))
    await session.execute(select(func.pg_notify(CHANNEL, kind)))
