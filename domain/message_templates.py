"""The words of messages: shipped rows, a manager's own in their place, and the names that may be filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base
from domain.data import read_seed
from domain.errors import Invalid

NAME = re.compile(r"\{([a-z_]+)\}")
SECRETS = frozenset({"link", "code"})
"""Filled in as a message leaves: whoever reads the tables finds neither."""
MOST_WORDS = 500


class MessageKind(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ON_THE_WAY = "on_the_way"
    DELAYED = "delayed"
    COMPLETED = "completed"
    RATE = "rate"
    STAYED_FIXED = "stayed_fixed"
    COVER_ENDS = "cover_ends"
    CODE = "code"
    ALARM = "alarm"
    DAY_PUBLISHED = "day_published"
    DAY_CHANGED = "day_changed"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"
    BOTH = "both"
    """Nobody knows which: the message says it in Chinese, then in English."""

    @property
    def spoken(self) -> tuple[str, ...]:
        return ("zh", "en") if self is Language.BOTH else (str(self),)


class MessageTemplate(Base):
    """A manager's words in place of the shipped ones."""

    __tablename__ = "message_templates"

    kind: Mapped[MessageKind] = mapped_column(primary_key=True)
    language: Mapped[Language] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class WechatSends(StrEnum):
    TEMPLATE = "template"
    SUBSCRIPTION = "subscription"
    """Once for each time that the follower has agreed (订阅通知)."""


class WechatTemplate(Base):
    """Which of the account's registered templates carries a kind. `fields` are its keywords, such as
    {"thing1": "{defect}", "time2": "{day} {from}"}."""

    __tablename__ = "wechat_templates"

    kind: Mapped[MessageKind] = mapped_column(primary_key=True)
    template_id: Mapped[str]
    sends: Mapped[WechatSends]
    fields: Mapped[dict[str, str]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class Words:
    subject: str
    text: str

    def filled(self, values: Mapping[str, str]) -> "Words":
        """Secrets keep their braces."""
        return Words(fill(self.subject, values), fill(self.text, values))


@dataclass(frozen=True)
class KindRules:
    """`after`: how long it waits before it leaves; `useful`: how long after that it still says anything."""

    names: frozenset[str]
    needs: frozenset[str]
    at_night: bool
    urgent: bool
    after: timedelta
    useful: timedelta | None
    words: Mapping[str, Words]
    """By language, zh and en."""


@dataclass(frozen=True)
class QuietHours:
    """From `begins` until before `ends`, over midnight."""

    begins: time
    ends: time

    def over(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first moment from `at` on that isn't quiet there."""
        there = at.astimezone(zone)
        if self.ends <= there.time() < self.begins:
            return at
        day = there.date() + timedelta(days=1 if there.time() >= self.begins else 0)
        return datetime.combine(day, self.ends, tzinfo=zone).astimezone(at.tzinfo)


@dataclass(frozen=True)
class Retries:
    tries_a_way: int
    waits: tuple[timedelta, ...]
    urgent_waits: tuple[timedelta, ...]

    def wait(self, tries: int, *, urgent: bool) -> timedelta:
        """After so many tries, from 1 on."""
        waits = self.urgent_waits if urgent else self.waits
        return waits[min(tries, len(waits)) - 1]


@cache
def kind_rules() -> dict[MessageKind, KindRules]:
    return {MessageKind(row["code"]): rules_in(row) for row in read_seed("messages")["kind"]}


def rules_in(row: dict[str, Any]) -> KindRules:
    useful = row.get("useful_minutes")
    return KindRules(
        names=frozenset(row["names"]),
        needs=frozenset(row.get("needs", ())),
        at_night=row.get("at_night", False),
        urgent=row.get("urgent", False),
        after=timedelta(minutes=row.get("after_minutes", 0)),
        useful=timedelta(minutes=useful) if useful else None,
        words={language: Words(row[f"subject_{language}"], row[language]) for language in ("zh", "en")},
    )


@cache
def samples() -> dict[str, dict[str, str]]:
    """By language, each name's value in a preview."""
    rows = read_seed("messages")["samples"]
    return {language: {name: row[i] for name, row in rows.items()} for i, language in enumerate(("zh", "en"))}


@cache
def quiet_hours() -> QuietHours:
    row = read_seed("messages")["quiet"]
    return QuietHours(row["from"], row["to"])


@cache
def retries() -> Retries:
    row = read_seed("messages")["retry"]
    seconds = (tuple(timedelta(seconds=wait) for wait in row[name]) for name in ("waits_s", "urgent_waits_s"))
    return Retries(row["tries_a_way"], *seconds)


def fill(text: str, values: Mapping[str, str]) -> str:
    """In one pass: a value with braces in it stays as it is."""
    return NAME.sub(lambda name: values.get(name[1], name[0]), text)


def check_words(kind: MessageKind, words: Words) -> None:
    """Raises Invalid, naming the placeholder that this kind hasn't, or lacks."""
    rules = kind_rules()[kind]
    for where, text in (("subject", words.subject), ("text", words.text)):
        if not text.strip() or len(text) > MOST_WORDS:
            raise Invalid(f"The {where} needs 1 to {MOST_WORDS} characters.")
        check_names(rules, where, text)
    if missing := rules.needs - set(NAME.findall(words.text)):
        raise Invalid(f"The text of {kind} needs {{{min(missing)}}}.")


def check_names(rules: KindRules, where: str, text: str) -> None:
    known = ", ".join(f"{{{name}}}" for name in sorted(rules.names))
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in rules.names:
            raise Invalid(f"The {where} has {{{name}}}, which is not filled in here. Known are: {known}.")
    if re.search(r"[{}]", NAME.sub("", text)):
        raise Invalid(f"The {where} has a brace without its other one. Known are: {known}.")
