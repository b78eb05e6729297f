"""Where a technician on shift is: kept for a day, and only while there is work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.effects.effect import Effect, Told, applied, refused
from api.actions.effects.standing import visit_told_of
from api.db.outbox import emit
from api.queries.positions import at_work
from domain.locations import KEPT_FOR, MOST_KEPT, Location
from mobile_contract import v1 as wire


async def locate(session: AsyncSession, told: Told, ping: wire.Ping) -> Effect:
    if ping.visit_id and await visit_told_of(session, told.phone, ping.visit_id) is None:
        return refused(wire.ReasonCode.UNKNOWN_VISIT)
    if not await at_work(session, {told.phone.id}, told.happened_at):
        return refused(wire.ReasonCode.OFF_SHIFT)
    session.add(
        Location(
            op_id=told.op_id,
            technician_id=told.phone.id,
            visit_id=ping.visit_id,
            latitude=ping.latitude,
            longitude=ping.longitude,
            accuracy_m=ping.accuracy_m,
            at=told.happened_at,
            received_at=told.received_at,
        )
    )
    await session.flush()
    await forget_old(session, told.received_at, told.phone.id)
    (territory_id,) = told.phone.territories or {None}
    await emit(session, "technician.located", told.phone.id, territory_id=territory_id)
    return applied()


async def forget_old(session: AsyncSession, now: datetime, technician_id: UUID | None = None) -> None:
    """What is older than a day, and what a technician has beyond the most that are kept; one's own, or everybody's."""
    whose = Location.technician_id == technician_id if technician_id else true()
    newest_first = func.row_number().over(partition_by=Location.technician_id, order_by=Location.at.desc())
    ranked = select(Location.op_id, newest_first.label("rank")).where(whose).subquery()
    beyond = select(ranked.c.op_id).where(ranked.c.rank > MOST_KEPT)
    await session.execute(
        delete(Location)
        .where(whose, or_(Location.at < now - KEPT_FOR, Location.op_id.in_(beyond)))
        .execution_options(synchronize_session=False)
    )
