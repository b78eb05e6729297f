"""Open tickets whose clocks are missed or will be: each of the three, with the visit that the plan in force has."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from api import clock
from api.auth import Person
from api.queries.tickets import Defect
from domain.clock_pauses import ClockPause
from domain.jeopardy import ClockState, clock_state
from domain.jobs import Job, Visit, VisitState
from domain.places import Building, Community, Home
from domain.tickets import Ticket, TicketState

AHEAD = (VisitState.PLANNED, VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED)
DANGER = (ClockState.MISSED, ClockState.WILL_MISS)


class ClockAt(Struct):
    state: str
    due: datetime
    planned: datetime | None


class Jeopardy(Struct):
    """`soonest` is the earliest due of a clock that is missed or will be."""

    ticket_id: UUID
    number: str
    tier: str
    defect: Defect
    community: str
    address: str
    unit: str
    territory_id: UUID
    paused: str | None
    contact: ClockAt
    attend: ClockAt
    repair: ClockAt
    soonest: datetime


async def list_jeopardy(session: AsyncSession, by: Person, limit: int, now: datetime | None = None) -> list[Jeopardy]:
    """The one that ran out first is first. A clock that stands still is in no danger unless it was missed before."""
    now = now or clock.now()
    upcoming = (
        select(
            Job.ticket_id,
            func.min(func.lower(Visit.during)).label("starts"),
            func.max(func.upper(Visit.during)).label("ends"),
        )
        .join(Visit, Visit.job_id == Job.id)
        .where(Visit.state.in_(AHEAD), func.upper(Visit.during) >= now)
        .group_by(Job.ticket_id)
        .subquery()
    )
    query = (
        select(Ticket, Community.territory_id, Community.name, ClockPause.reason, upcoming.c.starts, upcoming.c.ends)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .outerjoin(ClockPause, (ClockPause.ticket_id == Ticket.id) & ClockPause.ends.is_(None))
        .outerjoin(upcoming, upcoming.c.ticket_id == Ticket.id)
        .where(Ticket.state == TicketState.OPEN)
        .options(joinedload(Ticket.defect), contains_eager(Ticket.home).contains_eager(Home.building))
    )
    if by.territories is not None:
        query = query.where(Community.territory_id.in_(by.territories))
    rows = await session.execute(query)
    found = [
        view(ticket, territory, community, paused, starts, ends, now)
        for ticket, territory, community, paused, starts, ends in rows
    ]
    return sorted((one for one in found if one is not None), key=lambda one: one.soonest)[:limit]


def view(
    ticket: Ticket,
    territory_id: UUID,
    community: str,
    paused: str | None,
    starts: datetime | None,
    ends: datetime | None,
    now: datetime,
) -> Jeopardy | None:
    """None for a ticket in no danger."""

    def clock(due: datetime, met_at: datetime | None, planned: datetime | None, pausable: bool) -> ClockAt:
        state = clock_state(
            began=ticket.clocks_from,
            due=due,
            met_at=met_at,
            now=now,
            planned=planned,
            paused=pausable and paused is not None,
        )
        return ClockAt(state, due, planned)

    contact = clock(ticket.contact_due, ticket.contacted_at, None, pausable=False)
    attend = clock(ticket.attend_due, ticket.attended_at, starts, pausable=True)
    repair = clock(ticket.repair_due, ticket.repaired_at, ends, pausable=True)
    in_danger = [one.due for one in (contact, attend, repair) if one.state in DANGER]
    if not in_danger:
        return None
    return Jeopardy(
        ticket_id=ticket.id,
        number=ticket.number,
        tier=ticket.tier,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        community=community,
        address=ticket.home.building.address,
        unit=ticket.home.unit,
        territory_id=territory_id,
        paused=paused,
        contact=contact,
        attend=attend,
        repair=repair,
        soonest=min(in_danger),
    )
