"""Reads the whole audit trail and says whether it still fits together."""

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import BEFORE_THE_FIRST, AuditEntry

AT_A_TIME = 2000


async def check_trail(session: AsyncSession) -> tuple[int, int | None]:
    """Entries read, and the `seq` of the first that doesn't follow from the one before it, or None."""
    read, previous = 0, BEFORE_THE_FIRST
    async for entry in in_order(session):
        read += 1
        if not entry.follows(previous):
            return read, entry.seq
        previous = entry.hash
    return read, None


async def in_order(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    last = 0
    while True:
        page = (
            await session.scalars(
                select(AuditEntry).where(AuditEntry.seq > last).order_by(AuditEntry.seq).limit(AT_A_TIME)
            )
        ).all()
        if not page:
            return
        for entry in page:
            yield entry
        last = page[-1].seq
        session.expunge_all()
