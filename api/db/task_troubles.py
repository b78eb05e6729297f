"""What went wrong with a queue task, in PostgreSQL: an emptied Redis forgets its queue, not what an operator must see.

A row stays until the task works, or for good when an operator has dropped it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db.engine import Database
from domain.base import Base

LONGEST = 1000
"""Characters of an error that are kept."""


class TaskTrouble(Base):
    """`tries` counts those that failed, one after the other; `dropped` is tried no more."""

    __tablename__ = "task_troubles"

    task: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    tries: Mapped[int]
    error: Mapped[str]
    dropped: Mapped[bool] = mapped_column(default=False)


@asynccontextmanager
async def noting_trouble(database: Database, task: str, subject: UUID) -> AsyncIterator[None]:
    """An exception is kept and goes on its way; success forgets what went wrong before."""
    try:
        yield
    except Exception as error:
        await database.write(note, task, subject, f"{type(error).__name__}: {error}")
        raise
    await database.write(forget, task, subject)


async def note(session: AsyncSession, task: str, subject: UUID, error: str) -> None:
    now, told = datetime.now(UTC), error[:LONGEST]
    row = insert(TaskTrouble).values(
        task=task, subject=subject, first_at=now, last_at=now, tries=1, error=told, dropped=False
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["task", "subject"],
            set_={TaskTrouble.last_at: now, TaskTrouble.tries: TaskTrouble.tries + 1, TaskTrouble.error: told},
        )
    )


async def forget(session: AsyncSession, task: str, subject: UUID) -> None:
    await session.execute(delete(TaskTrouble).where(TaskTrouble.task == task, TaskTrouble.subject == subject))


async def dropped(session: AsyncSession, task: str) -> set[UUID]:
    """What of this task nobody wants to be tried again."""
    query = select(TaskTrouble.subject).where(TaskTrouble.task == task, TaskTrouble.dropped)
    return set(await session.scalars(query))
