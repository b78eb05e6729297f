"""What has happened, in the order in which it left: for those who listen, and for those who were away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.outbox import OutboxEvent

MOST = 500
"""Read at once."""


class Happened(Struct):
    """`number` counts events without gaps. `about` holds what the kind adds: ids, a phone's step, its verdict."""

    number: int
    kind: str
    subject: UUID
    territory_id: UUID | None
    at: datetime
    about: dict[str, Any]


async def since(session: AsyncSession, number: int, most: int = MOST) -> list[Happened]:
    """The next ones after that number, the oldest first."""
    found = await session.scalars(
        select(OutboxEvent).where(OutboxEvent.sent > number).order_by(OutboxEvent.sent).limit(most)
    )
    return [Happened(one.sent or 0, one.kind, one.subject, one.territory_id, one.at, one.body) for one in found]


async def kept(session: AsyncSession) -> tuple[int, int]:
    """The oldest and the newest number there are; 0 and 0 before the first."""
    oldest, newest = (await session.execute(select(func.min(OutboxEvent.sent), func.max(OutboxEvent.sent)))).one()
    return oldest or 0, newest or 0
