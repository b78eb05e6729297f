"""The desk's list of calls that are due, and what waits for rain."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from api.queries.tickets import Defect
from domain.follow_ups import FollowUp, FollowUpState, Occasion, RainyDay
from domain.jobs import Visit
from domain.people import Role, Technician
from domain.places import Building, Home, Territory
from domain.ratings import Rating
from domain.tickets import Ticket

MOST = 200


class CallDue(Struct):
    """`contact_number` is whole: whoever reads this list is to call it. `stars` and `remark` are of a bad rating."""

    id: UUID
    occasion: str
    due_on: date
    tries: int
    asked_at: datetime | None
    note: str
    ticket_id: UUID
    ticket_number: str
    territory_id: UUID
    defect: Defect
    repaired_on: date
    technician: str
    home: str
    contact_name: str
    contact_number: str
    stars: int | None
    remark: str


class Rain(Struct):
    """`waiting` are repairs that are called about after the first rain; `last` is the newest day that was marked."""

    territory_id: UUID
    waiting: int
    last: date | None


class CallsDue(Struct):
    """Bad ratings first, then the longest due. No more than 200; `more` says how many there are besides."""

    calls: list[CallDue]
    more: int
    rain: list[Rain]


async def calls_due(session: AsyncSession, by: Person, now: datetime) -> CallsDue:
    territories = [one for one in await session.scalars(select(Territory)) if by.sees(one.id)]
    due: list[FollowUp] = []
    for territory in territories:
        found = await session.scalars(
            select(FollowUp)
            .where(
                FollowUp.territory_id == territory.id,
                FollowUp.state == FollowUpState.PLANNED,
                FollowUp.due_on <= now.astimezone(territory.zone).date(),
            )
            .options(
                joinedload(FollowUp.ticket).options(
                    joinedload(Ticket.defect),
                    joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community),
                )
            )
            .order_by(FollowUp.due_on)
        )
        due += [one for one in found if by.role is Role.MANAGER or one.occasion is not Occasion.LOW_RATING]
    due.sort(key=lambda one: (one.occasion is not Occasion.LOW_RATING, one.due_on, one.id))
    shown = due[:MOST]
    visits = {one.visit_id for one in shown}
    of_visits = select(Visit.id, Technician.name).join(Visit.technician).where(Visit.id.in_(visits))
    who = {row.id: row.name for row in await session.execute(of_visits)}
    ratings = {one.visit_id: one for one in await session.scalars(select(Rating).where(Rating.visit_id.in_(visits)))}
    rain = [await rain_at(session, territory.id) for territory in territories]
    return CallsDue([view(one, who, ratings) for one in shown], len(due) - len(shown), rain)


async def rain_at(session: AsyncSession, territory_id: UUID) -> Rain:
    waiting = await session.scalar(
        select(func.count())
        .select_from(FollowUp)
        .where(
            FollowUp.territory_id == territory_id,
            FollowUp.state == FollowUpState.PLANNED,
            FollowUp.occasion == Occasion.FIRST_RAIN,
            FollowUp.due_on.is_(None),
        )
    )
    last = await session.scalar(select(func.max(RainyDay.day)).where(RainyDay.territory_id == territory_id))
    return Rain(territory_id, waiting or 0, last)


def view(one: FollowUp, who: dict[UUID, str], ratings: dict[UUID, Rating]) -> CallDue:
    ticket, building = one.ticket, one.ticket.home.building
    rating = ratings.get(one.visit_id) if one.occasion is Occasion.LOW_RATING else None
    assert one.due_on is not None  # those are looked for
    return CallDue(
        id=one.id,
        occasion=one.occasion,
        due_on=one.due_on,
        tries=one.tries,
        asked_at=one.asked_at,
        note=one.note,
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        territory_id=one.territory_id,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        repaired_on=one.since,
        technician=who.get(one.visit_id, ""),
        home=" ".join(filter(None, (building.community.name, building.address, ticket.home.unit))),
        contact_name=ticket.contact_name,
        contact_number=ticket.contact_phone,
        stars=rating.stars if rating else None,
        remark=rating.remark if rating else "",
    )


async def asks_the_owner(session: AsyncSession, ticket_id: UUID, today: date) -> bool:
    due = select(FollowUp.id).where(
        FollowUp.ticket_id == ticket_id,
        FollowUp.state == FollowUpState.PLANNED,
        FollowUp.occasion != Occasion.LOW_RATING,
        FollowUp.due_on <= today,
    )
    return await session.scalar(due.limit(1)) is not None
