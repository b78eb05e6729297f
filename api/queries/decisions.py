"""What the office decided, as the audit trail has it: who took a visit from whom, and who settled a conflict."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.queries.facts import Settled
from domain.audit import CONFLICT_SETTLED, VISIT_CANCELLED, VISIT_MOVED, AuditEntry
from domain.jobs import Visit
from domain.people import Staff, Technician
from domain.plans import Plan, Unassigned
from scheduler.reasons import REASONS


class Decision(Struct):
    """A visit was `moved` to the technician `to`, or `cancelled`. `by` is None where no staff did it.

    `through` says how: a `plan`, which has a version of a day; an `edit` by a dispatcher; a `booking`, as the owner
    chose another time or gave it back; or the `end` of a day from which the visit was left over. `why` is the plan's
    reason to leave the job out, if it was cancelled for one, and `said` what a person gave as theirs.
    """

    kind: str
    through: str
    at: datetime
    by: str | None
    to: str | None
    plan_id: UUID | None
    plan_version: int | None
    why_en: str | None
    why_zh: str | None
    said: str | None


async def taken_from(session: AsyncSession, had: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Decision]:
    """By visit and technician: the newest decision that took this visit from this technician, if one was recorded."""
    entries = await session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject.in_({visit for visit, _ in had}), AuditEntry.action.in_([VISIT_MOVED, VISIT_CANCELLED])
        )
        .order_by(AuditEntry.seq)
    )
    asked = {(visit, str(technician)): (visit, technician) for visit, technician in had}
    newest = {
        asked[entry.subject, entry.data["technician"]]: entry
        for entry in entries
        if entry.subject and (entry.subject, entry.data["technician"]) in asked
    }
    staff = await staff_named(session, {entry.actor for entry in newest.values()})
    told = await session.execute(
        select(Technician.id, Technician.name).where(
            Technician.id.in_({UUID(entry.data["to"]) for entry in newest.values() if "to" in entry.data})
        )
    )
    technicians = {str(technician_id): name for technician_id, name in told}
    plans = {entry.data["plan"] for entry in newest.values()} - {None}
    versions = await versions_of(session, plans)
    reasons = await reasons_of(session, plans, {visit for visit, _ in newest})
    decided = {}
    for (visit, technician), entry in newest.items():
        plan: str | None = entry.data["plan"]
        cancelled = entry.action == VISIT_CANCELLED
        why = REASONS.get(reasons.get((plan, visit), "")) if cancelled else None
        decided[visit, technician] = Decision(
            kind="cancelled" if cancelled else "moved",
            through=through(entry),
            at=entry.at,
            by=staff.get(entry.actor),
            to=technicians.get(entry.data.get("to", "")),
            plan_id=UUID(plan) if plan else None,
            plan_version=versions.get(plan),
            why_en=why.en if why else None,
            why_zh=why.zh if why else None,
            said=entry.data.get("reason") or entry.data.get("override") or None,
        )
    return decided


def through(entry: AuditEntry) -> str:
    if entry.data["plan"]:
        return "plan"
    if "booking" in entry.data:
        return "booking"
    return "end" if entry.actor == "system" else "edit"


async def versions_of(session: AsyncSession, plans: Collection[str]) -> Mapping[str | None, int]:
    found = await session.execute(select(Plan.id, Plan.version).where(Plan.id.in_(map(UUID, plans))))
    return {str(plan): version for plan, version in found}


async def reasons_of(
    session: AsyncSession, plans: Collection[str], visits: Collection[UUID]
) -> Mapping[tuple[str | None, UUID], str]:
    """Why each plan left out the job of each visit, as the planner's code."""
    found = await session.execute(
        select(Unassigned.plan_id, Visit.id, Unassigned.reason)
        .join(Visit, Visit.job_id == Unassigned.job_id)
        .where(Unassigned.plan_id.in_(map(UUID, plans)), Visit.id.in_(visits))
    )
    return {(str(plan), visit): reason for plan, visit, reason in found}


async def settled(session: AsyncSession, op_ids: Collection[UUID]) -> dict[UUID, Settled]:
    """By operation: who looked at it first."""
    first = (
        select(func.min(AuditEntry.seq))
        .where(AuditEntry.subject.in_(op_ids), AuditEntry.action == CONFLICT_SETTLED)
        .group_by(AuditEntry.subject)
    )
    entries = (await session.scalars(select(AuditEntry).where(AuditEntry.seq.in_(first)))).all()
    staff = await staff_named(session, {entry.actor for entry in entries})
    return {
        entry.subject: Settled(staff.get(entry.actor, entry.actor), entry.at, entry.data.get("note", ""))
        for entry in entries
        if entry.subject
    }


async def staff_named(session: AsyncSession, actors: Collection[str]) -> dict[str, str]:
    """Names of the staff among the audit trail's actors."""
    ids = {UUID(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")}
    found = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {f"staff:{staff_id}": name for staff_id, name in found}
