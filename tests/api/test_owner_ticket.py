"""What an owner sees of a ticket on its way from report to watch, and says of the visit afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from booking_desk import job_at
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.audit import AuditEntry
from domain.jobs import Job
from domain.ratings import Rating
from domain.tickets import Ticket
from domain.watch import watch_of


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def ticket_id(town: Town) -> UUID:
    return town.report(where=1)


@pytest.fixture
def owner(dora: Desk, ticket_id: UUID) -> OwnerBrowser:
    return OwnerBrowser(dora.client, link_for(dora, ticket_id))


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def phone_with_the_visit(town: Town, dora: Desk) -> tuple[Pocket, str]:
    for technician in town.technicians:
        pocket = Pocket(dora, technician)
        if stops := pocket.stops():
            return pocket, stops[0]["visit_id"]
    raise AssertionError("No phone has a visit.")


def test_a_tickets_way_is_told_step_by_step_with_who_comes_and_when(
    town: Town, dora: Desk, owner: OwnerBrowser
) -> None:
    assert owner.progress() == {
        "received": "now", "planned": "ahead", "on_the_way": "ahead", "working": "ahead", "done": "ahead",
        "watch": "ahead",
    }  # fmt: skip
    assert owner.ticket()["technician"] is None
    chosen = owner.times()[0]
    assert owner.post("booking", chosen).status_code == 201
    planned = owner.ticket()
    assert owner.progress()["planned"] == "now"
    assert planned["booked"] == planned["expected"] == {"begins": chosen["opens"], "ends": chosen["closes"]}
    assert planned["technician"]["name"].startswith("Technician T")
    assert [one["name_zh"] for one in planned["technician"]["certificates"]] == ["特种作业操作证（电工作业）"]

    town.publish()
    pocket, visit_id = phone_with_the_visit(town, dora)
    pocket.send(pocket.operation("depart", visit_id))
    coming = owner.ticket()
    assert owner.progress()["on_the_way"] == "now"
    begins, ends = (datetime.fromisoformat(coming["expected"][end]) for end in ("begins", "ends"))
    assert begins >= datetime.now(UTC) - timedelta(minutes=1)
    assert timedelta(minutes=15) <= ends - begins <= timedelta(minutes=30)
    assert (coming["may"]["choose"], coming["may"]["cancel"]) == (False, False)

    pocket.send(pocket.operation("arrive", visit_id))
    assert owner.progress()["working"] == "now"
    assert owner.ticket()["expected"] is None
    pocket.send(pocket.complete(visit_id, accepted=True))
    steps = {step["kind"]: step for step in owner.ticket()["steps"]}
    assert [step["progress"] for step in steps.values()] == ["past"] * 5 + ["now"]
    assert steps["watch"]["until"] == str(datetime.now(UTC).date() + watch_of("light-fitting").length)
    assert None not in [steps[kind]["at"] for kind in ("received", "on_the_way", "working", "done")]


def test_a_refused_repair_waits_for_another_time(town: Town, dora: Desk, owner: OwnerBrowser) -> None:
    town.publish()
    pocket, visit_id = phone_with_the_visit(town, dora)
    pocket.send(pocket.complete(visit_id, accepted=False))
    ticket = owner.ticket()
    assert (owner.progress()["received"], owner.progress()["planned"]) == ("now", "ahead")
    assert ticket["may"] == {
        "choose": True,
        "cancel": False,
        "code": False,
        "prove": True,
        "rate": True,
        "come_back": False,
        "say_it_held": False,
    }
    assert owner.times()


def test_the_warranty_is_told_in_words_in_both_languages(town: Town, dora: Desk, owner: OwnerBrowser) -> None:
    told = owner.ticket()["warranty"]
    assert told["covered"] is None
    assert "can't be said without" in told["why_en"]
    assert "无法判定" in told["why_zh"]


def test_a_time_is_chosen_with_the_link_alone_and_moved_or_cancelled_only_with_the_number_proven(
    town: Town, owner: OwnerBrowser, messages: Path
) -> None:
    first, second, *_ = owner.times()
    assert owner.post("hold", first).status_code == 201
    assert owner.get("offers").json()["held"]["opens"] == first["opens"]
    assert owner.client.delete("/api/v1/owner/hold", headers=owner.headers).status_code == 204
    assert owner.get("offers").json()["held"] is None
    assert owner.post("booking", first).status_code == 201
    assert owner.post("booking", first).status_code == 201  # told again, because the answer got lost
    assert owner.ticket()["may"] == {
        "choose": True,
        "cancel": True,
        "code": True,
        "prove": True,
        "rate": False,
        "come_back": False,
        "say_it_held": False,
    }
    for what, body in (("booking", second), ("booking/cancel", {})):
        refused = owner.post(what, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "number_not_proven")
    assert owner.ticket()["booked"]["begins"] == first["opens"]
    owner.prove(messages)
    assert owner.post("booking", second).status_code == 201
    assert owner.ticket()["booked"]["begins"] == second["opens"]
    assert owner.post("booking/cancel", {"reason": "away"}).status_code == 200
    assert owner.ticket()["booked"] is None


def test_who_loses_the_last_room_of_a_time_is_told_the_others_with_the_refusal(town: Town, dora: Desk) -> None:
    async def long(session: AsyncSession) -> None:
        for job in await session.scalars(select(Job)):
            job.duration = timedelta(hours=8)

    jobs = [job_at(town, house) for house in (1, 2, 3)]
    town.write(long)
    tickets = [one["id"] for one in dora.get("/api/v1/tickets").json()]
    first, second, third = (OwnerBrowser(dora.client, link_for(dora, UUID(one))) for one in tickets)
    assert len(jobs) == 3
    chosen = third.times()[0]
    assert [one.post("booking", chosen).status_code for one in (first, second)] == [201, 201]
    refused = third.post("booking", chosen)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    others = [one["opens"] for day in refused.json()["offers"] for one in day["offers"]]
    assert others == [one["opens"] for one in third.times()]
    assert chosen["opens"] not in others


def test_a_visit_is_rated_once_and_not_before_it_was(town: Town, dora: Desk, owner: OwnerBrowser) -> None:
    assert owner.post("rating", {"stars": 5}).json()["code"] == "illegal_move"
    town.publish()
    pocket, visit_id = phone_with_the_visit(town, dora)
    pocket.send(pocket.complete(visit_id, accepted=True))
    told: dict[str, Any] = {"stars": 4, "in_time": True, "solved": False, "remark": "滴水"}
    assert owner.ticket()["may"]["rate"] is True
    assert owner.post("rating", told).status_code == 201
    assert (owner.ticket()["may"]["rate"], owner.ticket()["stars"]) == (False, 4)
    again = owner.post("rating", {"stars": 1})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")

    async def kept(session: AsyncSession) -> tuple[list[Any], list[dict[str, Any]]]:
        ratings = (await session.scalars(select(Rating))).all()
        trail = await session.scalars(select(AuditEntry.data).where(AuditEntry.action == "visit.rated"))
        return [(one.stars, one.in_time, one.solved, one.tidy, one.remark) for one in ratings], list(trail)

    ratings, trail = town.write(kept)
    assert ratings == [(4, True, False, None, "滴水")]
    assert trail == [{"stars": 4, "solved": False}]


@pytest.mark.parametrize(
    "body", [{}, {"stars": 0}, {"stars": 6}, {"stars": "five"}, {"stars": 5, "remark": "x" * 501}, {"stars": 5, "x": 1}]
)
def test_a_rating_that_makes_no_sense_is_refused(owner: OwnerBrowser, body: dict[str, Any]) -> None:
    assert owner.post("rating", body).status_code == 400


def test_a_closed_ticket_offers_no_times(town: Town, dora: Desk, owner: OwnerBrowser, ticket_id: UUID) -> None:
    town.publish(DAY)
    pocket, visit_id = phone_with_the_visit(town, dora)
    pocket.send(pocket.complete(visit_id, accepted=True))
    refused = owner.get("offers")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")

    async def state(session: AsyncSession) -> str:
        return str((await session.get_one(Ticket, ticket_id)).state)

    assert owner.ticket()["state"] == town.write(state) == "closed"
