"""A number for each territory's each day, that grows with every change of who visits whom and when.

It tells in one row whether what a process knows of a day still stands. Whoever takes a day's room (a booking, a
publication) first locks that row. A trigger on `visits` counts every change, whoever makes it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base
from domain.people import Technician


class DayVersion(Base):
    __tablename__ = "day_versions"

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


Stamp = tuple[int, int]
"""The day's number and the team's. Unequal ones are from different states; a day that nobody touched has 0."""


async def lock_days(session: AsyncSession, territory_id: UUID, days: Iterable[date]) -> None:
    """Holds them until the transaction ends: nobody else books or publishes there. In order, so that no two wait for
    each other."""
    for day in sorted(set(days)):
        row = insert(DayVersion).values(territory_id=territory_id, day=day, version=0)
        await session.execute(
            row.on_conflict_do_update(
                index_elements=["territory_id", "day"], set_={DayVersion.version: DayVersion.version}
            )
        )


async def count_change(session: AsyncSession, territory_id: UUID, day: date) -> None:
    """For changes that are not of a visit."""
    row = insert(DayVersion).values(territory_id=territory_id, day=day, version=1)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["territory_id", "day"], set_={DayVersion.version: DayVersion.version + 1}
        )
    )


STAMPS = select(
    select(func.jsonb_object_agg(DayVersion.day, DayVersion.version))
    .where(
        DayVersion.territory_id == bindparam("territory_id"),
        DayVersion.day >= bindparam("first"),
        DayVersion.day <= bindparam("last"),
    )
    .scalar_subquery(),
    select(func.coalesce(func.sum(Technician.version + 1), 0))
    .where(Technician.territory_id == bindparam("territory_id"), Technician.active)
    .scalar_subquery(),
)


async def stamps(connection: AsyncConnection, territory_id: UUID, days: Sequence[date]) -> dict[date, Stamp]:
    """One read for all of them: this is asked with every question for a time."""
    asked = {"territory_id": territory_id, "first": min(days), "last": max(days)}
    known, people = (await connection.execute(STAMPS, asked)).one()
    return {day: ((known or {}).get(day.isoformat(), 0), int(people)) for day in days}
