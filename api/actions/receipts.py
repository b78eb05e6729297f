"""The receipt of an operation: it is stored once with its verdict, for ever, and told again as it was."""

from collections.abc import Iterable
from datetime import MINYEAR, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from api.auth import Person
from api.db.trail import record
from domain.operations import SKEW_WORTH_A_FLAG, Operation, OperationStatus
from mobile_contract import v1 as wire

LONGEST_DETAIL = 500
"""Characters: what is wrong with an operation may quote what came."""

REASONS = {code.value: code for code in wire.ReasonCode}


async def receive(
    session: AsyncSession, phone: Person, operation: wire.Operation, received_at: datetime, skew: timedelta
) -> Operation | wire.Verdict:
    """The new receipt, or the verdict of an earlier delivery."""
    payload, payload_hash = content(operation)
    early = moment(operation.at, skew) > received_at + SKEW_WORTH_A_FLAG
    stored = await insert_once(
        session,
        phone,
        op_id=operation.op_id,
        device_seq=operation.device_seq,
        kind=kind_of(operation),
        visit_id=operation.visit_id,
        payload=payload,
        payload_hash=payload_hash,
        device_at=operation.at,
        received_at=received_at,
        skewed=abs(skew) > SKEW_WORTH_A_FLAG or early,
    )
    return stored or await said_before(session, phone, operation.op_id, payload_hash)


def kind_of(operation: wire.Operation) -> str:
    return str(operation.__struct_config__.tag)


def content(operation: wire.Operation) -> tuple[dict[str, Any], str]:
    """What is kept of it for ever, and the hash of that.

    Of a ping that is all but the place, which is forgotten soon, and must not be found out from a hash either.
    """
    if not isinstance(operation, wire.Ping):
        return msgspec.to_builtins(operation, str_keys=True), wire.payload_hash(operation)
    placeless = msgspec.structs.replace(operation, latitude=0.0, longitude=0.0, accuracy_m=None)
    payload = msgspec.to_builtins(placeless, str_keys=True)
    del payload["latitude"], payload["longitude"]
    return payload, wire.payload_hash(placeless)


def moment(at: datetime, skew: timedelta) -> datetime:
    """The device's time on the server's clock; its own where the two are so far apart that no year would fit."""
    try:
        corrected = at + skew
    except OverflowError:
        return at
    return at if corrected.year == MINYEAR else corrected  # a day of that year has no date west of Greenwich


async def keep_unreadable(session: AsyncSession, phone: Person, broken: wire.Unreadable, now: datetime) -> wire.Verdict:
    """What can't be read is kept as it came: somebody did something, and a person can look at it."""
    digest = sha256(broken.raw).hexdigest()
    stored = await insert_once(
        session,
        phone,
        op_id=broken.op_id,
        device_seq=0,
        kind="unreadable",
        visit_id=None,
        payload={"raw": storable(broken.raw.decode(errors="replace"))},
        payload_hash=digest,
        device_at=now,
        received_at=now,
        skewed=False,
    )
    if stored is None:
        return await said_before(session, phone, broken.op_id, digest)
    stored.reason, stored.detail = wire.ReasonCode.INVALID_OPERATION, storable(broken.detail)[:LONGEST_DETAIL]
    await record(session, phone.actor, "operation.unreadable", None, op_id=str(broken.op_id))
    return verdict_of(stored)


def storable(said: str) -> str:
    """PostgreSQL's text can't hold U+0000, which a phone may have put into a field's name."""
    return said.replace("\0", "\N{REPLACEMENT CHARACTER}")


async def insert_once(session: AsyncSession, phone: Person, **values: Any) -> Operation | None:
    """The new row, rejected until its effect says otherwise; None when this op_id is there already."""
    inserted: Operation | None = await session.scalar(
        insert(Operation)
        .values(device_id=phone.device_id, technician_id=phone.id, status=OperationStatus.REJECTED, detail="", **values)
        .on_conflict_do_nothing(index_elements=["op_id"])
        .returning(Operation)
    )
    return inserted


async def stored_before(session: AsyncSession, op_ids: Iterable[UUID]) -> dict[UUID, Operation]:
    """Those of earlier deliveries, in one look.

    A phone whose answer got lost sends the same batch again. A transaction for each would keep a server that is slow
    already busy with what it has done, until all phones give up waiting and send again.
    """
    known = select(Operation).where(Operation.op_id.in_(op_ids)).options(defer(Operation.payload, raiseload=True))
    return {before.op_id: before for before in await session.scalars(known)}


async def said_before(session: AsyncSession, phone: Person, op_id: UUID, payload_hash: str) -> wire.Verdict:
    return verdict_again(await session.get_one(Operation, op_id), phone, payload_hash)


def verdict_again(before: Operation, phone: Person, payload_hash: str) -> wire.Verdict:
    """The stored verdict. Another person's operation is answered as one about an unknown visit."""
    op_id = before.op_id
    if before.technician_id != phone.id:
        return rejected(op_id, wire.ReasonCode.UNKNOWN_VISIT)
    if before.payload_hash != payload_hash:
        return rejected(op_id, wire.ReasonCode.PAYLOAD_MISMATCH)
    verdict = verdict_of(before)
    if before.status is OperationStatus.APPLIED:
        return msgspec.structs.replace(verdict, status=wire.VerdictStatus.DUPLICATE)
    return verdict


def rejected(op_id: UUID, reason: wire.ReasonCode) -> wire.Verdict:
    return wire.Verdict(op_id=op_id, status=wire.VerdictStatus.REJECTED, reason=reason, detail=reason.en)


def retry(op_id: UUID, reason: wire.ReasonCode) -> wire.Verdict:
    return wire.Verdict(op_id=op_id, status=wire.VerdictStatus.RETRY, reason=reason, detail=reason.en)


def verdict_of(stored: Operation) -> wire.Verdict:
    return wire.Verdict(
        op_id=stored.op_id,
        status=wire.VerdictStatus(stored.status),
        reason=REASONS[stored.reason] if stored.reason else None,
        detail=stored.detail,
        visit_state=wire.VisitState(stored.visit_state) if stored.visit_state else None,
    )
