"""A repair did not hold: its ticket opens again under its number, with clocks of its own and work to plan."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions import alarms
from api.actions.opening import Report, opened
from api.actions.pauses import lasting
from api.db.outbox import emit
from api.db.trail import record
from api.queries.house_rules import HouseRules
from api.queries.owner_ticket import last_ended_visit
from domain.calendars import calendar_for
from domain.comebacks import Comeback
from domain.follow_ups import FollowUp, FollowUpState, Occasion
from domain.jobs import Job
from domain.places import Home, Territory
from domain.tickets import Channel, Ticket, TicketState
from domain.watch import redone_for_nothing, same_fault, watch_end


async def watched(session: AsyncSession, told: Report, territory: Territory, home: Home) -> Ticket | None:
    """The closed ticket of which this report is the fault come back, the latest repair of several. Locked."""
    if told.elsewhere:
        return None
    on = told.reported_at.astimezone(territory.zone).date()
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.home_id == home.id, Ticket.state == TicketState.CLOSED, Ticket.watched_until >= on)
        .options(joinedload(Ticket.defect))
        .order_by(Ticket.repaired_at.desc())
        .with_for_update(of=Ticket)
    )
    return next(
        (
            ticket
            for ticket in found
            if same_fault(ticket.defect_code, told.defect)
            and ticket.repaired_at is not None
            and ticket.repaired_at <= told.reported_at
        ),
        None,
    )


async def come_back(
    session: AsyncSession, ticket: Ticket, told: Report, territory: Territory, home: Home, rules: HouseRules, by: str
) -> Ticket:
    """Judged as the report would be as a ticket of its own, save that a repair which did not hold costs the owner
    nothing. Raises IllegalMove unless the ticket is closed, Invalid for a defect that isn't listed."""
    told_anew, job = opened(told, territory, home, rules)
    visit = await last_ended_visit(session, ticket.id)
    times = await session.scalar(select(func.count()).select_from(Comeback).where(Comeback.ticket_id == ticket.id))
    before = ticket.standing()
    repaired = (ticket.repaired_at or told.reported_at).astimezone(territory.zone).date()
    until = ticket.watched_until or watch_end(repaired, ticket.defect_code)
    ticket.come_back(told_anew, redone_for_nothing(ticket.warranty, told_anew.warranty, repaired, until))
    if told.channel is Channel.PHONE:  # the desk has heard who calls; what is typed at a page proves nothing
        ticket.contact_name = told.contact_name or ticket.contact_name
        ticket.contact_phone = told.contact_phone or ticket.contact_phone
    back = Comeback(
        ticket_id=ticket.id,
        number=(times or 0) + 1,
        visit_id=visit.id if visit is not None else None,
        channel=told.channel,
        source=told.source,
        reference=told.reference,
        description=told.description,
        defect_code=told.defect,
        reported_at=told.reported_at,
        reported_by=by,
        before=before,
    )
    job.ticket = ticket
    job.round = ((await session.scalar(select(func.max(Job.round)).where(Job.ticket_id == ticket.id))) or 0) + 1
    session.add_all([back, job])
    if (paused := await lasting(session, ticket.id)) is not None:
        paused.ends = clock.now()
    calls = await session.scalars(
        select(FollowUp).where(FollowUp.ticket_id == ticket.id, FollowUp.state == FollowUpState.PLANNED)
    )
    for call in calls:
        if call.occasion is not Occasion.LOW_RATING:
            call.settle(FollowUpState.CANCELLED, clock.now(), by)
    await session.flush()
    await emit(session, "ticket.came_back", ticket.id, territory_id=territory.id, tier=ticket.tier)
    calendar = calendar_for(territory.zone_name, territory.city, rules.calendars)
    await alarms.raise_for(session, ticket, territory, calendar)
    await record(
        session,
        by,
        "ticket.came_back",
        ticket.id,
        number=ticket.number,
        channel=told.channel,
        time=back.number,
        visit=str(visit.id) if visit is not None else None,
    )
    return ticket
