"""Tickets as the desk sees them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.auth import Person
from api.queries.clocks_of import Clocks, clocks_of
from api.queries.comebacks import ComebackView, comebacks_of
from api.queries.facts import Fact
from api.queries.ticket_state import PauseView, ToDo, next_to_do, pauses_of
from api.queries.visit_facts import load_facts
from domain.errors import NotFound
from domain.jobs import UNDER_WAY, Job, Visit, VisitState
from domain.people import masked
from domain.places import Building, Community, Home
from domain.ticket_photos import TicketPhoto
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
    home_id: UUID
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
    sign_offs: list[UUID]
    """Usually one; more where two technicians finished the same visit."""
    facts: list[Fact]
    """In the order in which the office heard of them."""


class TicketDetail(Struct):
    """`photos` are those that the owner sent with the report; `to_do` is None where nothing is left to do; the
    newest of `comebacks` and `pauses` come first.
    """

    ticket: TicketView
    visits: list[VisitView]
    photos: list[UUID]
    clocks: Clocks
    pauses: list[PauseView]
    to_do: ToDo | None
    comebacks: list[ComebackView]


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


async def seen_ticket(session: AsyncSession, by: Person, ticket_id: UUID) -> Ticket:
    """Raises NotFound unless there is one that this person may see."""
    ticket = await session.get(Ticket, ticket_id, options=WITH_PLACE)
    if ticket is None or not by.sees(ticket.home.building.community.territory_id):
        raise NotFound("There is no such ticket.")
    return ticket


async def show_ticket(session: AsyncSession, by: Person, ticket_id: UUID) -> TicketDetail:
    ticket = await seen_ticket(session, by, ticket_id)
    now = clock.now()
    found = await session.scalars(
        select(Visit)
        .join(Visit.job)
        .where(Job.ticket_id == ticket_id)
        .options(joinedload(Visit.technician))
        .order_by(Visit.day, Visit.position)
    )
    of_visit = {visit: list[Fact]() for visit in found}
    by_id = {visit.id: facts for visit, facts in of_visit.items()}
    for fact in await load_facts(session, lambda table: table.visit_id.in_(by_id)):
        by_id[fact.visit_id].append(fact)
    worth_showing = [
        visit_view(visit, facts)
        for visit, facts in of_visit.items()
        if facts or visit.state is not VisitState.CANCELLED
    ]
    photos = await session.scalars(
        select(TicketPhoto.id).where(TicketPhoto.ticket_id == ticket_id).order_by(TicketPhoto.id)
    )
    visits = list(of_visit)
    ahead = [visit for visit in visits if visit.state in (VisitState.PLANNED, *UNDER_WAY) and visit.ends >= now]
    expected = {ticket_id: (min(one.starts for one in ahead), max(one.ends for one in ahead))} if ahead else {}
    return TicketDetail(
        view(ticket),
        worth_showing,
        list(photos),
        clocks=(await clocks_of(session, [ticket], expected, now))[ticket_id],
        pauses=await pauses_of(session, ticket_id),
        comebacks=await comebacks_of(session, ticket_id),
        to_do=await next_to_do(session, ticket_id, visits, not ticket.home.building.needs_location, now),
    )


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
        home_id=ticket.home_id,
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


def visit_view(visit: Visit, facts: list[Fact]) -> VisitView:
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
        sign_offs=[fact.signature.sign_off_id for fact in facts if fact.signature],
        facts=facts,
    )
