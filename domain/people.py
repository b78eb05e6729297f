"""Who lives there, who plans, and who comes: Owner, Staff, Technician with certificates, shifts and absences."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified
from domain.places import Home, Territory


class Role(StrEnum):
    DISPATCHER = "dispatcher"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    OWNER = "owner"
    """Neither of these two is staff: one comes by a paired phone, the other by a link."""


class Owner(Identified, Base):
    __tablename__ = "owners"
    __table_args__ = (UniqueConstraint("home_id", "phone"),)

    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id"))
    name: Mapped[str]
    phone: Mapped[str]

    home: Mapped[Home] = relationship()


def masked(phone: str) -> str:
    """The number as it may be shown: 138****0000. Of fewer than 11 characters the last two, of fewer than 7 none."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    shown = phone[-2:] if len(phone) >= 7 else ""
    return shown.rjust(len(phone), "*")


staff_territories = Table(
    "staff_territories",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("territory_id", ForeignKey("territories.id", ondelete="CASCADE"), primary_key=True),
)


class Staff(Identified, Base):
    """Someone who signs in at a desk. A dispatcher sees the named territories, a manager all."""

    __tablename__ = "staff"

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)

    territories: Mapped[list[Territory]] = relationship(secondary=staff_territories, lazy="selectin")


class Technician(Identified, Base):
    """Starts and ends the day at home. `version` moves with every change that a plan must notice."""

    __tablename__ = "technicians"
    __table_args__ = (CheckConstraint("speed > 0 AND speed <= 10", name="speed"),)

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float]
    longitude: Mapped[float]
    skills: Mapped[list[str]]
    speed: Mapped[float] = mapped_column(default=1.0)
    max_overtime: Mapped[timedelta] = mapped_column(default=timedelta())
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    feed_seq: Mapped[int] = mapped_column(default=0)
    """Last number given out in the feed of this technician's phone."""

    territory: Mapped[Territory] = relationship()
    certificates: Mapped[list["Certificate"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    shifts: Mapped[list["Shift"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    absences: Mapped[list["Absence"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as a plain attribute)

    def abilities_on(self, day: date) -> list[str]:
        """Skills, and the certificates that are valid on that day (持证上岗)."""
        return sorted({*self.skills, *(c.kind for c in self.certificates if c.valid_on(day))})

    def duty_on(self, day: date) -> "Duty | None":
        """Working time of that local day, or None when off or absent."""
        if not self.active or any(a.starts <= day <= a.ends for a in self.absences):
            return None
        return next((s.on(day, self.territory) for s in self.shifts if s.weekday == day.weekday()), None)

    def on_shift(self, at: datetime) -> bool:
        """Whether that local day's working time holds the moment, with the overtime that is allowed."""
        duty = self.duty_on(at.astimezone(self.territory.zone).date())
        return duty is not None and duty.starts <= at <= duty.ends + self.max_overtime


class Certificate(Identified, Base):
    """A licence to do certain work; both days are inclusive."""

    __tablename__ = "certificates"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="order"),)

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id", ondelete="CASCADE"))
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date]

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Duty:
    """One technician's working day: aware datetimes; the break starts inside its window."""

    starts: datetime
    ends: datetime
    break_from: datetime | None = None
    break_to: datetime | None = None
    break_length: timedelta = timedelta()


class Shift(Identified, Base):
    """A weekday's working time on the territory's clock; Monday is 0. Ends on the same day."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("technician_id", "weekday"),
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    break_from: Mapped[time | None]
    break_to: Mapped[time | None]
    break_length: Mapped[timedelta] = mapped_column(default=timedelta())

    def on(self, day: date, territory: Territory) -> Duty:
        def at(clock: time) -> datetime:
            return datetime.combine(day, clock, tzinfo=territory.zone)

        if self.break_from is None or self.break_to is None:
            return Duty(at(self.starts), at(self.ends))
        return Duty(at(self.starts), at(self.ends), at(self.break_from), at(self.break_to), self.break_length)


class Absence(Identified, Base):
    """Days off, both inclusive."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("starts <= ends", name="order"),)

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id", ondelete="CASCADE"))
    starts: Mapped[date]
    ends: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
