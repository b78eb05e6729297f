"""Alarms that ring or rang lately, with each step, and the roster of those on call."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api import clock
from api.auth import Person
from api.queries.tickets import Defect
from domain.on_call import Alarm, AlarmState, AlarmStep, OnCallTurn
from domain.people import Staff, masked
from domain.tickets import Ticket

LATELY = timedelta(hours=24)
MOST = 100


class StepView(Struct):
    """`who` is None where nobody was on call; `why` says what went wrong, if something did."""

    number: int
    who: str | None
    rang_at: datetime
    why: str


class AlarmView(Struct):
    id: UUID
    state: str
    ticket_id: UUID
    ticket_number: str
    territory_id: UUID
    defect: Defect
    raised_at: datetime
    accepted_by: str | None
    accepted_at: datetime | None
    unreached: bool
    """It rings, and nobody could be told."""
    steps: list[StepView]


class TurnView(Struct):
    id: UUID
    territory_id: UUID
    name: str
    reach_at: str
    position: int
    starts: datetime
    ends: datetime


async def list_alarms(session: AsyncSession, by: Person) -> list[AlarmView]:
    """All that ring, then those of the last day, the newest first."""
    query = (
        select(Alarm)
        .where(or_(Alarm.state == AlarmState.RINGING, Alarm.raised_at > clock.now() - LATELY))
        .options(selectinload(Alarm.steps), joinedload(Alarm.ticket).joinedload(Ticket.defect))
        .order_by((Alarm.state == AlarmState.RINGING).desc(), Alarm.id.desc())
        .limit(MOST)
    )
    if by.territories is not None:
        query = query.where(Alarm.territory_id.in_(by.territories))
    alarms = (await session.scalars(query)).all()
    names = {row.id: row.name for row in await session.execute(select(Staff.id, Staff.name))}
    now = clock.now()
    ringing = [alarm for alarm in alarms if alarm.state is AlarmState.RINGING]
    unreached = {alarm.id for alarm in ringing if not await reaches_somebody(session, alarm, now)}
    return [view(alarm, names, alarm.id in unreached) for alarm in alarms]


def view(alarm: Alarm, names: dict[UUID, str], unreached: bool) -> AlarmView:
    defect = alarm.ticket.defect
    return AlarmView(
        id=alarm.id,
        state=alarm.state,
        ticket_id=alarm.ticket_id,
        ticket_number=alarm.ticket.number,
        territory_id=alarm.territory_id,
        defect=Defect(defect.code, defect.name_en, defect.name_zh),
        raised_at=alarm.raised_at,
        accepted_by=names[alarm.accepted_by] if alarm.accepted_by else None,
        accepted_at=alarm.accepted_at,
        unreached=unreached,
        steps=[
            StepView(step.number, names[step.staff_id] if step.staff_id else None, step.rang_at, step.why)
            for step in alarm.steps
        ],
    )


async def list_turns(session: AsyncSession, by: Person) -> list[TurnView]:
    """Those that are not over, the soonest first; numbers are masked."""
    query = select(OnCallTurn).where(OnCallTurn.ends > clock.now()).options(joinedload(OnCallTurn.staff))
    if by.territories is not None:
        query = query.where(OnCallTurn.territory_id.in_(by.territories))
    found = await session.scalars(query.order_by(OnCallTurn.starts, OnCallTurn.position).limit(MOST))
    return [
        TurnView(one.id, one.territory_id, one.staff.name, masked(one.reach_at), one.position, one.starts, one.ends)
        for one in found
    ]


async def turns_at(session: AsyncSession, territory_id: UUID, at: datetime) -> list[OnCallTurn]:
    """Of those who still work here, in their order."""
    found = await session.scalars(
        select(OnCallTurn)
        .join(OnCallTurn.staff)
        .where(OnCallTurn.territory_id == territory_id, OnCallTurn.starts <= at, OnCallTurn.ends > at, Staff.active)
        .options(joinedload(OnCallTurn.staff))
        .order_by(OnCallTurn.position, OnCallTurn.id)
    )
    return list(found)


async def reaches_somebody(session: AsyncSession, alarm: Alarm, at: datetime) -> bool:
    """Whether somebody is on call for it, and not every step until now has failed."""
    if not await turns_at(session, alarm.territory_id, at):
        return False
    steps = (await session.scalars(select(AlarmStep).where(AlarmStep.alarm_id == alarm.id))).all()
    return not steps or any(not step.why for step in steps)
