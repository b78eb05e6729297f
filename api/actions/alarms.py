"""An emergency out of hours: an alarm rings through the roster, person after person, until somebody accepts it."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions.messages import Recipient, Told, tell
from api.auth import Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.alarms import turns_at
from domain.calendars import WorkingCalendar
from domain.errors import Invalid, NotFound
from domain.message_templates import MessageKind
from domain.messages import Way
from domain.on_call import Alarm, AlarmState, AlarmStep, OnCallTurn
from domain.people import Staff
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket
from domain.triage import Tier

log = structlog.get_logger()


async def raise_for(session: AsyncSession, ticket: Ticket, territory: Territory, calendar: WorkingCalendar) -> None:
    """For an emergency that is reported when the desk is closed. Rings at once, by the worker."""
    if ticket.tier is not Tier.EMERGENCY or calendar.is_open(ticket.clocks_from):
        return
    now = clock.now()
    alarm = await session.scalar(select(Alarm).where(Alarm.ticket_id == ticket.id).with_for_update())
    if alarm is None:
        session.add(alarm := Alarm(ticket_id=ticket.id, territory_id=territory.id, raised_at=now, next_at=now))
    else:
        alarm.rise_again(now)
    await session.flush()
    await emit(session, "alarm.raised", alarm.id, territory_id=territory.id)


async def ring_next(session: AsyncSession, wait: timedelta, address: str) -> bool:
    """Takes the next step of one alarm that is due, its message with it; whether there was one."""
    now = clock.now()
    alarm = await session.scalar(
        select(Alarm)
        .where(Alarm.state == AlarmState.RINGING, Alarm.next_at <= now)
        .order_by(Alarm.next_at)
        .limit(1)
        .options(
            joinedload(Alarm.ticket).options(
                joinedload(Ticket.defect),
                joinedload(Ticket.home)
                .joinedload(Home.building)
                .joinedload(Building.community)
                .joinedload(Community.territory),
            )
        )
        .with_for_update(of=Alarm, skip_locked=True)
    )
    if alarm is None:
        return False
    if not alarm.needed:
        alarm.state = AlarmState.OVER
        return True
    turns = await turns_at(session, alarm.territory_id, now)
    names = {turn.staff_id: turn.staff.name for turn in turns}
    step = alarm.rings(turns, now, wait)
    session.add(step)
    if step.staff_id is None:
        step.why = "Nobody is on call."
        log.error("alarm_reaches_nobody", alarm=str(alarm.id), ticket=alarm.ticket.number)
        return True
    await session.flush()
    await tell(session, notice(alarm, step, names[step.staff_id], address))
    return True


def notice(alarm: Alarm, step: AlarmStep, name: str, address: str) -> Told:
    """Without the owner's name or number: it goes through others' hands."""
    ticket, home = alarm.ticket, alarm.ticket.home
    place = " ".join(filter(None, (home.building.community.name, home.building.address, home.unit)))
    told = {"number": ticket.number, "place": place, "address": f"{address}/#view=inbox"}
    return Told(
        kind=MessageKind.ALARM,
        key=f"{MessageKind.ALARM}:{alarm.id}:{step.number}",
        to=Recipient(name, {Way.MAIL if "@" in step.reach_at else Way.SMS: step.reach_at}),
        territory=home.building.community.territory,
        zh=told | {"defect": ticket.defect.name_zh},
        en=told | {"defect": ticket.defect.name_en},
        ticket_id=ticket.id,
    )


async def accept(session: AsyncSession, alarm_id: UUID, by: Person) -> None:
    """Exactly one person has it from now on. Raises NotFound, and IllegalMove for everybody else."""
    alarm = await session.get(Alarm, alarm_id, with_for_update=True)
    if alarm is None or not by.sees(alarm.territory_id):
        raise NotFound("There is no such alarm.")
    alarm.accept(by.id, clock.now())
    await record(session, by.actor, "alarm.accepted", alarm.id, ticket=str(alarm.ticket_id))


async def add_turn(
    session: AsyncSession, territory_id: UUID, username: str, reach_at: str, position: int, starts: datetime,
    ends: datetime, by: Person,
) -> OnCallTurn:  # fmt: skip
    """Raises NotFound for a territory or somebody who isn't there, Invalid for times that can't be, Conflict."""
    if await session.get(Territory, territory_id) is None or not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    staff = await session.scalar(select(Staff).where(Staff.username == username, Staff.active))
    if staff is None:
        raise NotFound(f"There is nobody called {username}.")
    if ends <= starts:
        raise Invalid("A turn ends after it starts.")
    turn = OnCallTurn(
        territory_id=territory_id, staff=staff, reach_at=reach_at, position=position, starts=starts, ends=ends
    )
    session.add(turn)
    await session.flush()
    await record(
        session,
        by.actor,
        "on_call.added",
        turn.id,
        staff=str(staff.id),
        starts=starts.isoformat(),
        ends=ends.isoformat(),
    )
    return turn


async def drop_turn(session: AsyncSession, turn_id: UUID, by: Person) -> None:
    """Raises NotFound."""
    turn = await session.get(OnCallTurn, turn_id, with_for_update=True)
    if turn is None or not by.sees(turn.territory_id):
        raise NotFound("There is no such turn.")
    await session.delete(turn)
    await record(session, by.actor, "on_call.dropped", turn_id, staff=str(turn.staff_id))
