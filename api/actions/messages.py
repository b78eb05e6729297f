"""A message is written in the transaction of what causes it; a worker sends it after the commit."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api import clock
from api.auth import Person
from api.db.trail import record
from api.queries.tickets import seen_ticket
from domain.arrival import Span
from domain.errors import NotFound
from domain.message_templates import Language, MessageKind, MessageTemplate, Words, kind_rules, quiet_hours
from domain.messages import Message, MessageState, Way
from domain.places import Territory


@dataclass(frozen=True)
class Recipient:
    """`addresses` by way. None are known of somebody whom nobody can tell anything: the row then says so."""

    name: str
    addresses: dict[Way, str]
    language: Language = Language.BOTH


@dataclass(frozen=True, kw_only=True)
class Told:
    """`key` is what it is about. `en` and `zh` fill the template in. `useless_after` defaults to the kind's."""

    kind: MessageKind
    key: str
    to: Recipient
    territory: Territory
    zh: dict[str, str]
    en: dict[str, str]
    ticket_id: UUID | None = None
    home_id: UUID | None = None
    visit_id: UUID | None = None
    span: Span | None = None
    at_night: bool = False
    useless_after: datetime | None = None
    held_until: datetime | None = None
    """Until then nobody but the caller sends it, who alone has its secrets."""
    at: datetime = field(default_factory=lambda: clock.now())


class Written(NamedTuple):
    subject: str
    body: str


async def tell(session: AsyncSession, told: Told) -> UUID | None:
    """The new message. None where the same was told before: whoever comes twice tells once."""
    rules = kind_rules()[told.kind]
    at_night = rules.at_night or told.at_night
    leaves = told.at + rules.after
    if not at_night:
        leaves = quiet_hours().over(leaves, told.territory.zone)
    written = await words_for(session, told)
    addresses = {str(way): address for way, address in told.to.addresses.items() if address}
    useful = leaves + rules.useful if rules.useful else None
    return await session.scalar(
        insert(Message)
        .values(
            id=uuid7(),
            dedupe_key=told.key,
            kind=told.kind,
            territory_id=told.territory.id,
            ticket_id=told.ticket_id,
            home_id=told.home_id,
            visit_id=told.visit_id,
            to_name=told.to.name,
            addresses=addresses,
            language=told.to.language,
            subject=written.subject,
            body=written.body,
            values=values_of(told),
            at_night=at_night,
            span_begins=told.span.begins if told.span else None,
            span_ends=told.span.ends if told.span else None,
            made_at=told.at,
            not_before=leaves,
            next_at=told.held_until or leaves,
            useless_after=told.useless_after or useful,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(Message.id)
    )


def values_of(told: Told) -> dict[str, str]:
    return told.en if told.to.language is Language.EN else told.zh


async def words_for(session: AsyncSession, told: Told) -> Written:
    own = {
        row.language: Words(row.subject, row.text)
        for row in await session.scalars(select(MessageTemplate).where(MessageTemplate.kind == told.kind))
    }
    shipped = kind_rules()[told.kind].words
    values = {"zh": told.zh, "en": told.en}
    said = [
        own.get(Language(language), shipped[language]).filled(values[language]) for language in told.to.language.spoken
    ]
    return Written(" / ".join(one.subject for one in said), "\n".join(one.text for one in said))


async def send_again(session: AsyncSession, message_id: UUID, by: Person) -> UUID:
    """The desk has it sent once more, by every way anew; quiet hours don't hold back whom somebody wants to reach now.

    Raises NotFound, and IllegalMove for what can't be repeated.
    """
    first = await seen_message(session, message_id, by)
    first.check_may_go_again()
    root, now = first.dedupe_key.partition("#")[0], clock.now()
    earlier = select(func.count()).where(Message.dedupe_key.startswith(root + "#", autoescape=True))
    again = Message(
        dedupe_key=f"{root}#{await session.scalar(earlier) or 0}",
        state=MessageState.WAITING,
        made_at=now,
        not_before=now,
        next_at=now,
        useless_after=now + timedelta(hours=1),
        **{name: getattr(first, name) for name in REPEATED} | {"at_night": True},
    )
    session.add(again)
    await session.flush()
    await record(session, by.actor, "message.sent_again", first.ticket_id, message=str(again.id), first=str(first.id))
    return again.id


async def seen_message(session: AsyncSession, message_id: UUID, by: Person) -> Message:
    """Locked. Raises NotFound unless this person may see what it is about."""
    message = await session.get(Message, message_id, with_for_update=True)
    if message is None or not by.sees(message.territory_id):
        raise NotFound("There is no such message.")
    if message.ticket_id is not None:
        try:
            await seen_ticket(session, by, message.ticket_id)
        except NotFound:
            raise NotFound("There is no such message.") from None
    return message


REPEATED = (
    "kind", "territory_id", "ticket_id", "visit_id", "to_name", "addresses", "language", "subject", "body", "values",
    "span_begins", "span_ends",
)  # fmt: skip
