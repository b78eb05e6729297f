"""What became of a visit, in one sentence, for somebody who saw it as it was before."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from domain.access import Device
from domain.audit import VISIT_CANCELLED, VISIT_LOCKED, VISIT_MOVED, VISIT_RETIMED, VISIT_UNLOCKED, AuditEntry
from domain.jobs import Visit
from domain.people import Staff, Technician
from domain.places import Territory

DID = {
    VISIT_MOVED: "moved it",
    VISIT_RETIMED: "gave it another time",
    VISIT_CANCELLED: "took it back",
    VISIT_LOCKED: "locked it",
    VISIT_UNLOCKED: "unlocked it",
}


async def last_change(session: AsyncSession, visit: Visit, territory: Territory) -> str:
    """Who changed it last, and how it stands now."""
    technician = await session.get_one(Technician, visit.technician_id)
    start = visit.starts.astimezone(territory.zone)
    locked = ", locked" if visit.locked else ""
    now = f"It is {visit.state}{locked}, with {technician.name}, at {start:%H:%M} on {visit.day}."
    entry = await session.scalar(
        select(AuditEntry).where(AuditEntry.subject == visit.id).order_by(AuditEntry.seq.desc()).limit(1)
    )
    if entry is None:
        return now
    did = did_by(entry, visit)
    return f"{await named(session, entry.actor)} {did} at {entry.at.astimezone(territory.zone):%H:%M}. {now}"


def did_by(entry: AuditEntry, visit: Visit) -> str:
    if booked := entry.data.get("booking"):
        if booked != str(visit.job_id):
            return "booked a time beside it"
        return "gave its time back" if entry.action == VISIT_CANCELLED else "booked its time"
    return DID.get(entry.action) or f"said “{entry.action.partition('.')[2]}”"


async def named(session: AsyncSession, actor: str) -> str:
    """Whom the audit trail means."""
    kind, _, who = actor.partition(":")
    if kind == "staff":
        staff = await session.get(Staff, UUID(who))
        return staff.name if staff else "Somebody"
    if kind == "device":
        device = await session.get(Device, UUID(who), options=[joinedload(Device.technician)])
        return device.technician.name if device else "A phone"
    return "The owner" if kind == "owner" else "A plan"
