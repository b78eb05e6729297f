"""Working calendars, which add working time across nights and holidays, and the heating and cooling seasons.

Counting follows 民法典 arts. 201 and 203: the first day is not counted, and where there are business hours a
period's last day ends when they end.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from domain.base import Base, Identified
from domain.cities import city_name
from domain.data import read_seed
from domain.errors import Invalid

LONGEST_CLOSURE = timedelta(days=366)
MAKE_UP = {"working": True, "name_en": "Make-up workday", "name_zh": "调休上班"}


class SpecialDay(Identified, Base):
    """Days, both ends inclusive, that a notice makes a holiday, or a workday to make up for one (调休)."""

    __tablename__ = "special_days"
    __table_args__ = (CheckConstraint("first <= last", name="order"),)

    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("working_calendars.id", ondelete="CASCADE"))
    first: Mapped[date]
    last: Mapped[date]
    working: Mapped[bool]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    source: Mapped[str]


class WorkingCalendar(Identified, Base):
    """Working hours on the zone's clock; Monday is 0. Days that no notice speaks of go by the weekday."""

    __tablename__ = "working_calendars"
    __table_args__ = (
        UniqueConstraint("zone_name", "city", postgresql_nulls_not_distinct=True),
        CheckConstraint("opens < closes", name="hours"),
    )

    name: Mapped[str]
    zone_name: Mapped[str]
    city: Mapped[str | None]
    """Set where one city of the zone keeps other hours than the rest."""
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    opens: Mapped[time]
    closes: Mapped[time]
    source: Mapped[str]

    special_days: Mapped[list[SpecialDay]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def is_working_day(self, day: date) -> bool:
        special = (s.working for s in self.special_days if s.first <= day <= s.last)
        return next(special, day.weekday() in self.weekdays)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at the desk at the aware moment; at closing time nobody is."""
        day = at.astimezone(self.zone).date()
        opens, closes = self._hours(day)
        return self.is_working_day(day) and opens <= at.astimezone(UTC) < closes

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """The opening time between two aware moments."""
        first, last = (at.astimezone(self.zone).date() for at in (start, end))
        total = timedelta()
        for number in range((last - first).days + 1):
            if self.is_working_day(day := first + timedelta(days=number)):
                opens, closes = self._hours(day)
                total += max(min(closes, end.astimezone(UTC)) - max(opens, start.astimezone(UTC)), timedelta())
        return total

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """When `amount` of opening time has passed since the aware `start`, on the zone's clock."""
        left = amount
        days = self._working_days(start.astimezone(self.zone).date())
        while True:
            opens, closes = self._hours(next(days))
            begins = max(start.astimezone(UTC), opens)
            if begins + left <= closes:
                return (begins + left).astimezone(self.zone)
            left -= max(closes - begins, timedelta())

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Closing time of the working day that is number `days` after the aware `start`'s own day."""
        following = self._working_days(start.astimezone(self.zone).date() + timedelta(days=1))
        last = next(day for number, day in enumerate(following, start=1) if number == days)
        return self._hours(last)[1].astimezone(self.zone)

    def working_day_from(self, day: date) -> date:
        """The day itself, or the next working day where it is none (民法典 art. 203)."""
        return next(self._working_days(day))

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """In UTC, where subtraction is true across a change of the clocks."""
        opens, closes = (datetime.combine(day, clock, self.zone).astimezone(UTC) for clock in (self.opens, self.closes))
        return opens, closes

    def _working_days(self, first: date) -> Iterator[date]:
        if self.closes <= self.opens:
            raise Invalid(f"Calendar {self.name} opens at {self.opens} and closes at {self.closes}.")
        day = latest = first
        while day - latest < LONGEST_CLOSURE:
            if self.is_working_day(day):
                yield day
                latest = day
            day += timedelta(days=1)
        raise Invalid(f"Calendar {self.name} has no working day in the year after {latest}.")


class SeasonKind(StrEnum):
    HEATING = "heating"
    COOLING = "cooling"


class Season(Identified, Base):
    """A city's yearly heating or cooling season, from month-day `first` to `last`, both inclusive.

    A season without a city holds for every city that has none of its own.
    """

    __tablename__ = "seasons"
    __table_args__ = (UniqueConstraint("city", "kind", postgresql_nulls_not_distinct=True),)

    city: Mapped[str | None]
    kind: Mapped[SeasonKind]
    first: Mapped[str]
    last: Mapped[str]
    source: Mapped[str]

    @validates("first", "last")
    def _month_day(self, _: str, written: str) -> str:
        try:
            date.fromisoformat(f"2001-{written}")  # a year without 29 February: no season may hang on that day
        except ValueError:
            raise Invalid(f'A season needs month and day such as "11-15", not {written!r}.') from None
        return written

    def end_of_whole(self, number: int, since: date) -> date:
        """Last day of whole season `number` (from 1) among those that begin on or after `since`."""
        begun_before = f"{since:%m-%d}" > self.first
        over_new_year = self.last < self.first
        year = since.year + begun_before + number - 1 + over_new_year
        if year > date.max.year:
            raise Invalid(f"Season {number} after {since} is beyond year {date.max.year}.")
        return date.fromisoformat(f"{year:04}-{self.last}")


def calendar_for(zone_name: str, city: str | None, calendars: Iterable[WorkingCalendar]) -> WorkingCalendar:
    """The city's calendar, else its zone's, else plain weekdays from 9 to 18 in that zone."""
    here = [c for c in calendars if c.zone_name == zone_name]
    name = city_name(city)
    return next(
        (c for wanted in (name, None) for c in here if city_name(c.city) == wanted),
        WorkingCalendar(
            name="plain weekdays",
            zone_name=zone_name,
            weekdays=[0, 1, 2, 3, 4],
            opens=time(9),
            closes=time(18),
            source="default where no calendar is set",
        ),
    )


def season_for(kind: SeasonKind, city: str | None, seasons: Iterable[Season]) -> Season | None:
    """The city's season, else the one that holds everywhere, else None: an unknown season is not guessed."""
    here = [s for s in seasons if s.kind == kind]
    name = city_name(city)
    return next((s for wanted in (name, None) for s in here if city_name(s.city) == wanted), None)


def load_calendars() -> tuple[WorkingCalendar, ...]:
    return tuple(
        WorkingCalendar(
            name=row["name"],
            zone_name=row["zone"],
            weekdays=row["weekdays"],
            opens=row["opens"],
            closes=row["closes"],
            source=row["source"],
            special_days=[
                SpecialDay(**day, source=notice["source"])
                for notice in row["notice"]
                for day in (
                    *({**day, "working": False} for day in notice["days_off"]),
                    *({**MAKE_UP, "first": day, "last": day} for day in notice["make_up_workdays"]),
                )
            ],
        )
        for row in read_seed("calendars")["calendar"]
    )


def load_seasons() -> tuple[Season, ...]:
    return tuple(Season(**{**row, "kind": SeasonKind(row["kind"])}) for row in read_seed("calendars")["season"])
