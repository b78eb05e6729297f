"""Homes whose cover ends soon, by element and article."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.sheets import Table
from api.auth import Person
from api.queries.homes import WITH_TERRITORY, address_of
from api.queries.house_rules import load_house_rules
from domain.expiring_cover import CoverOffer, Ending, ending
from domain.places import Building, Community, Home, Territory
from domain.warranty_rules import RuleBook

MOST = 500
COLUMNS = ("home", "element", "element_zh", "covered_until", "payer", "articles", "offered_at")


class CoverEnding(Struct):
    """`offered_at` is when the owner was offered an inspection of this element."""

    item: str
    name_en: str
    name_zh: str
    until: date
    payer: str
    articles: list[str]
    offered_at: datetime | None


class HomeEnding(Struct):
    home_id: UUID
    territory_id: UUID
    home: str
    endings: list[CoverEnding]


class ExpiringCover(Struct):
    """The first to end comes first. No more than 500 homes; `more` says how many there are besides."""

    homes: list[HomeEnding]
    more: int


async def endings_in(
    session: AsyncSession, territory: Territory, today: date, within: timedelta, rules: RuleBook
) -> list[tuple[Home, Sequence[Ending]]]:
    """Most homes of a building have the same dates: those are judged once."""
    homes = await session.scalars(
        select(Home)
        .join(Home.building)
        .join(Building.community)
        .where(
            Community.territory_id == territory.id,
            or_(Home.handed_over_on.is_not(None), Building.accepted_on.is_not(None)),
        )
        .options(WITH_TERRITORY)
        .order_by(Home.id)
    )
    judged: dict[tuple[date | None, date | None], Sequence[Ending]] = {}
    found = []
    for home in homes:
        dates = home.building.accepted_on, home.handed_over_on
        if dates not in judged:
            judged[dates] = ending(*dates, today, within, rules, territory.city)
        if judged[dates]:
            found.append((home, judged[dates]))
    return found


async def expiring(
    session: AsyncSession, by: Person, now: datetime, days: int, territory_id: UUID | None = None
) -> list[HomeEnding]:
    rules = (await load_house_rules(session)).warranty
    found: list[HomeEnding] = []
    for territory in await session.scalars(select(Territory)):
        if by.sees(territory.id) and territory_id in (None, territory.id):
            today = now.astimezone(territory.zone).date()
            there = await endings_in(session, territory, today, timedelta(days=days), rules)
            offered = await offers_of(session, [home.id for home, _ in there])
            found += [view(home, ends, territory.id, offered) for home, ends in there]
    return sorted(found, key=lambda home: (home.endings[0].until, home.home))


async def offers_of(session: AsyncSession, homes: Sequence[UUID]) -> dict[tuple[UUID, str, date], datetime]:
    rows = await session.scalars(select(CoverOffer).where(CoverOffer.home_id.in_(homes)))
    return {(one.home_id, one.item, one.until): one.offered_at for one in rows}


def view(
    home: Home, ends: Sequence[Ending], territory_id: UUID, offered: dict[tuple[UUID, str, date], datetime]
) -> HomeEnding:
    return HomeEnding(
        home.id,
        territory_id,
        address_of(home),
        [
            CoverEnding(
                one.told.item,
                one.name_en,
                one.name_zh,
                one.until,
                str(one.told.payer),
                list(one.told.articles),
                offered.get((home.id, one.told.item, one.until)),
            )
            for one in ends
        ],
    )


def page(found: list[HomeEnding]) -> ExpiringCover:
    return ExpiringCover(found[:MOST], max(0, len(found) - MOST))


def table(found: list[HomeEnding]) -> Table:
    """A row for each element; without names and numbers of owners."""
    rows = [
        [home.home, one.name_en, one.name_zh, one.until, one.payer, "; ".join(one.articles), one.offered_at]
        for home in found
        for one in home.endings
    ]
    return Table("expiring cover", COLUMNS, rows)
