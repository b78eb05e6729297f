"""Clocks that are missed or will be are listed with what is planned; a pause needs the owner's word and is audited."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town

from domain.audit import AuditEntry
from domain.clock_pauses import ClockPause
from domain.jobs import Job
from domain.tickets import Ticket

HOUR = timedelta(hours=1)
AGREED = {"reason": "owner-away", "agreed_by": "Zhang San", "channel": "phone"}


@pytest.fixture(autouse=True)
def nothing(town: Town) -> None:
    town.empty()


def set_ticket(town: Town, ticket_id: UUID, **values: Any) -> None:
    async def change(session: AsyncSession) -> None:
        await session.execute(update(Ticket).where(Ticket.id == ticket_id).values(**values))

    town.write(change)


def in_danger(desk: Desk) -> dict[str, dict[str, Any]]:
    return {one["ticket_id"]: one for one in desk.get("/api/v1/jeopardy").json()}


def states(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["contact"]["state"], one["attend"]["state"], one["repair"]["state"]


def test_a_ticket_is_listed_once_a_clock_is_in_danger_and_the_first_due_first(town: Town, dora: Desk) -> None:
    now = datetime.now(UTC)
    late, soon, fine = (town.report(reported_at=now - 10 * HOUR, where=where) for where in (1, 2, 3))
    far = {"attend_due": now + 90 * HOUR, "repair_due": now + 99 * HOUR}
    set_ticket(town, soon, contacted_at=now, **far | {"attend_due": now + HOUR})
    set_ticket(town, late, contacted_at=None, contact_due=now - HOUR, **far)
    set_ticket(town, fine, contacted_at=now, contact_due=now + HOUR, **far)
    found = in_danger(dora)
    assert list(found) == [str(late), str(soon)]
    assert states(found[str(late)]) == ("missed", "fine", "fine")
    assert states(found[str(soon)])[1:] == ("will_miss", "fine")


def test_a_visit_planned_in_time_takes_the_danger_away_and_one_planned_too_late_says_so(town: Town, dora: Desk) -> None:
    ticket = town.report()
    town.publish(DAY)
    now = datetime.now(UTC)
    far = {"contacted_at": now, "repair_due": now + 900 * HOUR}
    set_ticket(town, ticket, attend_due=now + 100 * HOUR, **far)
    assert str(ticket) not in in_danger(dora)
    set_ticket(town, ticket, attend_due=now + timedelta(minutes=1), **far)
    found = in_danger(dora)[str(ticket)]
    assert found["attend"]["state"] == "will_miss"
    assert found["attend"]["planned"] > found["attend"]["due"]


def test_with_the_owner_s_word_the_clocks_stand_still_and_get_it_back(town: Town, dora: Desk) -> None:
    ticket = town.report("gas-smell", reported_at=datetime.now(UTC))  # its clocks run around the clock
    before = dora.get(f"/api/v1/tickets/{ticket}").json()["ticket"]
    assert dora.post(f"/api/v1/tickets/{ticket}/pause", AGREED).status_code == 200
    assert dora.post(f"/api/v1/tickets/{ticket}/pause", AGREED).status_code == 409

    async def begun_earlier(session: AsyncSession) -> int:
        pause = (await session.scalars(select(ClockPause))).one()
        pause.starts -= timedelta(minutes=90)
        return (await session.scalars(select(Job.version).where(Job.ticket_id == ticket))).one()

    version = town.write(begun_earlier)
    after = dora.post(f"/api/v1/tickets/{ticket}/resume").json()["ticket"]
    assert dora.post(f"/api/v1/tickets/{ticket}/resume").status_code == 409
    for name, still in (("contact", timedelta()), ("attend", 1.5 * HOUR), ("repair", 1.5 * HOUR)):
        gained = datetime.fromisoformat(after[name]["due"]) - datetime.fromisoformat(before[name]["due"])
        assert timedelta() <= gained - still < timedelta(seconds=30), name

    async def told(session: AsyncSession) -> tuple[datetime, int, list[str]]:
        due, moved = (await session.execute(select(Job.due, Job.version).where(Job.ticket_id == ticket))).one()
        trail = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == ticket).order_by(AuditEntry.seq)
        )
        return due, moved, list(trail)

    due, moved, trail = town.write(told)
    assert due == datetime.fromisoformat(after["attend"]["due"])
    assert moved > version, "a plan of before must be stale"
    assert trail[-2:] == ["clocks.paused", "clocks.resumed"]


def test_a_paused_clock_is_in_no_danger_unless_it_was_missed_before(town: Town, dora: Desk) -> None:
    ticket = town.report(reported_at=datetime.now(UTC) - 10 * HOUR)
    now = datetime.now(UTC)
    set_ticket(town, ticket, contacted_at=now, attend_due=now + timedelta(minutes=5), repair_due=now + 9 * HOUR)
    assert str(ticket) in in_danger(dora)
    dora.post(f"/api/v1/tickets/{ticket}/pause", AGREED)
    assert str(ticket) not in in_danger(dora)
    set_ticket(town, ticket, attend_due=now - timedelta(minutes=5))
    found = in_danger(dora)[str(ticket)]
    assert (found["paused"], states(found)[1:]) == ("owner-away", ("missed", "paused"))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"reason": "no-technician"}, 422), ({"agreed_by": "  "}, 422), ({"agreed_by": ""}, 400), ({"channel": "x"}, 400)],
)
def test_nothing_stands_still_without_a_known_reason_and_somebody_s_word(
    town: Town, dora: Desk, wrong: dict[str, str], status: int
) -> None:
    ticket = town.report()
    assert dora.post(f"/api/v1/tickets/{ticket}/pause", AGREED | wrong).status_code == status
    assert dora.post(f"/api/v1/tickets/{ticket}/resume").status_code == 409


def test_another_territory_s_clocks_look_absent(town: Town, dora: Desk) -> None:
    far = town.report(territory_id=town.elsewhere_id, reported_at=datetime.now(UTC) - 99 * HOUR)
    for word in ("pause", "resume"):
        assert dora.post(f"/api/v1/tickets/{far}/{word}", AGREED if word == "pause" else None).status_code == 404
    assert str(far) not in in_danger(dora)
    assert {one["code"] for one in dora.get("/api/v1/pause-reasons").json()} >= {"owner-away", "rain-test"}
