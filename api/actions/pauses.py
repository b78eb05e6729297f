"""A ticket's clocks stand still because the owner agreed to it, and go on."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.auth import Person
from api.db.trail import record
from api.queries.house_rules import load_house_rules
from domain.calendars import calendar_for
from domain.clock_pauses import ClockPause, moved, pause_reasons
from domain.errors import IllegalMove, Invalid, NotFound
from domain.jobs import Job
from domain.places import Building, Community, Home
from domain.tickets import Channel, Ticket, TicketState
from domain.triage import policy_for


async def pause(
    session: AsyncSession, ticket_id: UUID, reason: str, agreed_by: str, channel: Channel, note: str, by: Person
) -> ClockPause:
    """Raises NotFound, Invalid for no known reason or nobody's word, IllegalMove if the ticket is over or paused."""
    if reason not in (known := pause_reasons()):
        raise Invalid(f"{reason!r} is no reason to pause a clock. Known: {', '.join(known)}.")
    if not agreed_by.strip():
        raise Invalid("Say who agreed: a clock is paused only with the owner's word.")
    ticket = await locked(session, ticket_id, by)
    if ticket.state is not TicketState.OPEN:
        raise IllegalMove(f"Ticket {ticket.number} is {ticket.state}; its clocks don't run.")
    if await lasting(session, ticket_id) is not None:
        raise IllegalMove(f"The clocks of ticket {ticket.number} stand still already.")
    begun = ClockPause(
        ticket_id=ticket_id,
        reason=reason,
        agreed_by=agreed_by.strip(),
        agreed_by_channel=channel,
        note=note,
        starts=clock.now(),
    )
    session.add(begun)
    await record(session, by.actor, "clocks.paused", ticket_id, reason=reason, agreed_by_channel=channel)
    return begun


async def go_on(session: AsyncSession, ticket_id: UUID, by: Person) -> Ticket:
    """The attend and repair clocks get back what they stood still, as they count: around the clock or working time.

    Raises NotFound, IllegalMove.
    """
    ticket = await locked(session, ticket_id, by)
    paused = await lasting(session, ticket_id)
    if paused is None:
        raise IllegalMove(f"The clocks of ticket {ticket.number} don't stand still.")
    paused.ends = now = clock.now()
    rules = await load_house_rules(session)
    territory = ticket.home.building.community.territory
    calendar = calendar_for(territory.zone_name, territory.city, rules.calendars)
    policy = policy_for(ticket.tier, rules.policies, territory.city)
    attend, repair = ticket.attend_due, ticket.repair_due
    if ticket.attended_at is None:
        ticket.attend_due = moved(attend, policy.attend, paused.starts, now, calendar)
    ticket.repair_due = moved(repair, policy.repair, paused.starts, now, calendar)
    later = {attend: ticket.attend_due, repair: ticket.repair_due}
    for job in await session.scalars(select(Job).where(Job.ticket_id == ticket_id)):
        job.due = later.get(job.due, job.due)  # with its version, so that a plan of before is stale
    dues = {"attend_due": ticket.attend_due.isoformat(), "repair_due": ticket.repair_due.isoformat()}
    await record(session, by.actor, "clocks.resumed", ticket_id, **dues)
    return ticket


async def lasting(session: AsyncSession, ticket_id: UUID) -> ClockPause | None:
    return await session.scalar(select(ClockPause).where(ClockPause.ticket_id == ticket_id, ClockPause.ends.is_(None)))


async def locked(session: AsyncSession, ticket_id: UUID, by: Person) -> Ticket:
    place = joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community)
    ticket = await session.get(
        Ticket, ticket_id, options=[place.joinedload(Community.territory)], with_for_update={"of": Ticket}
    )
    if ticket is None or not by.sees(ticket.home.building.community.territory_id):
        raise NotFound("There is no such ticket.")
    return ticket
