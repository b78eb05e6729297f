"""What may have one cause with a ticket, and what is looked into together with it already."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.queries.tickets import WITH_PLACE, Defect
from domain.common_causes import CommonCause, Reported, common_cause, load_causes
from domain.errors import NotFound
from domain.investigations import Investigation
from domain.places import Building, Home
from domain.tickets import Ticket, TicketState

MOST = 500
"""Reports of one community that are looked at, the newest."""


class RelatedTicket(Struct):
    id: UUID
    number: str
    state: str
    defect: Defect
    address: str
    unit: str
    reported_at: datetime


class Suggestion(Struct):
    """`source` says why the rule holds these reports for related."""

    cause: str
    name_en: str
    name_zh: str
    reach: str
    source: str
    ticket: RelatedTicket


class Together(Struct):
    cause: str
    name_en: str
    name_zh: str
    opened_at: datetime
    tickets: list[RelatedTicket]
    """The others."""


class Related(Struct):
    investigation: Together | None
    suggestions: list[Suggestion]


async def related(session: AsyncSession, by: Person, ticket_id: UUID) -> Related:
    """Raises NotFound."""
    ticket = await session.get(Ticket, ticket_id, options=WITH_PLACE)
    if ticket is None or not by.sees(ticket.home.building.community.territory_id):
        raise NotFound("There is no such ticket.")
    causes = load_causes()
    here = reported(ticket)
    longest = max(cause.within for cause in causes)
    near = (
        nearby(ticket)
        .where(
            Ticket.state != TicketState.CANCELLED,
            Ticket.reported_at.between(ticket.reported_at - longest, ticket.reported_at + longest),
        )
        .limit(MOST)
    )
    found = [
        (cause, other)
        for other in await session.scalars(near)
        if ticket.investigation_id is None or other.investigation_id != ticket.investigation_id
        if (cause := common_cause(here, reported(other), causes))
    ]
    found.sort(key=lambda pair: causes.index(pair[0]))
    return Related(await together(session, ticket), [suggestion(cause, other) for cause, other in found])


async def together(session: AsyncSession, ticket: Ticket) -> Together | None:
    if ticket.investigation_id is None:
        return None
    investigation = await session.get_one(Investigation, ticket.investigation_id)
    others = await session.scalars(nearby(ticket).where(Ticket.investigation_id == investigation.id))
    names = {cause.code: (cause.name_en, cause.name_zh) for cause in load_causes()}
    name_en, name_zh = names.get(investigation.cause, (investigation.cause, investigation.cause))
    return Together(investigation.cause, name_en, name_zh, investigation.opened_at, [view(one) for one in others])


def nearby(ticket: Ticket) -> Select[Ticket]:
    """The other tickets of its community, the newest first."""
    community = ticket.home.building.community_id
    return (
        select(Ticket)
        .join(Ticket.home)
        .join(Home.building)
        .where(Building.community_id == community, Ticket.id != ticket.id)
        .options(*WITH_PLACE)
        .order_by(Ticket.reported_at.desc())
    )


def reported(ticket: Ticket) -> Reported:
    building = ticket.home.building
    return Reported(
        home_id=ticket.home_id,
        building_id=building.id,
        community_id=building.community_id,
        unit=ticket.home.unit,
        defect=ticket.defect_code,
        at=ticket.reported_at,
    )


def suggestion(cause: CommonCause, other: Ticket) -> Suggestion:
    return Suggestion(cause.code, cause.name_en, cause.name_zh, cause.reach, cause.source, view(other))


def view(ticket: Ticket) -> RelatedTicket:
    return RelatedTicket(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        address=ticket.home.building.address,
        unit=ticket.home.unit,
        reported_at=ticket.reported_at,
    )
