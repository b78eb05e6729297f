"""What phones said that contradicts the plan: kept, with what the office decided meanwhile, waiting for a person."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from api.queries.decisions import Decision, taken_from
from api.queries.facts import Fact
from api.queries.visit_facts import load_facts
from domain.jobs import Job, Visit, VisitState
from domain.operations import Operation, OperationStatus
from domain.tickets import Ticket

MOST = 100
"""Conflicts shown at once, as one may hold a signature of hundreds of kilobytes; settled ones make room."""


class Waiting(Struct):
    """How many conflicts nobody has looked at."""

    count: int


class PlannedVisit(Struct):
    visit_id: UUID
    technician: str
    day: date
    starts_at: datetime
    ends_at: datetime
    state: str


class ConflictView(Struct):
    """Both versions: `did` is what the technician did, `decided` what the office had decided by then.

    `decided` is None where no decision took the visit away, as when two said that it ended. `now` is the job's visit as
    the plan has it: this one or, where this one was cancelled, the one that took its place, if there is one.
    """

    op_id: UUID
    reason: str
    ticket_id: UUID
    ticket_number: str
    territory_id: UUID
    visit_state: str
    did: Fact
    decided: Decision | None
    now: PlannedVisit | None


async def count_conflicts(session: AsyncSession, by: Person) -> Waiting:
    waiting = select(func.count(Operation.op_id)).join(Visit, Visit.id == Operation.visit_id).join(Visit.job)
    return Waiting(await session.scalar(waiting.where(*unsettled(by))) or 0)


async def list_conflicts(session: AsyncSession, by: Person) -> list[ConflictView]:
    """The oldest, in order of receipt; those that a dispatcher has settled are left out."""
    found = await session.execute(
        select(Operation.op_id, Operation.technician_id, Operation.reason, Visit)
        .join(Visit, Visit.id == Operation.visit_id)
        .join(Visit.job)
        .where(*unsettled(by))
        .options(joinedload(Visit.job).joinedload(Job.ticket).load_only(Ticket.number))
        .order_by(Operation.received_at, Operation.device_seq)
        .limit(MOST)
    )
    rows = found.all()
    op_ids = [row.op_id for row in rows]
    facts = {fact.op_id: fact for fact in await load_facts(session, lambda table: table.op_id.in_(op_ids))}
    decided = await taken_from(session, [(row.Visit.id, row.technician_id) for row in rows])
    now = await visits_now(session, [row.Visit for row in rows])
    return [
        ConflictView(
            op_id=op_id,
            reason=reason or "",
            ticket_id=visit.job.ticket_id,
            ticket_number=visit.job.ticket.number,
            territory_id=visit.job.territory_id,
            visit_state=visit.state,
            did=facts[op_id],
            decided=decided.get((visit.id, technician_id)),
            now=now.get(visit.job_id),
        )
        for op_id, technician_id, reason, visit in rows
    ]


def unsettled(by: Person) -> list[ColumnElement[bool]]:
    """Of operations with their visit and job: those that wait for a person who sees their territory."""
    waiting = [Operation.status == OperationStatus.ACCEPTED_WITH_CONFLICT, Operation.seen_by.is_(None)]
    return waiting if by.territories is None else [*waiting, Job.territory_id.in_(by.territories)]


async def visits_now(session: AsyncSession, visits: Sequence[Visit]) -> dict[UUID, PlannedVisit]:
    """By job: its newest visit that was not cancelled."""
    found = await session.scalars(
        select(Visit)
        .where(Visit.job_id.in_({visit.job_id for visit in visits}), Visit.state != VisitState.CANCELLED)
        .options(joinedload(Visit.technician))
        .order_by(Visit.id)
    )
    return {
        visit.job_id: PlannedVisit(visit.id, visit.technician.name, visit.day, visit.starts, visit.ends, visit.state)
        for visit in found
    }
