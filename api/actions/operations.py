"""What phones say happened: each operation is applied once, in one transaction, and answered with a verdict."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.effects import Told, take_effect
from api.actions.owner_messages import told_of_visit
from api.actions.receipts import (
    content,
    keep_unreadable,
    moment,
    receive,
    retry,
    stored_before,
    verdict_again,
    verdict_of,
)
from api.actions.route_sheets import tell_state
from api.actions.sealing import seal_sign_off
from api.auth import Person
from api.db.engine import Database
from api.db.outbox import emit
from api.db.trail import record
from domain.audit import CONFLICT_SETTLED
from domain.errors import DomainError, NotFound
from domain.jobs import Job, Visit
from domain.operations import Operation, OperationStatus
from mobile_contract import v1 as wire

log = structlog.get_logger()

AT_WORK: WeakValueDictionary[UUID | None, asyncio.Lock] = WeakValueDictionary()
"""Phones whose batch this process applies now. It spares work; what makes it once is the database."""


async def apply_all(database: Database, phone: Person, batch: wire.Batch) -> list[wire.Verdict]:
    """A verdict for each operation, applied in the device's order.

    One that can't be read or applied never stops those after it; only those of the same visit wait for one
    that could not be stored. A phone that gave up waiting sends the same again: that waits here for what is still
    being done of it, and then finds it done.
    """
    now = clock.now()
    async with AT_WORK.setdefault(phone.device_id, asyncio.Lock()):
        return await apply_each(database, phone, batch, now)


async def apply_each(database: Database, phone: Person, batch: wire.Batch, now: datetime) -> list[wire.Verdict]:
    skew = now - batch.sent_at if batch.sent_at else timedelta()
    verdicts = []
    for broken in batch.unreadable:
        try:
            verdicts.append(await database.write(keep_unreadable, phone, broken, now))
        except (SQLAlchemyError, DomainError) as error:
            verdicts.append(not_stored(broken.op_id, error))
    async with database.read() as session:
        known = await stored_before(session, [one.op_id for one in batch.operations])
    held_up: set[UUID] = set()
    for one in batch.operations:
        if before := known.get(one.op_id):
            verdicts.append(verdict_again(before, phone, content(one)[1]))
            continue
        if one.visit_id in held_up:
            verdicts.append(retry(one.op_id, wire.ReasonCode.WAITS_FOR_EARLIER))
            continue
        try:
            verdicts.append(await database.write(apply, phone, one, now, skew))
        except (SQLAlchemyError, DomainError) as error:
            verdicts.append(not_stored(one.op_id, error))
            if one.visit_id:
                held_up.add(one.visit_id)
    return verdicts


def not_stored(op_id: UUID, error: Exception) -> wire.Verdict:
    """The database was busy, or a row of policy that the effect needs is missing: both can be put right here."""
    log.warning("operation_not_stored", op_id=str(op_id), error=type(error).__name__)
    return retry(op_id, wire.ReasonCode.TEMPORARILY_UNAVAILABLE)


async def apply(
    session: AsyncSession, phone: Person, operation: wire.Operation, received_at: datetime, skew: timedelta
) -> wire.Verdict:
    """Insert the operation, or answer as before if it is there; then effect, feed, event and audit."""
    stored = await receive(session, phone, operation, received_at, skew)
    if isinstance(stored, wire.Verdict):
        return stored
    happened_at = min(moment(operation.at, skew), received_at)
    effect = await take_effect(session, Told(phone, operation.op_id, happened_at, received_at), operation)
    stored.status, stored.reason, stored.detail = effect.status, effect.reason, effect.detail
    if effect.visit is not None:
        stored.visit_state = effect.visit.state
        await tell_state(session, effect.visit)
        if effect.status is OperationStatus.APPLIED and isinstance(operation, wire.Depart | wire.Complete):
            await told_of_visit(session, effect.visit, received_at)
        await emit(
            session,
            "visit.told",
            effect.visit.id,
            territory_id=effect.visit.job.territory_id,
            job_id=str(effect.visit.job_id),
            told=stored.kind,
            status=effect.status,
        )
    await seal_sign_off(session, stored)
    await record(
        session,
        phone.actor,
        f"operation.{stored.kind}",
        operation.visit_id,
        op_id=str(operation.op_id),
        status=effect.status,
        payload=stored.payload_hash,
    )
    return verdict_of(stored)


async def settle(session: AsyncSession, op_id: UUID, by: Person, note: str = "") -> None:
    """A dispatcher has looked at the conflict; both versions stay as they are. The note goes into the audit trail."""
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
    await record(session, by.actor, CONFLICT_SETTLED, op_id, **({"note": note} if note else {}))
