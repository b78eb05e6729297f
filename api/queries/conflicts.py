"""What phones said that contradicts the plan: kept, and waiting for a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from domain.jobs import Job, Visit
from domain.operations import Operation, OperationStatus
from domain.people import Technician
from domain.tickets import Ticket

MOST = 100
"""Conflicts shown at once, as one may hold a signature of hundreds of kilobytes; settled ones make room."""


class ConflictView(Struct):
    """`said` is the operation as the phone sent it; the visit is as the plan has it now."""

    op_id: UUID
    received_at: datetime
    technician: str
    reason: str
    said: dict[str, Any]
    ticket_number: str
    planned_for: str
    visit_state: str


async def list_conflicts(session: AsyncSession, by: Person) -> list[ConflictView]:
    """The oldest, in order of receipt; those that a dispatcher has settled are left out."""
    said_by = select(Technician.name).where(Technician.id == Operation.technician_id).scalar_subquery()
    query = (
        select(Operation, Visit, said_by)
        .join(Visit, Visit.id == Operation.visit_id)
        .join(Visit.job)
        .where(Operation.status == OperationStatus.ACCEPTED_WITH_CONFLICT, Operation.seen_by.is_(None))
        .options(joinedload(Visit.technician), joinedload(Visit.job).joinedload(Job.ticket).load_only(Ticket.number))
        .order_by(Operation.received_at)
        .limit(MOST)
    )
    if by.territories is not None:
        query = query.where(Job.territory_id.in_(by.territories))
    return [
        ConflictView(
            op_id=operation.op_id,
            received_at=operation.received_at,
            technician=name,
            reason=operation.reason or "",
            said=operation.payload,
            ticket_number=visit.job.ticket.number,
            planned_for=visit.technician.name,
            visit_state=visit.state,
        )
        for operation, visit, name in await session.execute(query)
    ]
