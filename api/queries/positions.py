"""Where technicians at work are: the newest place that each one's phone told."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.auth import Person
from domain.jobs import UNDER_WAY, Visit
from domain.locations import KEPT_FOR, Location
from domain.people import Technician

RECENT = timedelta(days=1)
"""A visit that was begun and never ended makes nobody visible for longer."""


class Position(Struct):
    """WGS-84 degrees; `accuracy_m` is the device's estimate in metres, `at` its time on the server's clock."""

    technician_id: UUID
    technician: str
    territory_id: UUID
    latitude: float
    longitude: float
    accuracy_m: int | None
    at: datetime
    visit_id: UUID | None


async def list_positions(session: AsyncSession, by: Person, now: datetime) -> list[Position]:
    """Of those who are at work now, by name. Who has gone home is not shown, though the day's places are still kept."""
    query = (
        select(Location, Technician)
        .join(Technician, Technician.id == Location.technician_id)
        .where(Technician.active, Location.at >= now - KEPT_FOR)
        .ext(distinct_on(Location.technician_id))
        .order_by(Location.technician_id, Location.at.desc())
    )
    if by.territories is not None:
        query = query.where(Technician.territory_id.in_(by.territories))
    found = (await session.execute(query)).all()
    working = await at_work(session, {technician.id for _, technician in found}, now)
    shown = [
        Position(
            technician_id=technician.id,
            technician=technician.name,
            territory_id=technician.territory_id,
            latitude=place.latitude,
            longitude=place.longitude,
            accuracy_m=place.accuracy_m,
            at=place.at,
            visit_id=place.visit_id,
        )
        for place, technician in found
        if technician.id in working
    ]
    return sorted(shown, key=lambda position: position.technician)


async def at_work(session: AsyncSession, technicians: Collection[UUID], at: datetime) -> set[UUID]:
    """Those in their shift's time, or past it with a visit under way."""
    team = await session.scalars(
        select(Technician)
        .where(Technician.id.in_(technicians))
        .options(selectinload(Technician.shifts), selectinload(Technician.absences), joinedload(Technician.territory))
        .execution_options(populate_existing=True)
    )
    begun = func.coalesce(Visit.departed_at, Visit.arrived_at, Visit.started_at)
    under_way = await session.scalars(
        select(Visit.technician_id).where(
            Visit.technician_id.in_(technicians), Visit.state.in_(UNDER_WAY), begun.between(at - RECENT, at)
        )
    )
    return {technician.id for technician in team if technician.on_shift(at)} | set(under_way)
