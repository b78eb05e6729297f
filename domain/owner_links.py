"""An owner's way in without an account: a link to one ticket, the browsers that opened it, and codes by phone.

Only hashes of the secrets are kept. Opening a link changes nothing but that it was opened, and takes a POST: programs
that look at links in messages only GET.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from secrets import randbelow
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.access import secret_hash
from domain.base import Base, Identified
from domain.tickets import Ticket

OPENED_LASTS = timedelta(hours=12)
"""How long a browser may go on before it opens the link again."""
CODE_LASTS = timedelta(minutes=10)
CODE_GUESSES = 5
CODES_AN_HOUR = 5
"""To one phone number, whoever asks: a message costs money, and each code is five more guesses."""
PROOF_LASTS = timedelta(minutes=30)


class LinkPurpose(StrEnum):
    TRACK = "track"
    """Follow this ticket: pick a time, move or cancel it, see how it stands, rate the visit."""


class OwnerLink(Identified, Base):
    __tablename__ = "owner_links"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    """As the audit trail names them."""
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    """For the first time."""
    revoked_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship()


class OwnerSession(Identified, Base):
    """One browser that opened a link. It ends with the link."""

    __tablename__ = "owner_sessions"

    link_id: Mapped[UUID] = mapped_column(ForeignKey("owner_links.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    proven_until: Mapped[datetime | None]
    """Until then this browser has shown that the ticket's phone number is at hand."""

    link: Mapped[OwnerLink] = relationship()


class OwnerCode(Identified, Base):
    """Six digits, sent to the ticket's number. Good for one browser, for ten minutes, for five guesses, and once."""

    __tablename__ = "owner_codes"
    __table_args__ = (CheckConstraint(f"guesses BETWEEN 0 AND {CODE_GUESSES}", name="guesses"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("owner_sessions.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    guesses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


def new_code() -> str:
    return f"{randbelow(10**6):06}"


def code_hash(code: str, browser: str) -> str:
    """A million codes are soon tried by whoever reads the table; the browser's own secret, which isn't in it, makes
    that useless."""
    return secret_hash(f"{code} {browser}")
