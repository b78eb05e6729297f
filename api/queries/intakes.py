"""The desk's inbox: conversations that wait for somebody, with every word, picture and place in them."""

from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.auth import Person
from api.queries.tickets import seen_ticket
from domain.defects import DefectKind, named_in
from domain.errors import NotFound
from domain.intakes import Intake, IntakeMessage, IntakeState, MediaState, SaidKind
from domain.people import masked
from domain.places import Building, Community, Home

Row = TypeVarTuple("Row")

MOST = 100
"""Conversations shown at once; settled ones make room."""


class InboxCount(Struct):
    """How many conversations wait for the desk."""

    count: int


class MessageView(Struct):
    """`media` says whether there is a picture to look at; `media_why`, why there is none."""

    id: UUID
    kind: str
    text: str
    latitude: float | None
    longitude: float | None
    said_at: datetime
    media: str
    media_why: str


class IntakeView(Struct):
    """`defect` is the one that the words call by its name. Without a home, `territory_id` and the place are empty."""

    id: UUID
    number: str
    channel: str
    state: str
    began_at: datetime
    heard_at: datetime
    territory_id: UUID | None
    community: str
    address: str
    unit: str
    address_told: str
    contact_name: str
    contact_number: str
    ticket_id: UUID | None
    ticket_number: str
    defect: str | None
    messages: list[MessageView]


async def count_intakes(session: AsyncSession, by: Person) -> InboxCount:
    return InboxCount(await session.scalar(placed(select(func.count(Intake.id)), by).where(waits())) or 0)


async def list_intakes(session: AsyncSession, by: Person, state: IntakeState | None) -> list[IntakeView]:
    """Those that wait, the longest first; with a state, the newest of that state."""
    query = placed(select(Intake), by).limit(MOST)
    query = query.where(waits()).order_by(Intake.heard_at) if state is None else query.where(Intake.state == state)
    if state is not None:
        query = query.order_by(Intake.id.desc())
    found = await session.scalars(
        query.options(
            joinedload(Intake.home).joinedload(Home.building).joinedload(Building.community),
            joinedload(Intake.ticket),
            selectinload(Intake.messages),
        )
    )
    kinds = (await session.scalars(select(DefectKind))).all()
    return [view(intake, named_in(words_of(intake), kinds)) for intake in found]


async def conversation_of(session: AsyncSession, by: Person, ticket_id: UUID) -> list[IntakeView]:
    """What was said that became this ticket, or belongs to it. Raises NotFound for one that isn't theirs to see."""
    await seen_ticket(session, by, ticket_id)
    found = await session.scalars(
        select(Intake)
        .where(Intake.ticket_id == ticket_id)
        .order_by(Intake.id)
        .options(
            joinedload(Intake.home).joinedload(Home.building).joinedload(Building.community),
            joinedload(Intake.ticket),
            selectinload(Intake.messages),
        )
    )
    return [view(intake, None) for intake in found]


async def said_picture(session: AsyncSession, by: Person, message_id: UUID) -> str:
    """The hash of the copy that is shown. Raises NotFound also where it isn't here (yet)."""
    query = placed(select(IntakeMessage.media_sha256).join(Intake, Intake.id == IntakeMessage.intake_id), by)
    sha256 = await session.scalar(
        query.where(IntakeMessage.id == message_id, IntakeMessage.media_state == MediaState.KEPT)
    )
    if sha256 is None:
        raise NotFound("There is no such picture.")
    return sha256


def placed(query: Select[*Row], by: Person) -> Select[*Row]:
    """Of a query with intakes: those of this person's territories, and those of which nobody knows the place yet."""
    if by.territories is None:
        return query
    query = query.outerjoin(Intake.home).outerjoin(Home.building).outerjoin(Building.community)
    return query.where(or_(Intake.home_id.is_(None), Community.territory_id.in_(by.territories)))


def waits() -> ColumnElement[bool]:
    """Open with something said in it, or with words that came after the desk had last read it."""
    said = select(IntakeMessage.id).where(IntakeMessage.intake_id == Intake.id, IntakeMessage.kind != SaidKind.MENU)
    unread = or_(Intake.seen_at.is_(None), Intake.heard_at > Intake.seen_at)
    return or_(
        and_(Intake.state == IntakeState.OPEN, said.exists()), and_(Intake.state == IntakeState.TICKETED, unread)
    )


def words_of(intake: Intake) -> str:
    return "\n".join(message.text for message in intake.messages)


def view(intake: Intake, kind: DefectKind | None) -> IntakeView:
    building = intake.home.building if intake.home else None
    return IntakeView(
        id=intake.id,
        number=intake.number,
        channel=intake.channel,
        state=intake.state,
        began_at=intake.began_at,
        heard_at=intake.heard_at,
        territory_id=building.community.territory_id if building else None,
        community=building.community.name if building else "",
        address=building.address if building else "",
        unit=intake.home.unit if intake.home else "",
        address_told=intake.address_told,
        contact_name=intake.contact_name,
        contact_number=masked(intake.contact_phone),
        ticket_id=intake.ticket_id,
        ticket_number=intake.ticket.number if intake.ticket else "",
        defect=kind.code if kind else None,
        messages=[
            MessageView(
                id=message.id,
                kind=message.kind,
                text=message.text,
                latitude=message.latitude,
                longitude=message.longitude,
                said_at=message.said_at,
                media=message.media_state,
                media_why=message.media_why,
            )
            for message in intake.messages
        ],
    )
