"""What phones say happened: each operation is applied once, in one transaction, and answered with a verdict."""

from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.follow_up import after_repair
from api.actions.route_sheets import tell_state
from api.auth import Person
from api.db.engine import Database
from api.db.feed import FeedEntry
from api.db.outbox import emit
from api.db.trail import record
from domain.errors import Conflict, IllegalMove, NotFound
from domain.jobs import Job, Visit, VisitState
from domain.operations import SKEW_WORTH_A_FLAG, Operation, OperationStatus
from domain.places import Territory
from domain.sign_offs import SignOff, watch_end
from domain.tickets import Ticket
from mobile_contract.v1 import operations as wire
from mobile_contract.v1 import route_sheet
from mobile_contract.v1.batches import Batch, Unreadable
from mobile_contract.v1.errors import ReasonCode, VerdictStatus

log = structlog.get_logger()

LONGEST_DETAIL = 500
"""Characters: what is wrong with an operation may quote what came."""

REASONS = {code.value: code for code in ReasonCode}


@dataclass(frozen=True)
class Effect:
    status: OperationStatus
    reason: ReasonCode | None = None
    detail: str = ""
    visit: Visit | None = None


async def apply_all(database: Database, phone: Person, batch: Batch) -> list[wire.Verdict]:
    """A verdict for each operation, applied in the device's order.

    One that can't be read or applied never stops those after it; only those of the same visit wait for one
    that could not be stored.
    """
    now = datetime.now(UTC)
    skew = now - batch.sent_at if batch.sent_at else timedelta()
    verdicts = []
    for broken in batch.unreadable:
        try:
            verdicts.append(await database.write(keep_unreadable, phone, broken, now))
        except (SQLAlchemyError, Conflict) as error:
            verdicts.append(not_stored(broken.op_id, error))
    held_up: set[UUID] = set()
    for one in batch.operations:
        if one.visit_id in held_up:
            verdicts.append(retry(one.op_id, ReasonCode.WAITS_FOR_EARLIER))
            continue
        try:
            verdicts.append(await database.write(apply, phone, one, now, skew))
        except (SQLAlchemyError, Conflict) as error:
            verdicts.append(not_stored(one.op_id, error))
            held_up.add(one.visit_id)
    return verdicts


def not_stored(op_id: UUID, error: Exception) -> wire.Verdict:
    log.warning("operation_not_stored", op_id=str(op_id), error=type(error).__name__)
    return retry(op_id, ReasonCode.TEMPORARILY_UNAVAILABLE)


def retry(op_id: UUID, reason: ReasonCode) -> wire.Verdict:
    return wire.Verdict(op_id=op_id, status=VerdictStatus.RETRY, reason=reason, detail=reason.en)


async def apply(
    session: AsyncSession, phone: Person, operation: wire.Operation, received_at: datetime, skew: timedelta
) -> wire.Verdict:
    """Insert the operation, or answer as before if it is there; then effect, feed, event and audit."""
    happened_at = moment(operation.at, skew)
    stored = await insert_once(
        session,
        phone,
        op_id=operation.op_id,
        device_seq=operation.device_seq,
        kind=operation.__struct_config__.tag,
        visit_id=operation.visit_id,
        payload=msgspec.to_builtins(operation, str_keys=True),
        payload_hash=wire.payload_hash(operation),
        device_at=operation.at,
        received_at=received_at,
        skewed=abs(skew) > SKEW_WORTH_A_FLAG or happened_at > received_at + SKEW_WORTH_A_FLAG,
    )
    if stored is None:
        return await said_before(session, phone, operation.op_id, wire.payload_hash(operation))
    effect = await take_effect(session, phone, operation, min(happened_at, received_at), received_at)
    stored.status, stored.reason, stored.detail = effect.status, effect.reason, effect.detail
    if effect.visit is not None:
        stored.visit_state = effect.visit.state
        await tell_state(session, effect.visit)
        await emit(session, "visit.told", effect.visit.id, told=stored.kind, status=effect.status)
    await record(
        session,
        phone.actor,
        f"operation.{stored.kind}",
        operation.visit_id,
        op_id=str(operation.op_id),
        status=effect.status,
    )
    return verdict_of(stored)


def moment(at: datetime, skew: timedelta) -> datetime:
    """The device's time on the server's clock; its own where the two are so far apart that no year would fit."""
    try:
        corrected = at + skew
    except OverflowError:
        return at
    return at if corrected.year == MINYEAR else corrected  # a day of that year has no date west of Greenwich


async def keep_unreadable(session: AsyncSession, phone: Person, broken: Unreadable, now: datetime) -> wire.Verdict:
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
    stored.reason, stored.detail = ReasonCode.INVALID_OPERATION, storable(broken.detail)[:LONGEST_DETAIL]
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


async def said_before(session: AsyncSession, phone: Person, op_id: UUID, payload_hash: str) -> wire.Verdict:
    """The stored verdict. Another person's operation is answered as one about an unknown visit."""
    before = await session.get_one(Operation, op_id)
    if before.technician_id != phone.id:
        return rejected(op_id, ReasonCode.UNKNOWN_VISIT)
    if before.payload_hash != payload_hash:
        return rejected(op_id, ReasonCode.PAYLOAD_MISMATCH)
    verdict = verdict_of(before)
    if before.status is OperationStatus.APPLIED:
        return msgspec.structs.replace(verdict, status=VerdictStatus.DUPLICATE)
    return verdict


def rejected(op_id: UUID, reason: ReasonCode) -> wire.Verdict:
    return wire.Verdict(op_id=op_id, status=VerdictStatus.REJECTED, reason=reason, detail=reason.en)


def verdict_of(stored: Operation) -> wire.Verdict:
    return wire.Verdict(
        op_id=stored.op_id,
        status=VerdictStatus(stored.status),
        reason=REASONS[stored.reason] if stored.reason else None,
        detail=stored.detail,
        visit_state=route_sheet.VisitState(stored.visit_state) if stored.visit_state else None,
    )


async def take_effect(
    session: AsyncSession, phone: Person, operation: wire.Operation, happened_at: datetime, received_at: datetime
) -> Effect:
    """Moves the visit, if it still is where the technician thought; a finished repair is kept in any case."""
    visit = await session.scalar(
        select(Visit)
        .where(Visit.id == operation.visit_id)
        .options(joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.defect))
        .with_for_update(of=Visit)
    )
    if visit is None or not (visit.technician_id == phone.id or await was_told(session, phone.id, visit.id)):
        return Effect(OperationStatus.REJECTED, ReasonCode.UNKNOWN_VISIT, ReasonCode.UNKNOWN_VISIT.en)
    if isinstance(operation, wire.Complete):
        await keep_sign_off(session, visit, operation, happened_at, received_at)
    conflict = OperationStatus.ACCEPTED_WITH_CONFLICT
    if visit.technician_id != phone.id:
        return Effect(conflict, ReasonCode.VISIT_MOVED, ReasonCode.VISIT_MOVED.en, visit)
    if visit.state is VisitState.CANCELLED:
        return Effect(conflict, ReasonCode.VISIT_CANCELLED, ReasonCode.VISIT_CANCELLED.en, visit)
    try:
        match operation:
            case wire.Arrive():
                visit.arrive(happened_at)
            case wire.Start():
                visit.start(happened_at)
            case wire.Complete():
                visit.sign_off(happened_at, accepted=operation.sign_off.accepted)
                after_repair(session, visit)
    except IllegalMove as error:
        status = conflict if isinstance(operation, wire.Complete) else OperationStatus.REJECTED
        return Effect(status, ReasonCode.ILLEGAL_MOVE, str(error), visit)
    return Effect(OperationStatus.APPLIED, visit=visit)


async def was_told(session: AsyncSession, technician_id: UUID, visit_id: UUID) -> bool:
    """Whether the visit was on this technician's phone once, and has been given away since."""
    return await session.get(FeedEntry, (technician_id, f"stop:{visit_id}")) is not None


async def keep_sign_off(
    session: AsyncSession, visit: Visit, done: wire.Complete, happened_at: datetime, received_at: datetime
) -> None:
    signed = done.sign_off
    territory = await session.get_one(Territory, visit.job.territory_id)
    session.add(
        SignOff(
            visit_id=visit.id,
            op_id=done.op_id,
            signer_name=signed.signer_name,
            strokes=msgspec.to_builtins(signed.strokes),
            document_hash=signed.document_hash,
            accepted=signed.accepted,
            checklist=msgspec.to_builtins(done.checklist),
            parts=msgspec.to_builtins(done.parts),
            photos=list(signed.photos),
            work=timedelta(minutes=done.minutes),
            note=done.note,
            signed_at=happened_at,
            received_at=received_at,
            watch_until=watch_end(happened_at.astimezone(territory.zone).date()),
        )
    )


async def settle(session: AsyncSession, op_id: UUID, by: Person) -> None:
    """A dispatcher has looked at the conflict; both versions stay as they are."""
    found = await session.execute(
        select(Operation, Job.territory_id)
        .join(Visit, Visit.id == Operation.visit_id)
        .join(Visit.job)
        .where(Operation.op_id == op_id, Operation.status == OperationStatus.ACCEPTED_WITH_CONFLICT)
        .with_for_update(of=Operation)
    )
    row = found.one_or_none()
    if row is None or not by.sees(row.territory_id):
        raise NotFound("There is no such conflict.")
    row.Operation.seen_by = row.Operation.seen_by or by.id
    await record(session, by.actor, "conflict.settled", op_id)
