"""What a technician is told beside what the phone fetches by itself: a day is published, or has changed since."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.messages import Recipient, Told, tell
from api.actions.owner_messages import hours_said
from domain.access import Device
from domain.arrival import Span
from domain.message_templates import Language, MessageKind
from domain.messages import Way
from domain.people import Technician
from domain.places import Territory
from domain.plans import Plan
from domain.push_subscriptions import PushSubscription

STEP = timedelta(minutes=15)
"""A day that is being changed is told of once in so long."""
SOON = timedelta(days=1)
"""Changes of days further away are seen when the phone is looked at."""


async def told_of_plan(session: AsyncSession, plan: Plan, visits: Iterable[UUID]) -> None:
    """`visits`: of each one its technician. Whoever has a telephone number, or a phone
    that shows messages, hears how many they are."""
    for technician_id, count in sorted(Counter(visits).items()):
        key = f"{MessageKind.DAY_PUBLISHED}:{plan.id}:{technician_id}"
        await tell_one(session, plan, technician_id, MessageKind.DAY_PUBLISHED, key, {"visits": str(count)})


async def told_of_change(session: AsyncSession, plan: Plan, technicians: Collection[UUID]) -> None:
    now = clock.now()
    territory = await session.get_one(Territory, plan.territory_id)
    today = now.astimezone(territory.zone).date()
    if not today <= plan.day <= today + SOON:
        return
    step = int(now.timestamp() // STEP.total_seconds())
    for technician_id in sorted(technicians):
        key = f"{MessageKind.DAY_CHANGED}:{technician_id}:{plan.day}:{step}"
        await tell_one(session, plan, technician_id, MessageKind.DAY_CHANGED, key, {})


async def tell_one(
    session: AsyncSession, plan: Plan, technician_id: UUID, kind: MessageKind, key: str, more: dict[str, str]
) -> None:
    found = await session.execute(select(Technician.name, Technician.phone).where(Technician.id == technician_id))
    name, phone = found.one()
    language = await session.scalar(
        select(PushSubscription.language)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(Device.technician_id == technician_id, Device.revoked_at.is_(None))
        .order_by(PushSubscription.made_at.desc())
        .limit(1)
    )
    if not phone and language is None:
        return  # the phone's own page says it, too
    addresses = {Way.PUSH: str(technician_id) if language else "", Way.SMS: phone}
    territory = await session.get_one(Territory, plan.territory_id)
    noon = datetime(plan.day.year, plan.day.month, plan.day.day, 12, tzinfo=territory.zone)
    values = hours_said(Span(noon, noon), territory)
    await tell(
        session,
        Told(
            kind=kind,
            key=key,
            to=Recipient(name, addresses, language or Language.BOTH),
            territory=territory,
            zh=values["zh"] | more,
            en=values["en"] | more,
            useless_after=noon + timedelta(hours=12),
        ),
    )
