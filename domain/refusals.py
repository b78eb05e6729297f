"""The owner saw the work and signed nothing: what was done is kept as with a signature, and a witness is named.

What follows depends on the reason. Where the owner says that the defect is still there, the visit needs another, as
after a refused sign-off. Otherwise the repair counts: the visit is done, unsigned; the ticket is closed or the
recipe's next step begins, and the watch begins as after a signature. A missing signature proves nothing about a pipe,
and a repair whose clocks ran on would send a technician to a home where there is nothing to do. That nobody signed
stays a fact, here.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from domain.base import Base
from domain.visit_facts import VisitFact


class Refusal(VisitFact, Base):
    """`photos` are SHA-256 hashes; `document_hash` is that of the document that the owner was shown."""

    __tablename__ = "refusals"
    __table_args__ = (Index("ix_refusals_photos", "photos", postgresql_using="gin"),)

    reason: Mapped[str]
    witness_name: Mapped[str]
    remark: Mapped[str]
    document_hash: Mapped[str]
    checklist: Mapped[list[dict[str, Any]]]
    parts: Mapped[list[dict[str, Any]]]
    photos: Mapped[list[str]]
    work: Mapped[timedelta]
    note: Mapped[str]
    watch_until: Mapped[date | None]
    """None where the repair didn't count."""
