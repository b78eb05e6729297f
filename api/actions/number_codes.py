"""An owner without a link shows that a phone number is at hand which is known to live in a home."""

from datetime import UTC, datetime, timedelta
from secrets import compare_digest

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.home_links import new_session
from api.actions.messages import Recipient
from api.actions.owner_codes import NewCode, tell_code
from api.db.trail import record
from api.queries.homes import homes_of
from domain.access import new_secret, secret_hash
from domain.errors import TooManyTries
from domain.home_links import HomeLink, NumberCode, plain_number
from domain.messages import Way
from domain.owner_links import CODE_GUESSES, CODE_LASTS, CODES_AN_HOUR, OPENED_LASTS, code_hash, new_code
from domain.places import Home


async def new_code_to(session: AsyncSession, typed: str) -> tuple[str, NewCode | None]:
    """The browser's secret, and the code to send after the commit: None where nobody lives who has that number, which
    the answer must not show. Raises Invalid, TooManyTries: counted by number, known or not."""
    number = plain_number(typed)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(number, 1))))
    now = datetime.now(UTC)
    sent = await session.scalar(
        select(func.count())
        .select_from(NumberCode)
        .where(NumberCode.phone == number, NumberCode.sent_at > now - timedelta(hours=1))
    )
    if (sent or 0) >= CODES_AN_HOUR:
        raise TooManyTries("Too many codes were sent to this number. Wait an hour, or call the office.")
    secret, code = new_secret(), new_code()
    sent_code = NumberCode(
        phone=number,
        browser_hash=secret_hash(secret),
        code_hash=code_hash(code, secret),
        sent_at=now,
        expires_at=now + CODE_LASTS,
    )
    session.add(sent_code)
    homes = await homes_of(session, number)
    if not homes:
        return secret, None
    await session.flush()
    to, territory = Recipient("", {Way.SMS: number}), homes[0].building.community.territory
    return secret, NewCode(number, code, await tell_code(session, sent_code, to, territory))


async def prove(session: AsyncSession, secret: str, code: str) -> list[tuple[Home, str]]:
    """The homes of the proven number, each with a session to report from there; none for a wrong guess, which is
    counted before it is looked at, as `owner_codes.prove_number` does."""
    now = datetime.now(UTC)
    row = (
        await session.execute(
            update(NumberCode)
            .where(
                NumberCode.browser_hash == secret_hash(secret),
                NumberCode.used_at.is_(None),
                NumberCode.expires_at > now,
                NumberCode.guesses < CODE_GUESSES,
            )
            .values(guesses=NumberCode.guesses + 1)
            .returning(NumberCode.id, NumberCode.code_hash, NumberCode.phone)
        )
    ).one_or_none()
    if row is None or not compare_digest(row.code_hash, code_hash(code, secret)):
        return []
    await session.execute(update(NumberCode).where(NumberCode.id == row.id).values(used_at=now))
    opened = []
    for home in await homes_of(session, row.phone):
        link = HomeLink(
            home_id=home.id,
            token_hash=secret_hash(new_secret()),  # nobody is told: it is open in this browser alone
            made_at=now,
            made_by="owner",
            expires_at=now + OPENED_LASTS,
            opened_at=now,
        )
        session.add(link)
        await session.flush()
        opened.append((home, new_session(session, link, row.phone)[1]))
        await record(session, f"owner:{link.id}", "owner_number.proven", home.id)
    return opened
