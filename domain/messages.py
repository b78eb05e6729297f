"""A message on its way to somebody: written with what causes it, sent by one way after another until one takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.message_templates import Language, MessageKind
from domain.places import Territory


class Way(StrEnum):
    PUSH = "push"
    """To the phones of one technician, whose id is the address."""
    WECHAT = "wechat"
    SMS = "sms"
    MAIL = "mail"
    FILE = "file"
    """A line for a person or a program of the operator's to send on; takes any address but a technician's id."""


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    """A gateway has taken it. Whether it was read, nobody tells us."""
    FAILED = "failed"
    """No way is left; `why` says so."""
    EXPIRED = "expired"
    """It would say nothing any more."""
    NEEDLESS = "needless"
    """What it asks for has been done."""


class Outcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"
    """This way will not take it, however often it is asked."""
    LATER = "later"
    """Nobody knows, or not now: the same way again, under the same key."""


class Message(Identified, Base):
    """`tries` counts them and is the fence: who comes back from an earlier one changes nothing but that one's row.

    `dedupe_key` names what it is about: told twice, it is one message. Gateways get the id as their key. Secrets are
    in no column: they are filled in as it leaves.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        CheckConstraint("(span_begins IS NULL) = (span_ends IS NULL)", name="span"),
        Index("ix_messages_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    dedupe_key: Mapped[str]
    kind: Mapped[MessageKind]
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    home_id: Mapped[UUID | None] = mapped_column(ForeignKey("homes.id", ondelete="CASCADE"), index=True)
    """Of a message about a home and no ticket: its link is one to report by."""
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id", ondelete="SET NULL"), index=True)
    to_name: Mapped[str]
    addresses: Mapped[dict[str, str]]
    """By way, as they were known when it was written."""
    language: Mapped[Language]
    subject: Mapped[str]
    body: Mapped[str]
    values: Mapped[dict[str, str]]
    at_night: Mapped[bool]
    """Leaves in quiet hours, too."""
    span_begins: Mapped[datetime | None]
    span_ends: Mapped[datetime | None]
    """When the technician may be awaited, by this message."""
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    why: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    not_before: Mapped[datetime]
    next_at: Mapped[datetime]
    """When it is due; while somebody tries, when they are given up."""
    useless_after: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]

    territory: Mapped[Territory] = relationship()
    tried: Mapped[list["MessageTry"]] = relationship(lazy="raise", order_by="MessageTry.number")

    def end(self, state: MessageState, why: str = "") -> None:
        self.state, self.why = state, why

    @property
    def may_go_again(self) -> bool:
        return self.kind is not MessageKind.CODE and self.state is not MessageState.WAITING

    def check_may_go_again(self) -> None:
        """Raises IllegalMove for a code, which has to be asked for, and for one that is still on its way."""
        if self.kind is MessageKind.CODE:
            raise IllegalMove("A code can't be sent again. Its owner asks for a new one.")
        if self.state is MessageState.WAITING:
            raise IllegalMove("This message is still on its way.")


class MessageTry(Identified, Base):
    """Without an outcome, it is under way, or who tried was killed."""

    __tablename__ = "message_tries"
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    number: Mapped[int]
    way: Mapped[Way]
    address: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    why: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    """The gateway's own name for it."""


def next_way(
    ways: Sequence[Way], addresses: Mapping[str, str], tried: Sequence[MessageTry], most: int
) -> tuple[Way, str] | None:
    """The first of the ways, in their order, that has an address, has not refused, and was tried less than `most`
    times. None: nothing is left to try."""
    refused = {one.way for one in tried if one.outcome is Outcome.REFUSED}
    for way in ways:
        address = readable(addresses) if way is Way.FILE else addresses.get(way)
        if address and way not in refused and sum(one.way is way for one in tried) < most:
            return way, address
    return None


def readable(addresses: Mapping[str, str]) -> str | None:
    return next((address for way, address in addresses.items() if way != Way.PUSH), None)
