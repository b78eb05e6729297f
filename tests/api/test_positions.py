"""Where technicians are, for the desk: the newest place of each who is at work now, in one's own territories."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town

from api.auth import Person
from api.queries.positions import Position, list_positions
from domain.locations import Location
from domain.people import Role

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


def at(hour: int, minute: int = 0) -> datetime:
    """Of a day whose shifts went from 8 to 17."""
    return datetime.combine(YESTERDAY, time(hour, minute), tzinfo=ZoneInfo("Europe/Lisbon"))


@pytest.fixture
def located(town: Town) -> None:
    """Both were located twice; what came last from the first one was said earlier."""
    town.empty()

    async def put(session: AsyncSession) -> None:
        for number, (minute, latitude) in enumerate(((40, 41.153), (31, 41.151))):
            for who in town.technicians:
                session.add(
                    Location(
                        op_id=uuid4(), technician_id=who, latitude=latitude, longitude=-8.61, accuracy_m=12,
                        at=at(9, minute), received_at=at(9, 50 + number),
                    )
                )  # fmt: skip

    town.write(put)


def seen(town: Town, now: datetime, *territories: object) -> list[Position]:
    person = Person(uuid4(), "Dora", Role.DISPATCHER, frozenset(territories))  # type: ignore[arg-type]
    return town.run(lambda database: database.write(list_positions, person, now))


def test_the_newest_place_of_each_who_is_on_shift_is_told(town: Town, located: None) -> None:
    found = seen(town, at(10), town.territory_id)
    assert [(one.technician, one.latitude, one.accuracy_m) for one in found] == [
        ("Technician T1", 41.153, 12),
        ("Technician T2", 41.153, 12),
    ]
    assert {one.at for one in found} == {at(9, 40)}


def test_who_has_gone_home_is_not_shown_though_the_place_is_still_kept(town: Town, located: None) -> None:
    assert seen(town, at(17), town.territory_id)
    assert seen(town, at(17, 1), town.territory_id) == []


def test_places_of_other_territories_are_not_shown(town: Town, located: None) -> None:
    assert seen(town, at(10), town.elsewhere_id) == []
    assert seen(town, at(10)) == []


def test_the_desk_is_told_over_http_and_a_phone_is_not(phone: Pocket) -> None:
    visit = phone.stops()[0]["visit_id"]
    phone.send(phone.operation("arrive", visit))  # at work, whatever the hour is
    told = phone.send(phone.operation("ping", visit, latitude=41.1512, longitude=-8.6123))
    assert told[0]["status"] == "applied"
    [position] = Desk(phone.client, "dora").get("/api/v1/positions").json()
    assert (position["technician"], position["visit_id"]) == ("Technician T1", visit)
    assert (position["latitude"], position["longitude"], position["accuracy_m"]) == (41.1512, -8.6123, None)
    phone.client.cookies.clear()
    assert phone.client.get("/api/v1/positions", headers=phone.headers).status_code == 403
