"""The times of day that an owner may choose from: policy rows, for a territory, a city or everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identified
from domain.cities import city_name
from domain.data import read_seed
from domain.places import Territory


class DaySlot(Identified, Base):
    """The visit starts from `opens` to `closes`, on the territory's clock; both ends are inclusive."""

    __tablename__ = "day_slots"
    __table_args__ = (
        UniqueConstraint("territory_id", "city", "opens", "closes", postgresql_nulls_not_distinct=True),
        CheckConstraint("opens < closes", name="order"),
        CheckConstraint("territory_id IS NULL OR city IS NULL", name="one_scope"),
    )

    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territories.id"))
    city: Mapped[str | None]
    opens: Mapped[time]
    closes: Mapped[time]
    source: Mapped[str]


@dataclass(frozen=True, order=True)
class Slot:
    """A time that an owner chooses: service starts from `opens` to `closes`, both inclusive and in UTC."""

    opens: datetime
    closes: datetime


def slots_on(day: date, territory: Territory, rows: Iterable[DaySlot]) -> list[Slot]:
    """By the most specific rows: the territory's own, else its city's, else everybody's."""
    here = city_name(territory.city)
    rows = list(rows)
    for wanted in ((territory.id, None), (None, here), (None, None)):
        chosen = [row for row in rows if (row.territory_id, city_name(row.city)) == wanted]
        if chosen:
            return sorted(Slot(_at(day, row.opens, territory), _at(day, row.closes, territory)) for row in chosen)
    return []


def _at(day: date, clock: time, territory: Territory) -> datetime:
    return datetime.combine(day, clock, tzinfo=territory.zone).astimezone(UTC)


def load_day_slots() -> tuple[DaySlot, ...]:
    return tuple(DaySlot(**row) for row in read_seed("slots")["slot"])
