"""Homes whose cover ends soon: listed with dates and articles, as files, and offered an inspection once."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from after_repair import now
from litestar import Litestar
from litestar.testing import TestClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town

from api.actions import inspections, nightly
from api.actions.delivery import Courier, outgoing
from domain.expiring_cover import CoverOffer
from domain.messages import Message
from domain.people import Owner
from domain.places import Building, Community, Home, Territory

TODAY = now().date()
HANDED_OVER = TODAY - timedelta(days=170)
"""Lamps are covered for six months: they end within the next two."""


@pytest.fixture(scope="module")
def home(town: Town) -> UUID:
    async def build(session: AsyncSession) -> UUID:
        community = Community(territory_id=town.territory_id, name="New Harbour")
        building = Building(community=community, address="1 Mole", accepted_on=HANDED_OVER)
        home, unknown = (
            Home(building=building, unit="101", handed_over_on=HANDED_OVER),
            Home(building=building, unit="102"),
        )
        session.add_all([home, unknown])
        await session.flush()
        session.add(Owner(home_id=home.id, name="李四", phone="13900000001"))
        return home.id

    return town.write(build)


@pytest.fixture(autouse=True)
def _nothing_offered(town: Town) -> Iterator[None]:
    yield

    async def forget(session: AsyncSession) -> None:
        for row in (*await session.scalars(select(CoverOffer)), *await session.scalars(select(Message))):
            await session.delete(row)

    town.write(forget)


def messages(town: Town) -> list[Message]:
    async def look(session: AsyncSession) -> list[Message]:
        return list(await session.scalars(select(Message)))

    return town.write(look)


def sweep(town: Town, today: date = TODAY) -> int:
    async def go(session: AsyncSession) -> int:
        territory = await session.get_one(Territory, town.territory_id)
        return await inspections.offer_expiring(session, territory, today, 60)

    return town.write(go)


def test_what_ends_is_listed_with_its_last_day_payer_and_articles(dora: Desk, home: UUID) -> None:
    listed = dora.get("/api/v1/expiring-cover", days=60).json()
    (one,) = [one for one in listed["homes"] if one["home_id"] == str(home)]
    assert one["home"] == "New Harbour 1 Mole 101"
    lamp = one["endings"][0]
    assert TODAY <= date.fromisoformat(lamp["until"]) <= TODAY + timedelta(days=60)
    assert lamp["articles"]
    assert lamp["payer"] in ("builder", "developer")
    assert lamp["offered_at"] is None
    assert dora.get("/api/v1/expiring-cover", days=1).json()["homes"] == []


def test_the_same_is_there_as_csv_and_as_a_workbook(dora: Desk, home: UUID) -> None:
    listed = dora.get("/api/v1/expiring-cover").json()["homes"]
    count = sum(len(one["endings"]) for one in listed)
    csv = dora.get("/api/v1/expiring-cover/table", kind="csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="expiring-cover.csv"'
    assert len(csv.content.decode("utf-8-sig").splitlines()) == 1 + count
    book = load_workbook(BytesIO(dora.get("/api/v1/expiring-cover/table", kind="xlsx").content))
    assert [row[0] for row in book.active.values][1:] == ["New Harbour 1 Mole 101"] * count
    assert "13900000001" not in csv.text


def test_a_night_offers_each_element_once_and_the_next_only_what_is_new(town: Town, home: UUID) -> None:
    assert sweep(town) == 1
    assert sweep(town) == 0
    (told,) = messages(town)
    assert (told.kind, told.home_id, told.addresses) == ("cover_ends", home, {"sms": "13900000001"})
    assert "{link}" in told.body
    later = sweep(town, TODAY + timedelta(days=540))  # two years, as of plaster and pipes
    assert (later, len(messages(town))) == (1, 2)


def test_the_message_leaves_with_a_link_to_report_from(town: Town, dora: Desk, home: UUID) -> None:
    sweep(town)
    (told,) = messages(town)

    async def leave(session: AsyncSession) -> str:
        message = await session.get_one(Message, told.id)
        courier = Courier({}, "https://repairs.example.com", timedelta(days=30))
        return (await outgoing(session, message, "13900000001", courier, {})).link

    link = town.write(leave)
    token = link.removeprefix("https://repairs.example.com/o/report/")
    assert token != link
    assert dora.client.post("/api/v1/owner/home/open", json={"token": token}).status_code == 200


def test_the_desk_offers_it_by_hand_and_the_night_does_not_again(town: Town, dora: Desk, home: UUID) -> None:
    assert dora.post(f"/api/v1/homes/{home}/inspection-offer").json() == {"people": 1}
    assert dora.post(f"/api/v1/homes/{home}/inspection-offer").status_code == 409
    assert sweep(town) == 0
    assert dora.get("/api/v1/expiring-cover").json()["homes"][0]["endings"][0]["offered_at"] is not None


def test_the_nightly_task_offers_it_with_the_rest_of_the_night(town: Town, home: UUID) -> None:
    assert town.write(nightly.run, town.territory_id, 60) is True
    assert len(messages(town)) == 1


def test_homes_elsewhere_look_absent(town: Town, dora: Desk, site: TestClient[Litestar], home: UUID) -> None:
    assert dora.post(f"/api/v1/homes/{uuid4()}/inspection-offer").status_code == 404

    async def move(session: AsyncSession, territory_id: UUID) -> None:
        community = await session.scalar(select(Community).where(Community.name == "New Harbour"))
        assert community is not None
        community.territory_id = territory_id

    town.write(move, town.elsewhere_id)
    assert dora.get("/api/v1/expiring-cover").json()["homes"] == []
    assert dora.post(f"/api/v1/homes/{home}/inspection-offer").status_code == 404
    assert Desk(site, "mia").get("/api/v1/expiring-cover").json()["homes"] != []
    town.write(move, town.territory_id)
