"""A visit ends. The fact is kept first and in any case, since it happened; then the visit moves, if it still can."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.effects.effect import Effect, Told, applied, kept
from api.actions.follow_up import after_repair
from api.actions.receipts import kind_of
from domain.errors import IllegalMove
from domain.jobs import Visit
from domain.places import Territory
from domain.refusals import Refusal
from domain.sign_offs import SignOff
from domain.visit_facts import UnfinishedWork, VisitStep
from domain.watch import watch_end
from mobile_contract import v1 as wire


async def end(
    session: AsyncSession, told: Told, visit: Visit, ending: wire.Ending, against: wire.ReasonCode | None
) -> Effect:
    await keep(session, told, visit, ending)
    if against is not None:
        return kept(visit, against)
    try:
        move(visit, told.happened_at, ending)
        await after_repair(session, visit)
    except IllegalMove as error:
        return kept(visit, wire.ReasonCode.ILLEGAL_MOVE, str(error))
    return applied(visit)


def move(visit: Visit, at: datetime, ending: wire.Ending) -> None:
    match ending:
        case wire.Complete():
            visit.sign_off(at, accepted=ending.sign_off.accepted)
        case wire.Refuse():
            visit.finish(at, done=ending.reason.repaired)
        case wire.AnotherVisit():
            visit.finish(at, done=False)
        case wire.NoAccess():
            visit.no_access(at)


async def keep(session: AsyncSession, told: Told, visit: Visit, ending: wire.Ending) -> None:
    match ending:
        case wire.Complete():
            await keep_sign_off(session, visit, ending, told.happened_at, told.received_at)
        case wire.Refuse():
            await keep_refusal(session, told, visit, ending)
        case wire.AnotherVisit():
            session.add(
                UnfinishedWork(
                    **told.fact(visit),
                    reason=ending.reason,
                    done=ending.done,
                    needed=ending.needed,
                    work=timedelta(minutes=ending.minutes),
                )
            )
        case wire.NoAccess():
            session.add(VisitStep(**told.fact(visit), kind=kind_of(ending), reason=ending.reason, note=ending.note))


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
            watch_until=watch_end(happened_at.astimezone(territory.zone).date(), visit.job.ticket.defect_code),
        )
    )


async def keep_refusal(session: AsyncSession, told: Told, visit: Visit, refusal: wire.Refuse) -> None:
    territory = await session.get_one(Territory, visit.job.territory_id)
    seen_on = told.happened_at.astimezone(territory.zone).date()
    session.add(
        Refusal(
            **told.fact(visit),
            reason=refusal.reason,
            witness_name=refusal.witness_name,
            remark=refusal.remark,
            document_hash=refusal.document_hash,
            checklist=msgspec.to_builtins(refusal.checklist),
            parts=msgspec.to_builtins(refusal.parts),
            photos=list(refusal.photos),
            work=timedelta(minutes=refusal.minutes),
            note=refusal.note,
            watch_until=watch_end(seen_on, visit.job.ticket.defect_code) if refusal.reason.repaired else None,
        )
    )
