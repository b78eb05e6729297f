"""An owner's way to report without a ticket: a link to one home, or a code to a number that is known to live there.

A link to a home has one purpose: to report. It shows no ticket. What is reported through it gets a link of its own.
Only hashes of the secrets are kept.
"""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.errors import Invalid
from domain.owner_links import CODE_GUESSES
from domain.places import Home

REPORTS_A_DAY = 20
"""From one home by its owner's page: a stuck finger or a prank must not fill the desk."""


class HomeLink(Identified, Base):
    __tablename__ = "home_links"

    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    """As the audit trail names them; "owner" where a proven number opened the door."""
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    """For the first time."""
    revoked_at: Mapped[datetime | None]

    home: Mapped[Home] = relationship()


class HomeSession(Identified, Base):
    """One browser that may report for the home. It ends with the link."""

    __tablename__ = "home_sessions"

    link_id: Mapped[UUID] = mapped_column(ForeignKey("home_links.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    phone: Mapped[str] = mapped_column(default="")
    """The number that was proven, where it was not a link that opened the door."""

    link: Mapped[HomeLink] = relationship()


class NumberCode(Identified, Base):
    """Six digits for a browser that says it has this number. Of an unknown number there is a row too, and no message:
    from outside the two look the same."""

    __tablename__ = "number_codes"
    __table_args__ = (CheckConstraint(f"guesses BETWEEN 0 AND {CODE_GUESSES}", name="guesses"),)

    phone: Mapped[str] = mapped_column(index=True)
    browser_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    guesses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


def plain_number(typed: str) -> str:
    """Without spaces, hyphens and China's country code. Raises Invalid for what is no number."""
    number = re.sub(r"[\s()\-]", "", typed)
    number = re.sub(r"^(\+86|0086)(?=1\d{10}$)", "", number)
    if not re.fullmatch(r"\+?\d{5,15}", number):
        raise Invalid("Type the phone number with digits only, like 13800000000.")
    return number
