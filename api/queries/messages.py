"""What people were told of a ticket, by which ways and with what outcome; and the words there are for it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from api.auth import Person
from api.queries.tickets import seen_ticket
from domain.message_templates import MessageTemplate, WechatTemplate, fill, kind_rules, samples
from domain.messages import Message, MessageTry
from domain.people import Staff, masked

HIDDEN = {"code": "••••••", "link": "…/o/••••"}


class TryView(Struct):
    """`outcome` is None while it is under way."""

    number: int
    way: str
    to: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    why: str


class DeliveryView(Struct):
    """`body` as it was sent, without the link's and the code's secrets. `not_before`: quiet hours hold it back."""

    id: UUID
    kind: str
    to_name: str
    language: str
    subject: str
    body: str
    state: str
    why: str
    made_at: datetime
    not_before: datetime
    sent_at: datetime | None
    again: bool
    """Whether it can be sent once more."""
    tries: list[TryView]


class TemplateView(Struct):
    """`names` may be filled in, each in braces; the text must have those it `needs`. `own`: a manager's words stand in
    place of the shipped ones, since `changed_at`, which whoever changes them says they have seen."""

    kind: str
    language: str
    subject: str
    text: str
    names: list[str]
    own: bool
    shipped_subject: str
    shipped_text: str
    needs: list[str]
    changed_by: str | None
    changed_at: datetime | None


class WechatTemplateView(Struct):
    kind: str
    template_id: str
    sends: str
    fields: dict[str, str]


class Templates(Struct):
    words: list[TemplateView]
    wechat: list[WechatTemplateView]
    samples: dict[str, dict[str, str]]
    """By language, what a preview fills in."""


async def list_messages(session: AsyncSession, ticket_id: UUID, by: Person) -> list[DeliveryView]:
    """The newest first."""
    await seen_ticket(session, by, ticket_id)
    rows = await session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket_id)
        .order_by(Message.made_at.desc(), Message.id.desc())
        .options(selectinload(Message.tried))
    )
    return [delivery_view(message) for message in rows]


def delivery_view(message: Message) -> DeliveryView:
    return DeliveryView(
        id=message.id,
        kind=message.kind,
        to_name=message.to_name,
        language=message.language,
        subject=fill(message.subject, HIDDEN),
        body=fill(message.body, HIDDEN),
        state=message.state,
        why=message.why,
        made_at=message.made_at,
        not_before=message.not_before,
        sent_at=message.sent_at,
        again=message.may_go_again,
        tries=[try_view(one) for one in message.tried],
    )


def try_view(one: MessageTry) -> TryView:
    return TryView(one.number, one.way, hidden(one.address), one.began_at, one.ended_at, one.outcome, one.why)


def hidden(address: str) -> str:
    """A mail address keeps its first letter and its domain, anything else is masked like a number."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if at else masked(address)


async def list_templates(session: AsyncSession) -> Templates:
    own = {(row.kind, str(row.language)): row for row in await session.scalars(select(MessageTemplate))}
    names_of = {f"staff:{row.id}": row.name for row in await session.execute(select(Staff.id, Staff.name))}
    words = []
    for kind, rules in kind_rules().items():
        for language, shipped in rules.words.items():
            row = own.get((kind, language))
            said = row or shipped
            names = sorted(rules.names)
            words.append(
                TemplateView(
                    kind=kind,
                    language=language,
                    subject=said.subject,
                    text=said.text,
                    names=names,
                    own=row is not None,
                    shipped_subject=shipped.subject,
                    shipped_text=shipped.text,
                    needs=sorted(rules.needs),
                    changed_by=names_of.get(row.changed_by, row.changed_by) if row else None,
                    changed_at=row.changed_at if row else None,
                )
            )
    forms = await session.scalars(select(WechatTemplate).order_by(WechatTemplate.kind))
    wechat = [WechatTemplateView(row.kind, row.template_id, row.sends, row.fields) for row in forms]
    return Templates(words, wechat, samples())
