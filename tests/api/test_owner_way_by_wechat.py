"""The whole way through HTTP: a word in WeChat, the verdict, a time, the visit, a signature, a rating, the call.

Once the repair comes back it is the same number, and the same link.
"""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from after_repair import now, planned, repair
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from town import DAY, Desk, Town
from wechat_servers import Wechat, followed, wechat

from api.actions import nightly

__all__ = ["followed", "wechat"]


def rows(town: Town, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        found = connection.execute(query.encode(), values)
        return found.fetchall() if found.description else []


def test_from_a_word_in_wechat_to_the_repair_that_came_back_it_is_one_ticket(
    town: Town, followed: TestClient[Litestar], wechat: Wechat
) -> None:
    desk = Desk(followed, "dora")
    wechat.says("o-li", "厨房水管在滴水")
    (intake,) = desk.get("/api/v1/intakes").json()
    report = {
        "territory_id": str(town.territory_id), "community": "Old Harbour", "address": "7 Quay Street",
        "latitude": 41.16, "longitude": -8.61, "defect": "slow-leak", "contact_name": "李四",
        "contact_phone": "13800000007",
    }  # fmt: skip
    made = desk.post(f"/api/v1/intakes/{intake['id']}/ticket", report)
    assert made.status_code == 201, made.text
    ticket = made.json()["ticket"]
    ticket_id, number = UUID(ticket["id"]), ticket["number"]
    assert (ticket["channel"], "can't be said without" in ticket["warranty"]["why_en"]) == ("wechat", True)

    owner = OwnerBrowser(followed, link_for(desk, ticket_id))
    slot = next(one for one in owner.times() if date.fromisoformat(one["opens"][:10]) == DAY)
    assert owner.post("booking", slot).status_code == 201
    repair(town, desk, ticket_id)
    assert owner.progress()["watch"] == "now"
    assert owner.post("rating", {"stars": 5, "solved": True}).status_code == 201

    rows(town, "UPDATE follow_ups SET due_on = %s", now().date())
    assert town.write(nightly.run, town.territory_id, 60) is True
    ((asked,),) = rows(town, "SELECT body FROM messages WHERE kind = 'stayed_fixed'")
    assert number in asked
    (call,) = desk.get("/api/v1/follow-ups").json()["calls"]
    assert (call["ticket_number"], call["contact_number"]) == (number, "13800000007")
    assert owner.ticket()["may"]["say_it_held"] is True

    told = wechat.says("o-li", "管道渗漏")
    assert set(re.findall(r"R\d{6}", told)) == {number}
    back = owner.ticket()
    assert (back["number"], back["state"], back["came_back"]["times"]) == (number, "open", 1)
    assert back["warranty"]["covered"] is True
    assert desk.get("/api/v1/follow-ups").json()["calls"] == []
    detail = desk.get(f"/api/v1/tickets/{ticket_id}").json()
    assert [one["channel"] for one in detail["comebacks"]] == ["wechat"]
    assert len(detail["visits"]) == 1

    again = next(one for one in owner.times() if date.fromisoformat(one["opens"][:10]) > DAY)
    assert owner.post("booking", again).status_code == 201
    assert planned(town, ticket_id)
    span = {"since": str(DAY), "until": str(DAY + timedelta(days=1))}
    assert desk.get("/api/v1/first-time-fix", **span).json() == {"needed": 1, "fixed": 0, "came_back": 1}
