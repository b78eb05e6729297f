"""Homes: who may see one, whose a number is, and what its owner can report."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from api.auth import OpenedHome, Person
from api.queries.tickets import Defect
from api.queries.watched_repairs import WatchedRepair, watched_at
from domain.defects import DefectKind
from domain.errors import NotFound
from domain.home_links import HomeLink
from domain.people import Owner, masked
from domain.places import Building, Community, Home
from domain.rooms import load_rooms
from domain.triage import TriageQuestion

WITH_TERRITORY = joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory)


class AskedQuestion(Struct):
    code: str
    text_en: str
    text_zh: str


class ThingView(Struct):
    code: str
    name_en: str
    name_zh: str
    picture: str
    defects: list[str]


class RoomView(Struct):
    code: str
    name_en: str
    name_zh: str
    things: list[ThingView]


class KindView(Struct):
    """`asks` are codes of questions, at most three."""

    defect: Defect
    asks: list[str]


class OwnersHome(Struct):
    """What the page asks from. `number` is the masked one that was proven; empty: the page asks for one. `watched` are
    the repairs whose tickets the same fault opens again."""

    home: str
    number: str
    rooms: list[RoomView]
    kinds: list[KindView]
    questions: list[AskedQuestion]
    watched: list[WatchedRepair]
    zone: str


class HomeLinkView(Struct):
    """`opened_at` is the first time; it works until `expires_at`, unless it is revoked."""

    id: UUID
    made_at: datetime
    made_by: str
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None


async def seen_home(session: AsyncSession, by: Person, home_id: UUID) -> Home:
    """Raises NotFound unless there is one that this person may see."""
    home = await session.get(Home, home_id, options=[WITH_TERRITORY])
    if home is None or not by.sees(home.building.community.territory_id):
        raise NotFound("There is no such home.")
    return home


async def homes_of(session: AsyncSession, number: str) -> list[Home]:
    """Where an owner with that number lives, however it was written when the homes were imported."""
    lives = select(Owner.home_id).where(same_number(Owner.phone, number))
    return list(await session.scalars(select(Home).where(Home.id.in_(lives)).options(WITH_TERRITORY).order_by(Home.id)))


def same_number(column: InstrumentedAttribute[str], number: str) -> ColumnElement[bool]:
    """Whether the column has it, with spaces, hyphens, or China's country code or without."""
    plain = func.regexp_replace(column, r"[\s()-]", "", "g")
    return plain.in_({number, f"+86{number}", f"0086{number}"})


def address_of(home: Home) -> str:
    building = home.building
    return " ".join(filter(None, (building.community.name, building.address, home.unit)))


async def home_links(session: AsyncSession, by: Person, home_id: UUID) -> list[HomeLinkView]:
    """The newest first."""
    await seen_home(session, by, home_id)
    rows = await session.scalars(select(HomeLink).where(HomeLink.home_id == home_id).order_by(HomeLink.id.desc()))
    return [
        HomeLinkView(link.id, link.made_at, link.made_by, link.expires_at, link.opened_at, link.revoked_at)
        for link in rows
    ]


async def owners_home(session: AsyncSession, opened: OpenedHome) -> OwnersHome:
    home = await session.get_one(Home, opened.home_id, options=[WITH_TERRITORY])
    kinds = (await session.scalars(select(DefectKind).order_by(DefectKind.code))).all()
    questions = await session.scalars(select(TriageQuestion).order_by(TriageQuestion.code))
    known = {kind.code for kind in kinds}
    return OwnersHome(
        home=address_of(home),
        number=masked(opened.phone),
        rooms=[
            RoomView(
                room.code,
                room.name_en,
                room.name_zh,
                [
                    ThingView(thing.code, thing.name_en, thing.name_zh, thing.picture, there)
                    for thing in room.things
                    if (there := [code for code in thing.defects if code in known])
                ],
            )
            for room in load_rooms()
        ],
        kinds=[KindView(Defect(kind.code, kind.name_en, kind.name_zh), kind.asks[:3]) for kind in kinds],
        questions=[AskedQuestion(one.code, one.text_en, one.text_zh) for one in questions],
        watched=await watched_at(session, home.id, home.building.community.territory),
        zone=home.building.community.territory.zone_name,
    )
