"""A ticket's links as the desk sees them: never the tokens."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.queries.tickets import seen_ticket
from domain.owner_links import OwnerLink


class LinkView(Struct):
    """`opened_at` is the first time; it works until `expires_at`, unless it is revoked."""

    id: UUID
    made_at: datetime
    made_by: str
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None


async def list_links(session: AsyncSession, ticket_id: UUID, by: Person) -> list[LinkView]:
    """The newest first."""
    await seen_ticket(session, by, ticket_id)
    rows = await session.scalars(
        select(OwnerLink).where(OwnerLink.ticket_id == ticket_id).order_by(OwnerLink.id.desc())
    )
    return [
        LinkView(link.id, link.made_at, link.made_by, link.expires_at, link.opened_at, link.revoked_at) for link in rows
    ]
