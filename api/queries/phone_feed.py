"""What a phone doesn't know yet. It is what the server does most often: one query, no domain object."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import Raw
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.feed import FeedEntry
from mobile_contract.v1.sync import TOMBSTONE, Change

PAGE = 500
"""Changes an answer."""


@dataclass(frozen=True)
class Page:
    cursor: str
    changes: list[Change]
    more: bool
    full: bool


SINCE = (
    select(FeedEntry.key, FeedEntry.seq, FeedEntry.kind, FeedEntry.body)
    .where(FeedEntry.technician_id == bindparam("technician_id"), FeedEntry.seq > bindparam("seq"))
    .order_by(FeedEntry.seq)
    .limit(PAGE + 1)
)


async def changes_since(database: AsyncConnection, technician_id: UUID, newest: int, cursor: str) -> Page:
    """A cursor is the last number read, `newest` the last one given out. One beyond it starts from nothing."""
    seq = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 18 else 0
    if seq == newest > 0:
        return Page(cursor=cursor, changes=[], more=False, full=False)
    if seq > newest:
        seq = 0
    rows = (await database.execute(SINCE, {"technician_id": technician_id, "seq": seq})).all()
    changes = [
        Change(key=key, seq=number, kind=kind, body=TOMBSTONE if body is None else Raw(body.encode()))
        for key, number, kind, body in rows[:PAGE]
        if seq or body is not None
    ]
    more = len(rows) > PAGE
    newest = rows[:PAGE][-1].seq if rows else seq
    return Page(cursor=str(newest), changes=changes, more=more, full=seq == 0)
