"""Times that owners chose: held for some minutes, then booked. A booking is a promise that plans keep."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.errors import IllegalMove
from domain.jobs import UNDER_WAY, Job, JobState, Visit, VisitState


class Hold(Identified, Base):
    """Keeps room in a slot for one job, without saying who will come. From `until` on it is as if it were not there."""

    __tablename__ = "holds"
    __table_args__ = (CheckConstraint("opens < closes", name="order"), Index("ix_holds_day", "territory_id", "day"))

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    day: Mapped[date]
    opens: Mapped[datetime]
    closes: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


class BookingEnd(StrEnum):
    MOVED = "moved"
    """Another time was booked in its place."""
    CANCELLED = "cancelled"


class Booking(Identified, Base):
    """One promise of a time, and how it ended; the one that stands is also in the job's `promised_from` and `_to`."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("opens < closes", name="order"),
        CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="end"),
        Index("uq_bookings_one_stands", "job_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    opens: Mapped[datetime]
    closes: Mapped[datetime]
    booked_at: Mapped[datetime]
    booked_by: Mapped[str]
    """As the audit trail names them."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended: Mapped[BookingEnd | None]
    late: Mapped[bool] = mapped_column(default=False)
    """It ended when the technician's day could hardly be filled any more."""
    reason: Mapped[str] = mapped_column(default="")

    def end(self, how: BookingEnd, at: datetime, by: str, notice: timedelta, reason: str = "") -> None:
        """`notice` is how long before the slot one should say so."""
        self.ended, self.ended_at, self.ended_by, self.reason = how, at, by, reason
        self.late = at > self.opens - notice


def check_may_choose(job: Job, visit: Visit | None) -> None:
    """Raises IllegalMove for a job whose visit's time is no longer to be chosen; `visit` is its present one."""
    if visit is not None and visit.state in UNDER_WAY:
        raise IllegalMove("The technician is on the way or there already. Call the office.")
    if visit is not None and visit.locked and visit.state is VisitState.PLANNED:
        raise IllegalMove("A dispatcher has fixed this visit's technician and time. Call the office to change it.")
    if job.state is JobState.QUOTED:
        raise IllegalMove("This work has a price that is not accepted. A time can be chosen when it is.")
    if job.state not in (JobState.WAITING, JobState.PLANNED):
        raise IllegalMove(f"A job that is {job.state} needs no time.")
