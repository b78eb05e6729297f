"""Events that leave after the commit: written with the change, relayed by `api/events.py`, at least once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

CHANNEL = "doorstep_outbox"
"""PostgreSQL's NOTIFY channel: a notification is delivered at the commit, and only then."""


class OutboxEvent(Base):
    """`seq` orders the events of one subject."""

    __tablename__ = "outbox"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[UUID]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


async def emit(session: AsyncSession, kind: str, subject: UUID, **body: Any) -> None:
    session.add(OutboxEvent(kind=kind, subject=subject, body=body))
    await session.execute(select(func.pg_notify(CHANNEL, kind)))
