"""Adds to the audit trail. Call it last in a transaction: it holds the chain's lock until the commit."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import BEFORE_THE_FIRST, AuditEntry

CHAIN_LOCK = 8311_0001
"""Advisory lock: entries are sealed one at a time, so that each knows the one before it."""


async def record(session: AsyncSession, actor: str, action: str, subject: UUID | None, **data: Any) -> None:
    await session.flush()
    await session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    previous = await session.scalar(select(AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1))
    entry = AuditEntry(at=datetime.now(UTC), actor=actor, action=action, subject=subject, data=data)
    session.add(entry.sealed(previous or BEFORE_THE_FIRST))
    await session.flush()
