"""What technicians did and saw at visits: facts that are only added to. The database lets the app change none.

The visit says how it stands now; these say what happened, also where the visit had been moved or cancelled meanwhile.
Signatures are in sign_offs.py, refused ones in refusals.py.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base
from domain.triage import Tier


class VisitFact:
    """One operation made it, so it is there once. `happened_at` is by the device's clock: evidence, not order."""

    op_id: Mapped[UUID] = mapped_column(ForeignKey("operations.op_id"), primary_key=True, sort_order=-3)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), index=True, sort_order=-2)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"), sort_order=-1)
    happened_at: Mapped[datetime] = mapped_column(sort_order=1)
    received_at: Mapped[datetime] = mapped_column(sort_order=2)


class VisitStep(VisitFact, Base):
    """`kind` is the operation's: accept, depart, arrive, start, pause or no_access; the last two say why."""

    __tablename__ = "visit_steps"

    kind: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")


class UnfinishedWork(VisitFact, Base):
    """A visit ended before the repair did: what was done, why it stopped, and what the next visit needs."""

    __tablename__ = "unfinished_work"

    reason: Mapped[str]
    done: Mapped[str]
    needed: Mapped[str]
    work: Mapped[timedelta]


class VisitNote(VisitFact, Base):
    __tablename__ = "visit_notes"

    text: Mapped[str]


class PartUse(VisitFact, Base):
    """A part taken during the work; what the owner was shown at its end is part of the sign-off."""

    __tablename__ = "part_uses"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    code: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]


class VisitPhoto(VisitFact, Base):
    """`sha256` names a file that comes by a way of its own, earlier or later, so it may not be there yet."""

    __tablename__ = "visit_photos"

    sha256: Mapped[str] = mapped_column(index=True)
    shows: Mapped[str]
    """before, after or other"""
    caption: Mapped[str] = mapped_column(default="")


class FoundDefect(VisitFact, Base):
    """Another defect, seen during the visit, and the ticket that was opened for it."""

    __tablename__ = "found_defects"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    defect_code: Mapped[str] = mapped_column(ForeignKey("defect_kinds.code"))
    place: Mapped[str]
    description: Mapped[str]
    suggested_tier: Mapped[Tier | None]
