"""Where a technician on shift is: kept for a day, never off shift, and in no receipt."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from town import Pocket, Town
from two_stops import rows

from api.actions.effects import locations
from domain.locations import MOST_KEPT, Location
from domain.operations import Operation


def ping(phone: Pocket, **values: Any) -> dict[str, Any]:
    operation = phone.operation("ping", "", latitude=41.1512, longitude=-8.6123) | values
    return {name: value for name, value in operation.items() if value != ""}


def receipt(town: Town, said: dict[str, Any]) -> Operation:
    return next(one for one in rows(town, Operation) if one.op_id == UUID(said["op_id"]))


@pytest.fixture
def at_work(phone: Pocket) -> Pocket:
    """Whatever the hour is: with a visit under way a technician is at work."""
    phone.send(phone.operation("arrive", phone.stops()[0]["visit_id"]))
    return phone


def test_a_ping_at_work_is_kept_once_and_its_receipt_tells_no_place(at_work: Pocket, town: Town) -> None:
    said = ping(at_work, accuracy_m=12)
    assert [at_work.send(said)[0]["status"] for _ in range(2)] == ["applied", "duplicate"]
    [kept] = rows(town, Location)
    assert (kept.technician_id, kept.latitude, kept.longitude, kept.accuracy_m, kept.visit_id) == (
        town.technicians[0], 41.1512, -8.6123, 12, None,
    )  # fmt: skip
    assert "41.15" not in str(receipt(town, said).payload)
    elsewhere = at_work.send(said | {"latitude": 40.0})[0]
    assert elsewhere["status"] == "duplicate"
    assert [one.latitude for one in rows(town, Location)] == [41.1512]


def test_a_ping_may_name_a_visit_of_one_s_own_only(at_work: Pocket, town: Town) -> None:
    mine, unknown = at_work.stops()[0]["visit_id"], "01890000-0000-7000-8000-000000000000"
    verdicts = at_work.send(ping(at_work, visit_id=mine), ping(at_work, visit_id=unknown))
    assert [(v["status"], v.get("reason")) for v in verdicts] == [("applied", None), ("rejected", "unknown_visit")]
    assert [str(one.visit_id) for one in rows(town, Location)] == [mine]


def test_nobody_is_located_off_shift(phone: Pocket, town: Town) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    night = datetime.combine(yesterday, time(22), tzinfo=ZoneInfo("Europe/Lisbon"))
    said = ping(phone, at=night.isoformat())
    [verdict] = phone.send(said)
    assert (verdict["status"], verdict["reason"]) == ("rejected", "off_shift")
    assert rows(town, Location) == []
    assert "41.15" not in str(receipt(town, said).payload)


def test_a_ping_from_a_shift_is_taken_when_it_comes_late(phone: Pocket) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    morning = datetime.combine(yesterday, time(10), tzinfo=ZoneInfo("Europe/Lisbon"))
    assert phone.send(ping(phone, at=morning.isoformat()))[0]["status"] == "applied"


def test_places_older_than_a_day_and_beyond_the_most_are_forgotten(at_work: Pocket, town: Town) -> None:
    now = datetime.now(UTC)
    mine, colleague = town.technicians
    seconds = [(mine, timedelta(seconds=second)) for second in range(1, MOST_KEPT + 1)]
    long_ago = [(mine, timedelta(hours=25)), (colleague, timedelta(hours=25)), (colleague, timedelta(hours=23))]

    async def much(session: AsyncSession) -> None:
        for number, (who, age) in enumerate(seconds + long_ago):
            place = {"latitude": 41.0, "longitude": -8.0}
            session.add(Location(op_id=UUID(int=number), technician_id=who, at=now - age, received_at=now, **place))

    def places(who: UUID) -> list[Location]:
        return sorted((one for one in rows(town, Location) if one.technician_id == who), key=lambda one: one.at)

    town.write(much)
    at_work.send(ping(at_work))
    assert len(places(mine)) == MOST_KEPT
    assert places(mine)[-1].latitude == 41.1512
    assert len(places(colleague)) == 2  # nobody has looked after theirs yet
    town.write(locations.forget_old, now)
    assert [one.at for one in places(colleague)] == [now - timedelta(hours=23)]
    town.write(locations.forget_old, now + timedelta(hours=25))
    assert rows(town, Location) == []
