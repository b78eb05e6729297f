"""A manager's own words in place of the shipped ones, and which of WeChat's templates carries a kind."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.auth import Person
from api.db.trail import record
from domain.errors import ChangedMeanwhile, Invalid, NotFound
from domain.message_templates import (
    Language,
    MessageKind,
    MessageTemplate,
    WechatSends,
    WechatTemplate,
    Words,
    check_names,
    check_words,
    kind_rules,
)


class Unsaid:
    """Whoever changes words without having looked at them asks for no check."""


UNSAID = Unsaid()
Seen = datetime | Unsaid | None
"""When the words that somebody saw were changed last; None: they were the shipped ones."""


async def change(
    session: AsyncSession, kind: MessageKind, language: Language, words: Words, by: Person, seen: Seen = UNSAID
) -> None:
    """For messages from now on. Raises Invalid for a placeholder that isn't known there, by its name, and
    ChangedMeanwhile where somebody else has changed what was seen."""
    if language is Language.BOTH:
        raise Invalid("A text is in one language: zh or en.")
    check_words(kind, words)
    await check_seen(session, kind, language, seen)
    new = {"subject": words.subject, "text": words.text, "changed_by": by.actor, "changed_at": clock.now()}
    await session.execute(
        insert(MessageTemplate)
        .values(kind=kind, language=language, **new)
        .on_conflict_do_update(index_elements=["kind", "language"], set_=new)
    )
    await record(session, by.actor, "message_template.changed", None, kind=kind, language=language, text=words.text)


async def drop(session: AsyncSession, kind: MessageKind, language: Language, by: Person, seen: Seen = UNSAID) -> None:
    """The shipped words are said again. Raises NotFound where they are already, and ChangedMeanwhile."""
    await check_seen(session, kind, language, seen)
    gone = delete(MessageTemplate).where(MessageTemplate.kind == kind, MessageTemplate.language == language)
    if await session.scalar(gone.returning(MessageTemplate.kind)) is None:
        raise NotFound("There are no words of your own for that.")
    await record(session, by.actor, "message_template.dropped", None, kind=kind, language=language)


async def check_seen(session: AsyncSession, kind: MessageKind, language: Language, seen: Seen) -> None:
    """Two who save at the same moment come one after the other, also where there is no row yet."""
    if isinstance(seen, Unsaid):
        return
    name = f"message_template:{kind}:{language}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 1))))
    now = await session.scalar(
        select(MessageTemplate.changed_at).where(MessageTemplate.kind == kind, MessageTemplate.language == language)
    )
    if now != seen:
        raise ChangedMeanwhile("Somebody else has changed these words since you opened them. Look at theirs first.")


async def change_wechat(
    session: AsyncSession, kind: MessageKind, template_id: str, sends: WechatSends, fields: dict[str, str], by: Person
) -> None:
    """Raises Invalid for a placeholder that isn't known there, and for codes, which go to the number alone."""
    if kind is MessageKind.CODE:
        raise Invalid("Codes go to the phone number alone, not by WeChat.")
    for name, text in fields.items():
        check_names(kind_rules()[kind], f"field {name}", text)
    new: dict[str, Any] = {"template_id": template_id, "sends": sends, "fields": fields, "changed_by": by.actor}
    new |= {"changed_at": clock.now()}
    await session.execute(
        insert(WechatTemplate).values(kind=kind, **new).on_conflict_do_update(index_elements=["kind"], set_=new)
    )
    await record(session, by.actor, "wechat_template.changed", None, kind=kind, template=template_id)


async def drop_wechat(session: AsyncSession, kind: MessageKind, by: Person) -> None:
    gone = delete(WechatTemplate).where(WechatTemplate.kind == kind).returning(WechatTemplate.kind)
    if await session.scalar(gone) is None:
        raise NotFound("No template of WeChat's carries that.")
    await record(session, by.actor, "wechat_template.dropped", None, kind=kind)
