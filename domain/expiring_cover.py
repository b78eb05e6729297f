"""Which parts of a home are covered no longer soon: the last chance to have them looked at for nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.warranty import Verdict, verdict
from domain.warranty_rules import RuleBook


class CoverOffer(Identified, Base):
    """The owner of that home was offered an inspection before this element's cover ended: once."""

    __tablename__ = "cover_offers"
    __table_args__ = (UniqueConstraint("home_id", "item", "until"),)

    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(ForeignKey("warranty_items.code"))
    until: Mapped[date]
    offered_at: Mapped[datetime]
    offered_by: Mapped[str]
    """As the audit trail names them."""


@dataclass(frozen=True)
class Ending:
    name_en: str
    name_zh: str
    told: Verdict
    until: date


def ending(
    accepted: date | None, handed_over: date | None, on: date, within: timedelta, rules: RuleBook, city: str | None
) -> tuple[Ending, ...]:
    """Elements that are covered on the day `on` and whose last day is no later than `within` after it, the first first.

    What can't be judged, since a date is missing, is left out.
    """
    found = []
    for item in rules.items:
        told = verdict(item.code, accepted=accepted, handed_over=handed_over, on=on, rules=rules, city=city)
        if told.covered and told.until is not None and told.until <= on + within:
            found.append(Ending(item.name_en, item.name_zh, told, told.until))
    return tuple(sorted(found, key=lambda one: (one.until, one.told.item)))
