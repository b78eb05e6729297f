"""A home's link is made and withdrawn at the desk, and opened in the owner's browser, to report."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.db.trail import record
from api.queries.homes import seen_home
from domain.access import new_secret, secret_hash
from domain.errors import LinkEnded, NotFound
from domain.home_links import HomeLink, HomeSession
from domain.owner_links import OPENED_LASTS


async def make_home_link(session: AsyncSession, home_id: UUID, lasts: timedelta, by: Person) -> tuple[HomeLink, str]:
    """The link and its token, which nobody can be told again. Raises NotFound."""
    await seen_home(session, by, home_id)
    return await new_home_link(session, home_id, lasts, by.actor)


async def new_home_link(session: AsyncSession, home_id: UUID, lasts: timedelta, actor: str) -> tuple[HomeLink, str]:
    token, now = new_secret(), datetime.now(UTC)
    link = HomeLink(home_id=home_id, token_hash=secret_hash(token), made_at=now, made_by=actor, expires_at=now + lasts)
    session.add(link)
    await session.flush()
    await record(session, actor, "home_link.made", home_id, link=str(link.id))
    return link, token


async def revoke_home_link(session: AsyncSession, link_id: UUID, by: Person) -> None:
    """Also in the browsers where it is open. What was reported through it stays. Raises NotFound."""
    link = await session.get(HomeLink, link_id, with_for_update=True)
    if link is None:
        raise NotFound("There is no such link.")
    await seen_home(session, by, link.home_id)
    if link.revoked_at is None:
        link.revoked_at = datetime.now(UTC)
        await record(session, by.actor, "home_link.revoked", link.home_id, link=str(link_id))


async def open_home_link(session: AsyncSession, token: str) -> tuple[HomeSession, str]:
    """The browser's session and its secret. Raises LinkEnded, as for a ticket's link."""
    now = datetime.now(UTC)
    link = await session.scalar(
        select(HomeLink)
        .where(HomeLink.token_hash == secret_hash(token), HomeLink.expires_at > now, HomeLink.revoked_at.is_(None))
        .with_for_update()
    )
    if link is None:
        raise LinkEnded("This link does not work any more. Ask the office for a new one.")
    if link.opened_at is None:
        link.opened_at = now
        await record(session, f"owner:{link.id}", "home_link.opened", link.home_id)
    await session.execute(delete(HomeSession).where(HomeSession.link_id == link.id, HomeSession.expires_at < now))
    return new_session(session, link)


def new_session(session: AsyncSession, link: HomeLink, phone: str = "") -> tuple[HomeSession, str]:
    secret = new_secret()
    opened = HomeSession(
        link_id=link.id,
        token_hash=secret_hash(secret),
        expires_at=min(link.expires_at, datetime.now(UTC) + OPENED_LASTS),
        phone=phone,
    )
    session.add(opened)
    return opened, secret
