"""The ground every domain class stands on: one declarative base, one way to write each kind of column."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, Enum, Interval, MetaData, Text, Time
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """A domain class is its table. Datetimes are aware (timestamptz), durations are intervals."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it as a plain class attribute)
        str: Text,
        StrEnum: Enum(StrEnum, native_enum=False, length=32, values_callable=lambda kind: [m.value for m in kind]),
        date: Date,
        time: Time,
        datetime: DateTime(timezone=True),
        timedelta: Interval,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[list[float]]: JSONB,
    }


class Identified:
    """A row with a UUIDv7 of its own: made before the first flush, ordered by time of creation."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
