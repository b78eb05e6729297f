"""An owner's link is made and withdrawn at the desk, and opened in the owner's browser."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.db.trail import record
from api.queries.tickets import seen_ticket
from domain.access import new_secret, secret_hash
from domain.errors import LinkEnded, NotFound
from domain.owner_links import OPENED_LASTS, LinkPurpose, OwnerLink, OwnerSession


async def make_link(session: AsyncSession, ticket_id: UUID, lasts: timedelta, by: Person) -> tuple[OwnerLink, str]:
    """The link and its token, which nobody can be told again. Earlier links of the ticket go on working."""
    await seen_ticket(session, by, ticket_id)
    return await new_link(session, ticket_id, lasts, by.actor)


async def new_link(session: AsyncSession, ticket_id: UUID, lasts: timedelta, actor: str) -> tuple[OwnerLink, str]:
    token, now = new_secret(), datetime.now(UTC)
    link = OwnerLink(
        ticket_id=ticket_id,
        purpose=LinkPurpose.TRACK,
        token_hash=secret_hash(token),
        made_at=now,
        made_by=actor,
        expires_at=now + lasts,
    )
    session.add(link)
    await session.flush()
    await record(session, actor, "owner_link.made", ticket_id, link=str(link.id))
    return link, token


async def revoke_link(session: AsyncSession, link_id: UUID, by: Person) -> None:
    """Also in the browsers where it is open. What was done through it stays."""
    link = await session.get(OwnerLink, link_id, with_for_update=True)
    if link is None:
        raise NotFound("There is no such link.")
    try:
        await seen_ticket(session, by, link.ticket_id)
    except NotFound:
        raise NotFound("There is no such link.") from None
    if link.revoked_at is None:
        link.revoked_at = datetime.now(UTC)
        await record(session, by.actor, "owner_link.revoked", link.ticket_id, link=str(link_id))


async def open_link(session: AsyncSession, token: str) -> tuple[OwnerSession, str]:
    """The browser's session and its secret. Raises LinkEnded for a link that is unknown, too old or withdrawn: from
    outside the three look the same."""
    now = datetime.now(UTC)
    link = await session.scalar(
        select(OwnerLink)
        .where(OwnerLink.token_hash == secret_hash(token), OwnerLink.expires_at > now, OwnerLink.revoked_at.is_(None))
        .with_for_update()
    )
    if link is None:
        raise LinkEnded("This link does not work any more. Ask the office for a new one.")
    secret = new_secret()
    opened = OwnerSession(link_id=link.id, token_hash=secret_hash(secret), expires_at=now + OPENED_LASTS)
    await session.execute(delete(OwnerSession).where(OwnerSession.link_id == link.id, OwnerSession.expires_at < now))
    session.add(opened)
    if link.opened_at is None:
        link.opened_at = now
        await record(session, f"owner:{link.id}", "owner_link.opened", link.ticket_id)
    return opened, secret
