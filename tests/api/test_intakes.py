"""A conversation becomes one ticket, by the desk or by itself, and no word of it is lost on the way."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from wechat_servers import Wechat, followed, wechat

from domain.audit import AuditEntry
from domain.intakes import SAME_CONVERSATION, Intake, IntakeLink
from domain.people import Staff
from domain.places import Territory

__all__ = ["followed", "wechat"]


@pytest.fixture
def desk(followed: TestClient[Litestar]) -> Desk:
    return Desk(followed, "dora")


def of(desk: Desk, sender_words: str, state: str | None = None) -> dict[str, Any]:
    """The intake in which somebody said that."""
    query = {"state": state} if state else {}
    found = [
        one
        for one in desk.get("/api/v1/intakes", **query).json()
        if any(sender_words in message["text"] for message in one["messages"])
    ]
    assert len(found) == 1, found
    return found[0]


def ticket(town: Town, **told: Any) -> dict[str, Any]:
    return {
        "territory_id": str(town.territory_id),
        "community": "Old Harbour",
        "address": "7 Quay Street",
        "unit": "302",
        "defect": "slow-leak",
        "reference": str(uuid4()),
    } | told


def link_in(words: str) -> str:
    return re.findall(r"http://127\.0\.0\.1:8311(/wechat/who/\S+)", words)[0]


def test_a_stranger_says_who_they_are_the_desk_makes_the_ticket_and_next_time_they_are_known(
    wechat: Wechat, desk: Desk, town: Town
) -> None:
    link = link_in(wechat.says("o-stranger", "水槽下面有水"))
    assert "Where do you live" in desk.client.get(link).text
    told = {"name": "李娜", "phone": "13912345678", "address": "旧港 7 号 302"}
    assert desk.client.post(link, data=told).status_code == 200
    intake = of(desk, "水槽下面有水")
    assert (intake["contact_number"], intake["address_told"]) == ("139****5678", "旧港 7 号 302")
    assert "13912345678" not in str(intake)

    body = ticket(town, description="水槽下面有水")
    answer = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", body)
    assert answer.status_code == 201, answer.text
    made = answer.json()["ticket"]
    assert (made["channel"], made["reported_at"], made["contact_name"]) == ("wechat", intake["began_at"], "李娜")
    assert made["contact_number"] == "139****5678"
    again = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", body)
    assert (again.status_code, again.json()["ticket"]["id"]) == (200, made["id"])
    assert intake["id"] not in [one["id"] for one in desk.get("/api/v1/intakes").json()]

    assert made["number"] in wechat.says("o-stranger", "现在滴得更快了")
    later = of(desk, "现在滴得更快了")
    assert (later["id"], later["state"], later["ticket_number"]) == (intake["id"], "ticketed", made["number"])
    assert desk.post(f"/api/v1/intakes/{intake['id']}/read").status_code == 204
    assert intake["id"] not in [one["id"] for one in desk.get("/api/v1/intakes").json()]

    wechat.says("o-stranger", kind="event", Event="CLICK", EventKey="report")
    words = wechat.says("o-stranger", "还有一处，马桶故障")
    (number,) = re.findall(r"R\d{6}", words.splitlines()[0])
    assert number != made["number"]
    by_itself = of(desk, "马桶故障")
    detail = desk.get(f"/api/v1/tickets/{by_itself['ticket_id']}").json()["ticket"]
    assert (detail["number"], detail["defect"]["code"], detail["unit"]) == (number, "toilet", "302")


def test_the_desk_makes_one_ticket_of_a_conversation_and_the_trail_knows(
    wechat: Wechat, desk: Desk, town: Town
) -> None:
    wechat.says("o-once", "一次")
    intake = of(desk, "一次")
    first = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", ticket(town))
    second = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", ticket(town))
    dismissed = desk.post(f"/api/v1/intakes/{intake['id']}/dismiss", {"note": "no"})
    assert [first.status_code, second.status_code, dismissed.status_code] == [201, 409, 409]

    async def trail(session: AsyncSession) -> list[str]:
        found = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject == intake["id"]))
        return list(found)

    assert town.write(trail) == ["intake.ticketed"]


def test_what_is_no_report_is_put_aside_with_a_note_and_kept(wechat: Wechat, desk: Desk) -> None:
    wechat.says("o-advert", "便宜装修")
    intake = of(desk, "便宜装修")
    assert desk.post(f"/api/v1/intakes/{intake['id']}/dismiss", {"note": ""}).status_code == 400
    assert desk.post(f"/api/v1/intakes/{intake['id']}/dismiss", {"note": "广告"}).status_code == 204
    assert of(desk, "便宜装修", "dismissed")["id"] == intake["id"]
    wechat.says("o-advert", "真的漏水了")
    assert of(desk, "真的漏水了")["id"] != intake["id"]


def test_a_day_of_silence_ends_a_conversation(wechat: Wechat, desk: Desk, town: Town) -> None:
    wechat.says("o-silent", "第一次")
    intake = of(desk, "第一次")
    desk.post(f"/api/v1/intakes/{intake['id']}/ticket", ticket(town))

    async def silence(session: AsyncSession) -> None:
        past = Intake.heard_at - SAME_CONVERSATION - timedelta(seconds=1)
        await session.execute(update(Intake).where(Intake.id == intake["id"]).values(heard_at=past))

    town.write(silence)
    wechat.says("o-silent", "第二次")
    assert of(desk, "第二次")["id"] != intake["id"]


def test_a_refused_ticket_changes_nothing(wechat: Wechat, desk: Desk, town: Town) -> None:
    wechat.says("o-refused", "写错了")
    intake = of(desk, "写错了")
    for wrong in ({"defect": "no-such"}, {"territory_id": str(town.elsewhere_id)}, {"latitude": 41.0}):
        answer = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", ticket(town, **wrong))
        assert answer.status_code in (404, 422)
    assert of(desk, "写错了")["state"] == "open"


def test_a_link_is_over_after_a_day_and_a_made_up_one_is_none(wechat: Wechat, desk: Desk, town: Town) -> None:
    link = link_in(wechat.says("o-late", "晚了"))
    told = {"phone": "13912345678", "address": "旧港"}
    made_up = desk.client.post("/wechat/who/" + "x" * 43, data=told)
    assert (made_up.status_code, "链接已失效" in made_up.text) == (404, True)

    async def age(session: AsyncSession) -> None:
        await session.execute(update(IntakeLink).values(expires_at=IntakeLink.expires_at - timedelta(hours=24)))

    town.write(age)
    assert desk.client.post(link, data=told).status_code == 404
    assert of(desk, "晚了")["contact_number"] == ""


def test_only_the_territory_s_desk_sees_an_intake_whose_home_is_known(wechat: Wechat, desk: Desk, town: Town) -> None:
    wechat.says("o-far", "远方来信")
    intake = of(desk, "远方来信")
    assert desk.post(f"/api/v1/intakes/{intake['id']}/ticket", ticket(town)).status_code == 201
    wechat.says("o-far", "远方又来信")

    async def moved(session: AsyncSession, territory: Any) -> None:
        dora = (await session.scalars(select(Staff).where(Staff.username == "dora"))).one()
        dora.territories = [await session.get_one(Territory, territory)]

    town.write(moved, town.elsewhere_id)
    try:
        assert intake["id"] not in [one["id"] for one in desk.get("/api/v1/intakes").json()]
        assert desk.post(f"/api/v1/intakes/{intake['id']}/read").status_code == 404
        count = desk.get("/api/v1/intakes/waiting").json()["count"]
        assert count == len(desk.get("/api/v1/intakes").json())
    finally:
        town.write(moved, town.territory_id)
    assert intake["id"] in [one["id"] for one in desk.get("/api/v1/intakes").json()]
    assert desk.get("/api/v1/intakes/waiting").json()["count"] > count
