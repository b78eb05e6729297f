"""Clocks that stand still because the owner agreed to it: for how long, why, and who agreed in what way."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.calendars import WorkingCalendar
from domain.data import read_seed
from domain.tickets import Channel
from domain.triage import ClockLength


class ClockPause(Identified, Base):
    """From `starts` until before `ends`; without an end it lasts."""

    __tablename__ = "clock_pauses"
    __table_args__ = (
        CheckConstraint("starts <= ends", name="order"),
        Index("uq_clock_pauses_lasting", "ticket_id", unique=True, postgresql_where=text("ends IS NULL")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str]
    """A code of `domain/data/pauses.toml`."""
    agreed_by: Mapped[str]
    """Who said yes, in the words of the desk, such as the owner's name."""
    agreed_by_channel: Mapped[Channel]
    note: Mapped[str] = mapped_column(default="")
    starts: Mapped[datetime]
    ends: Mapped[datetime | None]


def pause_reasons() -> dict[str, dict[str, str]]:
    """{"name_en", "name_zh"} by code."""
    return {
        row["code"]: {"name_en": row["name_en"], "name_zh": row["name_zh"]} for row in read_seed("pauses")["reason"]
    }


def moved(due: datetime, length: str, starts: datetime, ends: datetime, calendar: WorkingCalendar) -> datetime:
    """When a clock runs out that stood still from `starts` until `ends`, counted as the clock itself counts.

    A clock that had run out by `starts` stays missed. Working days are the days of the pause on which one could have
    come: the first is counted, the day on which it goes on is not.
    """
    if due <= starts or ends <= starts:
        return due
    match ClockLength.parse(length).unit:
        case "working hour":
            return calendar.add_working_time(due, calendar.working_time(starts, ends))
        case "working day":
            first, last = (at.astimezone(calendar.zone).date() for at in (starts, ends))
            days = (first + timedelta(days=number) for number in range((last - first).days))
            lost = sum(calendar.is_working_day(day) for day in days)
            return calendar.add_working_days(due, lost) if lost else due
        case _:
            return due + (ends - starts)
