"""An emergency out of hours goes through the roster in order until one person, and only one, accepts it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from owner_browser import OwnerBrowser, link_for
from post_office import PostOffice
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import HASH, Desk, Town

from api.actions import alarms
from domain.calendars import calendar_for
from domain.on_call import Alarm, AlarmStep, OnCallTurn
from domain.people import Role, Staff
from domain.tickets import Ticket, TicketState

LISBON = ZoneInfo("Europe/Lisbon")
WAIT = timedelta(minutes=5)


def a_monday(hour: int, minute: int = 0) -> datetime:
    """A past one, in working weeks without a holiday that the plain calendar would know."""
    day = datetime.now(LISBON) - timedelta(days=7)
    day -= timedelta(days=day.weekday())
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


NIGHT = a_monday(2)


@pytest.fixture
def roster(town: Town) -> None:
    """Nora first, then Otto, tonight; Paul was on yesterday; Quin has left."""
    town.empty()
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("TRUNCATE on_call_turns")

    async def fill(session: AsyncSession) -> None:
        now = datetime.now(UTC)
        there = set(await session.scalars(select(Staff.username)))
        for position, (name, since, active) in enumerate(
            [("otto", -1, True), ("nora", -1, True), ("paul", -30, True), ("quin", -1, False)], start=2
        ):
            if name in there:
                staff = (await session.scalars(select(Staff).where(Staff.username == name))).one()
            else:
                staff = Staff(username=name, name=name.title(), role=Role.DISPATCHER, password_hash=HASH, active=active)
            session.add(
                OnCallTurn(
                    territory_id=town.territory_id,
                    staff=staff,
                    reach_at=f"+351 {name}",
                    position=1 if name == "nora" else position,
                    starts=now + timedelta(hours=since),
                    ends=now + timedelta(hours=since + 12),
                )
            )

    town.write(fill)


@pytest.fixture
def post(town: Town, tmp_path: Path) -> PostOffice:
    return PostOffice(town, tmp_path / "messages")


def ring(town: Town, post: PostOffice | None = None) -> bool:
    rang = town.write(alarms.ring_next, WAIT, "http://desk")
    if post is not None:
        post.send_all()
    return rang


def due(town: Town) -> None:
    """The wait is over."""

    async def now(session: AsyncSession) -> None:
        await session.execute(update(Alarm).values(next_at=datetime.now(UTC)))

    town.write(now)


@pytest.mark.parametrize(
    ("hour", "minute", "open_"), [(2, 0, False), (8, 59, False), (9, 0, True), (17, 59, True), (18, 0, False)]
)
def test_the_desk_is_open_from_its_first_minute_to_before_its_last(hour: int, minute: int, open_: bool) -> None:
    calendar = calendar_for("Europe/Lisbon", "Porto", ())
    assert calendar.is_open(a_monday(hour, minute)) is open_
    assert not calendar.is_open(a_monday(hour, minute) - timedelta(days=1))


@pytest.mark.parametrize(
    ("defect", "at", "rings"), [("gas-smell", NIGHT, 1), ("slow-leak", NIGHT, 0), ("gas-smell", a_monday(10), 0)]
)
def test_only_an_emergency_out_of_hours_rings(
    town: Town, dora: Desk, roster: None, defect: str, at: datetime, rings: int
) -> None:
    town.report(defect, reported_at=at)
    assert len(dora.get("/api/v1/alarms").json()) == rings


def test_it_rings_through_the_order_and_from_the_first_again(
    town: Town, dora: Desk, roster: None, post: PostOffice
) -> None:
    town.report("gas-smell", reported_at=NIGHT)
    for _ in range(3):
        assert ring(town, post)
        assert not ring(town, post), "the next one has to wait"
        due(town)
    told = post.lines()
    assert [one["to"] for one in told] == ["+351 nora", "+351 otto", "+351 nora"]
    assert len({one["id"] for one in told}) == 3
    assert "Smell of gas" in told[0]["text"]
    assert "13812340000" not in str(told)
    assert "Zhang" not in str(told)
    (alarm,) = dora.get("/api/v1/alarms").json()
    assert [step["who"] for step in alarm["steps"]] == ["Nora", "Otto", "Nora"]


def test_of_many_who_accept_at_once_one_has_it_and_it_rings_no_more(
    town: Town, dora: Desk, roster: None, post: PostOffice
) -> None:
    town.report("gas-smell", reported_at=NIGHT)
    (alarm,) = dora.get("/api/v1/alarms").json()

    async def people(session: AsyncSession) -> list[UUID]:
        return list(await session.scalars(select(Staff.id)))

    from api.auth import Person
    from domain.errors import IllegalMove

    def accept(staff_id: UUID) -> bool:
        try:
            town.write(alarms.accept, UUID(alarm["id"]), Person(staff_id, "x", Role.MANAGER, None))
        except IllegalMove:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(accept, town.write(people))) == 1
    due(town)
    assert not ring(town, post)
    (after,) = dora.get("/api/v1/alarms").json()
    assert after["state"] == "accepted"
    assert after["accepted_by"]


def test_accepting_goes_through_the_site_and_twice_is_once(town: Town, dora: Desk, mia: Desk, roster: None) -> None:
    town.report("gas-smell", reported_at=NIGHT)
    (alarm,) = mia.get("/api/v1/alarms").json()
    path = f"/api/v1/alarms/{alarm['id']}/accept"
    assert [mia.post(path).status_code for _ in range(2)] == [204, 204]
    assert mia.get("/api/v1/alarms").json()[0]["accepted_by"] == "Mia"


def test_nobody_on_call_is_a_step_too_and_whoever_comes_on_call_is_told(
    town: Town, dora: Desk, roster: None, post: PostOffice
) -> None:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("TRUNCATE on_call_turns")
    town.report("gas-smell", reported_at=NIGHT)
    assert ring(town, post)
    (alarm,) = dora.get("/api/v1/alarms").json()
    assert [(step["who"], step["why"]) for step in alarm["steps"]] == [(None, "Nobody is on call.")]
    assert post.lines() == []


def told_to_the_owner(dora: Desk, ticket_id: UUID) -> tuple[bool, bool]:
    told = OwnerBrowser(dora.client, link_for(dora, ticket_id)).ticket()["help"]
    return told["ringing"], told["unreached"]


def test_the_owner_is_told_of_a_call_only_if_somebody_is_on_call_and_could_be_told(
    town: Town, dora: Desk, roster: None, post: PostOffice
) -> None:
    ticket_id = town.report("gas-smell", reported_at=NIGHT)
    assert told_to_the_owner(dora, ticket_id) == (True, False)
    post.folder.write_text("a file where the folder should be")
    assert ring(town, post)
    assert told_to_the_owner(dora, ticket_id) == (False, True)
    post.folder.unlink()
    due(town)
    assert ring(town, post)
    assert told_to_the_owner(dora, ticket_id) == (True, False)
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("TRUNCATE on_call_turns")
    assert told_to_the_owner(dora, ticket_id) == (False, True)


def test_an_alarm_whose_ticket_needs_nobody_ends(town: Town, dora: Desk, roster: None, post: PostOffice) -> None:
    ticket_id = town.report("gas-smell", reported_at=NIGHT)

    async def cancel(session: AsyncSession) -> None:
        (await session.get_one(Ticket, ticket_id)).state = TicketState.CANCELLED

    town.write(cancel)
    assert ring(town, post)
    assert dora.get("/api/v1/alarms").json()[0]["state"] == "over"
    assert post.lines() == []


def test_a_carrier_that_fails_is_a_step_with_its_reason_and_the_next_comes_soon(
    town: Town, dora: Desk, roster: None, post: PostOffice
) -> None:
    town.report("gas-smell", reported_at=NIGHT)
    post.folder.write_text("a file where the folder should be")
    assert ring(town, post)
    (alarm,) = dora.get("/api/v1/alarms").json()
    assert "can't be written" in alarm["steps"][0]["why"]

    async def left(session: AsyncSession) -> timedelta:
        return (await session.scalars(select(Alarm.next_at))).one() - datetime.now(UTC)

    assert town.write(left) <= timedelta(seconds=10)


def test_two_workers_take_a_step_once(town: Town, roster: None, post: PostOffice) -> None:
    town.report("gas-smell", reported_at=NIGHT)
    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(lambda _: ring(town, post), range(6))) == 1
    assert len(post.lines()) == 1

    async def steps(session: AsyncSession) -> list[int]:
        return list(await session.scalars(select(AlarmStep.number)))

    assert town.write(steps) == [1]


def turn(town: Town, **values: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "territory_id": str(town.territory_id),
        "username": "dora",
        "reach_at": "13912345678",
        "position": 1,
        "starts": now.isoformat(),
        "ends": (now + timedelta(hours=12)).isoformat(),
    } | values


def test_a_manager_keeps_the_roster_and_a_dispatcher_reads_it(town: Town, mia: Desk, roster: None) -> None:
    made = mia.post("/api/v1/on-call", turn(town))
    assert made.status_code == 201, made.text
    shown = {one["id"]: one for one in mia.get("/api/v1/on-call").json()}
    assert shown[made.json()["id"]]["reach_at"] == "139****5678"
    for wrong, status in (
        ({"username": "nobody"}, 404),
        ({"ends": turn(town)["starts"], "starts": turn(town)["ends"]}, 422),
        ({"position": 0}, 400),
        ({"starts": "2026-01-01T00:00:00"}, 400),
    ):
        assert mia.post("/api/v1/on-call", turn(town, **wrong)).status_code == status, wrong
    assert mia.post(f"/api/v1/on-call/{made.json()['id']}/drop").status_code == 204
    assert made.json()["id"] not in {one["id"] for one in mia.get("/api/v1/on-call").json()}
    dora = Desk(mia.client, "dora")
    assert dora.get("/api/v1/on-call").status_code == 200
    assert dora.post("/api/v1/on-call", turn(town)).status_code == 403
