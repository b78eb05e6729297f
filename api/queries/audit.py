"""Reads the whole audit trail, every sealed sign-off and what phones told, and says whether they still fit together."""

from collections.abc import AsyncIterator, Collection
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import BEFORE_THE_FIRST, PERSON_ERASED, AuditEntry, AuditHead
from domain.errors import Invalid
from domain.operations import ERASED, Operation
from domain.seal_check import SEALED, check_bytes
from domain.sealed_sign_offs import SealedSignOff

AT_A_TIME = 2000
SEALED_AT_A_TIME = 50
"""A record may hold a signature of hundreds of kilobytes."""


class Trail(NamedTuple):
    """`broken` is the number of the first entry that doesn't follow from the one before it, or None."""

    read: int
    broken: int | None


async def check_trail(session: AsyncSession) -> Trail:
    """Each entry after the one before it, in number and in hash, and the last one against the head.

    An entry that is missing from the end, or was put there by somebody else, is reported by the number after the last
    good one.
    """
    newest = select(func.max(AuditEntry.seq)).scalar_subquery()
    head = (await session.execute(select(AuditHead.seq, AuditHead.hash, newest.label("newest")))).one()
    read, last, previous = 0, 0, BEFORE_THE_FIRST
    async for entry in in_order(session, head.seq):
        read += 1
        if entry.seq != last + 1 or not entry.follows(previous):
            return Trail(read, entry.seq)
        last, previous = entry.seq, entry.hash
    whole = (last, previous) == (head.seq, head.hash) and (head.newest or 0) == head.seq
    return Trail(read, None if whole else last + 1)


async def in_order(session: AsyncSession, newest: int) -> AsyncIterator[AuditEntry]:
    """Up to the entry that was the newest when the head was read: more may be added meanwhile."""
    last: int | None = None
    while True:
        query = select(AuditEntry).where(AuditEntry.seq <= newest).order_by(AuditEntry.seq).limit(AT_A_TIME)
        page = (await session.scalars(query if last is None else query.where(AuditEntry.seq > last))).all()
        if not page:
            return
        for entry in page:
            yield entry
        last = page[-1].seq
        session.expunge_all()


async def check_sealed(session: AsyncSession) -> tuple[int, list[UUID | None]]:
    """Sealed sign-offs read, and those whose record is missing, altered, or not the one that the trail speaks of."""
    read, broken, last = 0, list[UUID | None](), 0
    while True:
        page = (
            await session.execute(
                select(AuditEntry.seq, AuditEntry.subject, AuditEntry.hash, SealedSignOff)
                .outerjoin(SealedSignOff, SealedSignOff.audit_seq == AuditEntry.seq)
                .where(AuditEntry.action == SEALED, AuditEntry.seq > last)
                .order_by(AuditEntry.seq)
                .limit(SEALED_AT_A_TIME)
            )
        ).all()
        if not page:
            return read, broken
        for seq, subject, entry_hash, sealed in page:
            read += 1
            if sealed is None or sealed.sign_off_id != subject or not holds(sealed, seq, entry_hash):
                broken.append(sealed.sign_off_id if sealed else subject)
        last = page[-1].seq
        session.expunge_all()


async def check_operations(session: AsyncSession) -> tuple[int, list[UUID]]:
    """Operations that the trail speaks of, and those that are missing, or aren't what the phone told."""
    read, broken, last = 0, list[UUID](), 0
    told = AuditEntry.data["op_id"].astext.cast(Uuid)
    named = func.jsonb_array_elements_text(AuditEntry.data["operations"])
    erased = set(await session.scalars(select(named).where(AuditEntry.action == PERSON_ERASED)))
    while True:
        page = (
            await session.execute(
                select(AuditEntry, told.label("op_id"), Operation)
                .outerjoin(Operation, Operation.op_id == told)
                .where(AuditEntry.action.startswith("operation."), AuditEntry.data.has_key("payload"))
                .where(AuditEntry.seq > last)
                .order_by(AuditEntry.seq)
                .limit(AT_A_TIME)
            )
        ).all()
        if not page:
            return read, broken
        read += len(page)
        broken += [op_id for entry, op_id, stored in page if stored is None or not as_told(stored, entry, erased)]
        last = page[-1].AuditEntry.seq
        session.expunge_all()


def as_told(stored: Operation, entry: AuditEntry, erased: Collection[str]) -> bool:
    """A ping's place is never stored with it, nor part of its hash. Of an erased one the trail itself says so, and the
    hash is what is left."""
    if stored.payload == ERASED and str(stored.op_id) in erased:
        return stored.payload_hash == entry.data["payload"] and entry.action == f"operation.{stored.kind}"
    placeless: dict[str, Any] = {"latitude": 0.0, "longitude": 0.0} if stored.kind == "ping" else {}
    content = msgspec.json.encode(stored.payload | placeless, order="sorted")
    same = sha256(content).hexdigest() == stored.payload_hash == entry.data["payload"]
    return same and entry.action == f"operation.{stored.kind}"


def holds(sealed: SealedSignOff, seq: int, entry_hash: str) -> bool:
    try:
        report = check_bytes(sealed.record.encode())
    except Invalid:
        return False
    if not report.genuine:
        return False
    audit, seal = report.record["audit"], report.record["seal"]
    return (audit.get("entry"), audit["hash"], seal["key_id"]) == (seq, entry_hash, sealed.key_id)
