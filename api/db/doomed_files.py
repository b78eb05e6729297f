"""Files that are to be deleted: written in the transaction that ends their rows, and deleted after its commit.

So a file outlives its row for a moment, or until a killed process's place is taken, and never the other way round.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api import clock
from domain.base import Base


class DoomedFile(Base):
    """By the hash that names it; where a row still names the hash, the file stays."""

    __tablename__ = "doomed_files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


async def doom(session: AsyncSession, hashes: Iterable[str | None]) -> None:
    rows = [{"sha256": sha256, "since": clock.now()} for sha256 in sorted({one for one in hashes if one})]
    if rows:
        await session.execute(insert(DoomedFile).values(rows).on_conflict_do_nothing())
