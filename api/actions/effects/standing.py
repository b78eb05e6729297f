"""How the visit stands here that a phone tells of, which may have heard nothing of what became of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from api.db.feed import FeedEntry
from domain.jobs import Job, Visit, VisitState
from domain.tickets import Ticket
from mobile_contract.v1 import ReasonCode


async def visit_told_of(session: AsyncSession, phone: Person, visit_id: UUID) -> Visit | None:
    """Locked, with its job, ticket and defect. None for one that never was this technician's."""
    visit = await session.scalar(
        select(Visit)
        .where(Visit.id == visit_id)
        .options(joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.defect))
        .with_for_update(of=Visit)
    )
    if visit is None or not (visit.technician_id == phone.id or await was_told(session, phone.id, visit.id)):
        return None
    return visit


async def was_told(session: AsyncSession, technician_id: UUID, visit_id: UUID) -> bool:
    """Whether the visit was on this technician's phone once, and has been given away since."""
    return await session.get(FeedEntry, (technician_id, f"stop:{visit_id}")) is not None


def contradiction(visit: Visit, phone: Person) -> ReasonCode | None:
    """What the office decided meanwhile that the phone can't have known."""
    if visit.technician_id != phone.id:
        return ReasonCode.VISIT_MOVED
    if visit.state is VisitState.CANCELLED:
        return ReasonCode.VISIT_CANCELLED
    return None
