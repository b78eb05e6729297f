"""Tickets as the desk sees them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from domain.errors import NotFound
from domain.jobs import Job, Visit, VisitState
from domain.people import masked
from domain.places import Building, Community, Home
from domain.tickets import Ticket, TicketState


class Defect(Struct):
    code: str
    name_en: str
    name_zh: str


class Clock(Struct):
    """`met_at` is when it was stopped."""

    due: datetime
    met_at: datetime | None


class TicketView(Struct):
    id: UUID
    number: str
    state: str
    tier: str
    defect: Defect
    description: str
    channel: str
    reported_at: datetime
    territory_id: UUID
    community: str
    address: str
    unit: str
    needs_location: bool
    contact_name: str
    contact_number: str
    contact: Clock
    attend: Clock
    repair: Clock
    clock_policy: str
    warranty: dict[str, Any]


class VisitView(Struct):
    id: UUID
    technician: str
    day: date
    state: str
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class TicketDetail(Struct):
    ticket: TicketView
    visits: list[VisitView]


WITH_PLACE = (
    joinedload(Ticket.defect),
    joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community),
)


async def list_tickets(
    session: AsyncSession, by: Person, state: TicketState | None, after: UUID | None, limit: int
) -> list[TicketView]:
    """In order of report, oldest first; `after` is the last one of the page before."""
    query = (
        select(Ticket).join(Ticket.home).join(Home.building).join(Building.community)
        .options(*WITH_PLACE).order_by(Ticket.id).limit(limit)
    )  # fmt: skip
    if by.territories is not None:
        query = query.where(Community.territory_id.in_(by.territories))
    if state is not None:
        query = query.where(Ticket.state == state)
    if after is not None:
        query = query.where(Ticket.id > after)
    return [view(ticket) for ticket in await session.scalars(query)]


async def show_ticket(session: AsyncSession, by: Person, ticket_id: UUID) -> TicketDetail:
    ticket = await session.get(Ticket, ticket_id, options=WITH_PLACE)
    if ticket is None or not by.sees(ticket.home.building.community.territory_id):
        raise NotFound("There is no such ticket.")
    visits: Sequence[Visit] = (
        await session.scalars(
            select(Visit)
            .join(Visit.job)
            .where(Job.ticket_id == ticket_id, Visit.state != VisitState.CANCELLED)
            .options(joinedload(Visit.technician))
            .order_by(Visit.day, Visit.position)
        )
    ).all()
    return TicketDetail(view(ticket), [visit_view(visit) for visit in visits])


def view(ticket: Ticket) -> TicketView:
    building = ticket.home.building
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        tier=ticket.tier,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        description=ticket.description,
        channel=ticket.channel,
        reported_at=ticket.reported_at,
        territory_id=building.community.territory_id,
        community=building.community.name,
        address=building.address,
        unit=ticket.home.unit,
        needs_location=building.needs_location,
        contact_name=ticket.contact_name,
        contact_number=masked(ticket.contact_phone),
        contact=Clock(ticket.contact_due, ticket.contacted_at),
        attend=Clock(ticket.attend_due, ticket.attended_at),
        repair=Clock(ticket.repair_due, ticket.repaired_at),
        clock_policy=ticket.clock_policy,
        warranty=ticket.warranty,
    )


def visit_view(visit: Visit) -> VisitView:
    return VisitView(
        id=visit.id,
        technician=visit.technician.name,
        day=visit.day,
        state=visit.state,
        starts_at=visit.starts,
        ends_at=visit.ends,
        arrived_at=visit.arrived_at,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
    )
