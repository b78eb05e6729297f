"""What a territory's night brings: owners of due calls are asked, and an inspection is offered before cover ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions import follow_ups, inspections
from api.db import nightly
from api.db.trail import record
from domain.places import Territory


async def run(session: AsyncSession, territory_id: UUID, expiry_days: int) -> bool:
    """Once a day of the territory's calendar; whether it was done now."""
    territory = await session.get_one(Territory, territory_id)
    today = clock.now().astimezone(territory.zone).date()
    if not await nightly.begin(session, territory_id, today):
        return False
    asked = await follow_ups.ask_due(session, territory, today)
    offered = await inspections.offer_expiring(session, territory, today, expiry_days)
    await record(session, "system", "night.done", territory_id, day=today.isoformat(), asked=asked, offered=offered)
    return True


async def waiting(session: AsyncSession, now: datetime) -> list[UUID]:
    """Territories whose day has begun without it."""
    runs = await session.execute(
        select(nightly.NightlyRun.territory_id, func.max(nightly.NightlyRun.day)).group_by(
            nightly.NightlyRun.territory_id
        )
    )
    done = {(territory_id, day) for territory_id, day in runs}
    territories = await session.scalars(select(Territory))
    return [one.id for one in territories if (one.id, now.astimezone(one.zone).date()) not in done]
