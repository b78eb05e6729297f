"""What each technician's phone should hold: the newest state of each thing, with a number that only grows.

A phone asks for what is newer than its cursor. Numbers are given out under a lock on the technician's row, so
they become visible in order: a phone can't skip one that commits late.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base
from domain.people import Technician


class FeedEntry(Base):
    """`body` is the wire's JSON, as the phone will get it; none is a tombstone."""

    __tablename__ = "feed"
    __table_args__ = (Index("ix_feed_technician_seq", "technician_id", "seq"),)

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    day: Mapped[date]
    body: Mapped[str | None]


async def put(
    session: AsyncSession, technician_id: UUID, day: date, entries: Mapping[tuple[str, str], bytes | None]
) -> None:
    """Writes entries by (kind, key); unchanged ones keep their number, so that nobody fetches them twice."""
    keys = [key for _, key in entries]
    held = select(FeedEntry.key, FeedEntry.body).where(
        FeedEntry.technician_id == technician_id, FeedEntry.key.in_(keys)
    )
    told = {row.key: row.body for row in await session.execute(held)}
    bodies = [(kind, key, body.decode() if body is not None else None) for (kind, key), body in entries.items()]
    news = [(kind, key, body) for kind, key, body in bodies if told.get(key) != body]
    if not news:
        return
    last = await session.scalar(
        update(Technician)
        .where(Technician.id == technician_id)
        .values(feed_seq=Technician.feed_seq + len(news))
        .returning(Technician.feed_seq)
        .execution_options(synchronize_session=False)
    )
    assert last is not None
    rows = [
        {"technician_id": technician_id, "key": key, "seq": seq, "kind": kind, "day": day, "body": body}
        for seq, (kind, key, body) in enumerate(news, start=last - len(news) + 1)
    ]
    insertion = insert(FeedEntry).values(rows)
    await session.execute(
        insertion.on_conflict_do_update(
            index_elements=["technician_id", "key"],
            set_={name: insertion.excluded[name] for name in ("seq", "kind", "day", "body")},
        )
    )
