"""An owner shows that the ticket's phone number is at hand: a code is sent there and typed into the page."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import compare_digest
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.messages import Recipient, Told, tell
from api.actions.owner_messages import about_ticket
from api.auth import OpenedLink, Person
from api.db.trail import record
from domain.errors import Invalid, TooManyTries
from domain.home_links import NumberCode
from domain.message_templates import MessageKind
from domain.messages import Way
from domain.owner_links import (
    CODE_GUESSES,
    CODE_LASTS,
    CODES_AN_HOUR,
    PROOF_LASTS,
    OwnerCode,
    OwnerLink,
    OwnerSession,
    code_hash,
    new_code,
)
from domain.places import Territory
from domain.tickets import Ticket


@dataclass(frozen=True)
class NewCode:
    """To be sent to `number` after the commit by whoever has `code`, which no table holds."""

    number: str
    code: str = field(repr=False)
    message_id: UUID


async def new_code_for(session: AsyncSession, opened: OpenedLink, by: Person) -> NewCode:
    """Only the newest code of a browser counts.

    Raises Invalid where the ticket has no number, TooManyTries where that number has had its codes of this hour:
    counted in the database, whichever address, browser or ticket they were asked from.
    """
    about = await about_ticket(session, opened.ticket_id)
    number = about.ticket.contact_phone
    if not number:
        raise Invalid("There is no phone number with this ticket. Call the office to change the time.")
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(number, 0))))
    now = datetime.now(UTC)
    sent = await session.scalar(
        select(func.count())
        .select_from(OwnerCode)
        .join(OwnerSession, OwnerSession.id == OwnerCode.session_id)
        .join(OwnerSession.link)
        .join(OwnerLink.ticket)
        .where(Ticket.contact_phone == number, OwnerCode.sent_at > now - timedelta(hours=1))
    )
    if (sent or 0) >= CODES_AN_HOUR:
        raise TooManyTries("Too many codes were sent to this number. Wait an hour, or call the office.")
    code = new_code()
    hashed = code_hash(code, opened.secret)
    sent_code = OwnerCode(session_id=opened.session_id, code_hash=hashed, sent_at=now, expires_at=now + CODE_LASTS)
    session.add(sent_code)
    await session.flush()
    to = Recipient(about.to.name, {Way.SMS: number}, about.to.language)
    message_id = await tell_code(session, sent_code, to, about.territory, about.ticket.id)
    await record(session, by.actor, "owner_code.sent", opened.ticket_id)
    return NewCode(number, code, message_id)


async def tell_code(
    session: AsyncSession,
    sent: OwnerCode | NumberCode,
    to: Recipient,
    territory: Territory,
    ticket_id: UUID | None = None,
) -> UUID:
    """`to` has the number alone, whatever other ways there are: it is the number that is proven.

    The code ends by the machine's clock, its message by the site's, as all messages do: by the code's own moment, a
    site whose clock runs ahead would take it for too late before it left.
    """
    over = clock.now() + CODE_LASTS
    minutes = {"minutes": str(int(CODE_LASTS.total_seconds()) // 60)}
    told = Told(
        kind=MessageKind.CODE,
        key=f"{MessageKind.CODE}:{sent.id}",
        to=to,
        territory=territory,
        zh=minutes,
        en=minutes,
        ticket_id=ticket_id,
        held_until=over,
        useless_after=over,
    )
    message_id = await tell(session, told)
    assert message_id is not None, "each code has a key of its own"
    return message_id


async def prove_number(session: AsyncSession, opened: OpenedLink, code: str, by: Person) -> bool:
    """Whether it was the code. A wrong guess is counted too, so it is an answer and no error: that would undo it.

    The guess is counted before it is looked at, by one statement: any number at the same moment get five between them.
    """
    now = datetime.now(UTC)
    newest = (
        select(OwnerCode.id)
        .where(OwnerCode.session_id == opened.session_id)
        .order_by(OwnerCode.sent_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = (
        await session.execute(
            update(OwnerCode)
            .where(
                OwnerCode.id == newest,
                OwnerCode.used_at.is_(None),
                OwnerCode.expires_at > now,
                OwnerCode.guesses < CODE_GUESSES,
            )
            .values(guesses=OwnerCode.guesses + 1)
            .returning(OwnerCode.id, OwnerCode.code_hash)
        )
    ).one_or_none()
    if row is None or not compare_digest(row.code_hash, code_hash(code, opened.secret)):
        return False
    await session.execute(update(OwnerCode).where(OwnerCode.id == row.id).values(used_at=now))
    await session.execute(
        update(OwnerSession).where(OwnerSession.id == opened.session_id).values(proven_until=now + PROOF_LASTS)
    )
    await record(session, by.actor, "owner_number.proven", opened.ticket_id)
    return True
