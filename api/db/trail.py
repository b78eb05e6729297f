"""Adds to the audit trail. Call it last in a transaction: it holds the chain's lock until the commit."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from domain.audit import AuditEntry, AuditHead


async def record(session: AsyncSession, actor: str, action: str, subject: UUID | None, **data: Any) -> AuditEntry:
    """The lock is that of the head's row: entries are sealed one at a time, so that each knows the one before it."""
    await session.flush()
    head = await session.scalar(select(AuditHead).with_for_update().execution_options(populate_existing=True))
    assert head is not None, "a migration makes the head"
    entry = AuditEntry(seq=head.seq + 1, at=clock.now(), actor=actor, action=action, subject=subject, data=data)
    session.add(entry.sealed(head.hash))
    head.seq, head.hash = entry.seq, entry.hash
    await session.flush()
    return entry
