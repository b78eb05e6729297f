"""What waits and what failed stands in PostgreSQL: an emptied Redis loses nothing. An operator decides what goes."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import redis
from booking_desk import job_at
from gateways import http_gateway
from post_office import PostOffice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town
from two_stops import rows

from api.actions import planning
from api.adapters.messages.gateway import Outgoing
from api.adapters.messages.sms import SmsGateway
from api.auth import Person
from api.db.engine import Database
from api.db.outbox import OutboxEvent
from api.db.task_troubles import TaskTrouble, noting_trouble
from api.queries.queue import show_queue
from domain.message_templates import Language, MessageKind
from domain.messages import Message, MessageState, Way
from domain.people import Role
from domain.plans import Plan, PlanState


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def shown(dora: Desk) -> list[dict[str, Any]]:
    answer = dora.get("/api/v1/queue")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def act(dora: Desk, how: str, item: dict[str, Any]) -> Any:
    return dora.post(f"/api/v1/queue/{how}", {"kind": item["kind"], "id": item["id"]})


def events(town: Town, kind: str) -> list[UUID]:
    """What they are about, oldest first."""
    found = rows(town, select(OutboxEvent).where(OutboxEvent.kind == kind).order_by(OutboxEvent.seq))
    return [event.subject for event in found]


def failed(town: Town, why: str = "The map is torn.") -> UUID:
    plan = town.write(planning.request, town.territory_id, DAY, 0.4)

    async def fail(session: AsyncSession) -> None:
        await planning.claim(session, plan.id)
        await planning.give_up(session, plan.id, 1, PlanState.FAILED, why)

    town.write(fail)
    return plan.id


def test_what_waits_is_there_after_redis_was_emptied(dora: Desk, town: Town, redis_url: str) -> None:
    plan = town.write(planning.request, town.territory_id, DAY, 0.4)
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    dora = Desk(dora.client, "dora")
    [item] = shown(dora)
    assert (item["kind"], item["id"], item["state"], item["tries"]) == ("plan", str(plan.id), "queued", 0)
    assert (item["territory"], item["about"]) == ("Harbour", f"{DAY} · 1")


def test_a_plan_that_failed_says_why_and_is_tried_again_as_a_new_version(dora: Desk, town: Town) -> None:
    town.report()
    old = failed(town)
    [item] = shown(dora)
    assert (item["state"], item["error"], item["tries"], item["retry"]) == ("failed", "The map is torn.", 1, True)
    answer = act(dora, "retry", item)
    assert answer.status_code == 200, answer.text
    [again] = answer.json()["items"]
    assert (again["state"], again["about"]) == ("queued", f"{DAY} · 2")
    [made] = rows(town, select(Plan).where(Plan.id == UUID(again["id"])))
    assert (made.seconds, made.day) == (0.4, DAY)
    assert [e.subject for e in rows(town, select(OutboxEvent).where(OutboxEvent.kind == "plan.requested"))][
        -1
    ] == made.id
    assert act(dora, "retry", item).status_code == 409
    assert {plan.state for plan in rows(town, select(Plan).where(Plan.id == old))} == {PlanState.DROPPED}


def test_a_dropped_plan_is_never_made_and_its_worker_comes_too_late(dora: Desk, town: Town) -> None:
    town.report()
    plan = town.write(planning.request, town.territory_id, DAY, 60.0)

    async def drop_meanwhile(database: Database) -> None:
        solving = asyncio.create_task(planning.solve(database, plan.id, threads=1, osrm_url=None))
        async with asyncio.timeout(10):
            while (await look(database)).state is not PlanState.SOLVING:  # noqa: ASYNC110 (it is another connection's)
                await asyncio.sleep(0.05)
        [running] = await asyncio.to_thread(shown, dora)
        assert running["state"] == "running"
        assert (await asyncio.to_thread(act, dora, "drop", running)).json()["items"] == []
        async with asyncio.timeout(10):
            await solving

    async def look(database: Database) -> Plan:
        async with database.read() as session:
            return await session.get_one(Plan, plan.id)

    town.run(drop_meanwhile)
    [left] = rows(town, Plan)
    assert (left.state, left.cost) == (PlanState.DROPPED, None)


def test_a_published_plan_is_no_work_and_can_not_be_dropped(dora: Desk, town: Town) -> None:
    town.report()
    plan_id = town.publish()
    assert shown(dora) == []
    assert act(dora, "drop", {"kind": "plan", "id": str(plan_id)}).status_code == 409
    assert act(dora, "retry", {"kind": "plan", "id": str(plan_id)}).status_code == 409


def test_a_plan_whose_worker_was_lost_waits_again(dora: Desk, town: Town) -> None:
    plan = town.write(planning.request, town.territory_id, DAY, 0.4)

    async def lost(session: AsyncSession) -> None:
        await planning.claim(session, plan.id)
        (await session.get_one(Plan, plan.id)).claimed_until = datetime.now(UTC) - timedelta(seconds=1)

    town.write(lost)
    [item] = shown(dora)
    assert (item["state"], item["tries"]) == ("queued", 1)
    assert "has not come back" in item["error"]


def test_an_address_that_could_not_be_asked_for_is_tried_again_or_dropped(dora: Desk, town: Town) -> None:
    town.report(address="Somewhere", latitude=None, longitude=None)
    [building] = events(town, "building.unlocated")

    async def fails(database: Database) -> None:
        for _ in range(2):
            with pytest.raises(OSError, match="no route"):
                async with noting_trouble(database, "locate_building", building):
                    raise OSError("no route to the geocoder")

    town.run(fails)
    item = {"kind": "place", "id": str(building)}
    [trouble] = town.run(addresses)
    assert (trouble.state, trouble.tries, trouble.error) == ("failed", 2, "OSError: no route to the geocoder")
    assert act(dora, "retry", item).status_code == 200
    [waiting] = town.run(addresses)
    assert (waiting.state, waiting.tries) == ("queued", 0)
    assert events(town, "building.unlocated") == [building, building]
    assert act(dora, "drop", item).status_code == 200
    assert town.run(addresses) == []
    assert [one.dropped for one in rows(town, TaskTrouble)] == [True]


async def addresses(database: Database) -> list[Any]:
    somebody = Person(UUID(int=0), "", Role.MANAGER, None)
    async with database.read() as session:
        view = await show_queue(session, somebody, geocoding=True)
        return [item for item in view.items if item.kind == "place"]


def test_a_task_that_works_forgets_what_went_wrong(town: Town) -> None:
    subject = UUID(int=7)

    async def fails_then_works(database: Database) -> None:
        with pytest.raises(ValueError, match="no"):
            async with noting_trouble(database, "fetch_media", subject):
                raise ValueError("no")
        async with noting_trouble(database, "fetch_media", subject):
            pass

    town.run(fails_then_works)
    assert rows(town, select(TaskTrouble).where(TaskTrouble.subject == subject)) == []


def test_a_dispatcher_sees_and_touches_only_her_territories(town: Town, mia: Desk) -> None:
    plan = town.write(planning.request, town.elsewhere_id, DAY, 0.4)
    assert len(shown(mia)) == 1
    dora = Desk(mia.client, "dora")
    assert shown(dora) == []
    assert act(dora, "drop", {"kind": "plan", "id": str(plan.id)}).status_code == 404
    assert act(dora, "drop", {"kind": "picture", "id": str(plan.id)}).status_code == 404
    assert dora.post("/api/v1/queue/drop", {"kind": "nonsense", "id": str(plan.id)}).status_code in (400, 422)


def test_a_message_that_no_way_takes_is_shown_with_each_gateway_s_answer_sent_again_or_taken_away(
    dora: Desk, town: Town, tmp_path: Path
) -> None:
    job_id = job_at(town, 1)
    day = next(day for day in dora.get(f"/api/v1/jobs/{job_id}/offers").json()["days"] if day["offers"])
    slot = {name: day["offers"][0][name] for name in ("opens", "closes")}
    assert dora.post(f"/api/v1/jobs/{job_id}/bookings", slot).status_code == 201
    with http_gateway(lambda _: (403, b"")) as gateway:

        class Sms:
            async def send(self, out: Outgoing) -> str:
                async with httpx.AsyncClient() as client:
                    return await SmsGateway(client, gateway.url, "", False).send(out)

        post = PostOffice(town, tmp_path, {Way.SMS: Sms()})
        post.hurry()
        post.send_all()
    (item,) = [one for one in shown(dora) if one["kind"] == "message"]
    assert (item["state"], item["tries"], item["retry"], item["drop"]) == ("failed", 1, True, True)
    assert item["error"] == "sms: The SMS gateway answers 403."
    assert "Zhang San" in item["about"]
    assert act(dora, "retry", item).status_code == 200
    (again,) = [one for one in shown(dora) if one["kind"] == "message"]
    assert (again["state"], again["tries"]) == ("queued", 0)
    assert again["id"] != item["id"]
    assert act(dora, "retry", again).status_code == 409, "it is still on its way"
    assert act(dora, "drop", again).status_code == 200
    assert [one for one in shown(dora) if one["kind"] == "message"] == []
    assert [one.state for one in post.messages("booked")] == [MessageState.FAILED] * 2
    post.send_all()
    assert post.lines() == []


def test_messages_of_another_territory_are_not_this_dispatcher_s(dora: Desk, town: Town) -> None:
    now = datetime.now(UTC)

    async def write(session: AsyncSession) -> UUID:
        message = Message(
            dedupe_key="elsewhere", kind=MessageKind.DAY_CHANGED, territory_id=town.elsewhere_id, to_name="T",
            addresses={}, language=Language.ZH, subject="s", body="b", values={}, at_night=True,
            state=MessageState.FAILED, why="no way", made_at=now, not_before=now, next_at=now,
        )  # fmt: skip
        session.add(message)
        await session.flush()
        return message.id

    subject = town.write(write)
    assert [one for one in shown(dora) if one["id"] == str(subject)] == []
    for how in ("retry", "drop"):
        answer = dora.post(f"/api/v1/queue/{how}", {"kind": "message", "id": str(subject)})
        assert answer.status_code == 404
    mia = Desk(dora.client, "mia")
    (item,) = [one for one in shown(mia) if one["id"] == str(subject)]
    assert (item["error"], item["retry"]) == ("no way", True)
    assert act(mia, "retry", item).status_code == 200, "a technician's, which is of no ticket"
