"""What people did to visits, on record: conflicts at the desk and whoever saw a visit otherwise are told from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.db.trail import record
from domain.audit import VISIT_CANCELLED, VISIT_MOVED, VISIT_RETIMED
from domain.jobs import Visit, VisitState

Had = tuple[UUID, datetime]
"""With whom a visit was, and when it was to start."""


async def record_change(session: AsyncSession, actor: str, visit: Visit, had: Had | None, **why: Any) -> None:
    """Nothing where nothing changed. `had` is None for a new visit; `why` goes on record as it is."""
    if visit.state is VisitState.CANCELLED:
        await record(session, actor, VISIT_CANCELLED, visit.id, technician=str(visit.technician_id), plan=None, **why)
    elif had is None or had[0] != visit.technician_id:
        gone = {"technician": str(had[0]) if had else "", "to": str(visit.technician_id), "plan": None}
        await record(session, actor, VISIT_MOVED, visit.id, **gone, starts=visit.starts.isoformat(), **why)
    elif had[1] != visit.starts or why.get("override"):
        await record(session, actor, VISIT_RETIMED, visit.id, starts=visit.starts.isoformat(), **why)
