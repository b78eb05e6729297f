"""What is done once a day and territory: a row says that it was, in the transaction that did it."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base


class NightlyRun(Base):
    """`day` is the one that began with that night, on the territory's calendar. A night that nobody worked is made up
    for on the next: what is due is looked for as it stands then."""

    __tablename__ = "nightly_runs"

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


async def begin(session: AsyncSession, territory_id: UUID, day: date) -> bool:
    """Whether it is still to be done. Whoever is second waits for the first, and then knows."""
    row = insert(NightlyRun).values(territory_id=territory_id, day=day).on_conflict_do_nothing()
    return await session.scalar(row.returning(NightlyRun.day)) is not None
