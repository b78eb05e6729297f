"""The paths of the house through HTTP, with every process really running: report, plan, phone, signature."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from real_processes import Process, Site, until
from town import DAY, PASSWORD, Town

from mobile_contract.client import Phone, Unreachable
from mobile_contract.v1 import ChecklistAnswer, Point, VerdictStatus


class Browser:
    """A dispatcher signed in over the network."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address)
        self.http.get("/health")
        self.post("/api/v1/sign-in", username="dora", password=PASSWORD)

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        token = {"X-CSRF-Token": self.http.cookies["doorstep_csrf"]}
        answer = self.http.post(path, json=body or None, headers=token)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def site(town: Town, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    with (
        Site(tmp_path, town.database_url, redis_url) as site,
        Process("worker", tmp_path, town.database_url, redis_url),
    ):
        yield site


def report(browser: Browser, town: Town, house: int, defect: str, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = browser.post(
        "/api/v1/tickets",
        territory_id=str(town.territory_id),
        community="Old Harbour",
        address=f"{house} Quay Street",
        latitude=41.15 + house / 500,
        longitude=-8.61,
        defect=defect,
        contact_name="Zhang San",
        contact_phone="13812340000",
        **more,
    )
    return told


def published(browser: Browser, town: Town, day: date) -> dict[str, Any]:
    plan = browser.post("/api/v1/plans", territory_id=str(town.territory_id), day=str(day), seconds=1)
    path = f"/api/v1/plans/{plan['id']}"
    until(lambda: browser.get(path)["plan"]["plan"]["state"] == "draft", 30, lambda: str(browser.get(path)))
    assert browser.post(f"{path}/publish")["state"] == "published"
    told: dict[str, Any] = browser.get(path)["plan"]
    return told


def test_a_call_becomes_a_visit_a_signature_and_a_closed_ticket(town: Town, site: Site, tmp_path: Path) -> None:
    dora = Browser(site.address)
    told = report(dora, town, 1, "light-fitting", description="The hall light flickers")["ticket"]
    assert told["tier"] == "general"
    assert told["contact_number"] == "138****0000"
    assert told["warranty"]["missing"]  # nobody has said yet when the building was accepted
    plan = published(dora, town, DAY)
    assert (plan["served"], plan["unassigned"]) == (1, [])
    technician = plan["routes"][0]["technician_id"]

    code = dora.post(f"/api/v1/technicians/{technician}/pairing-codes")["code"]
    with Phone(tmp_path / "phone", site.address) as phone:
        phone.pair(code, "in the pocket")
        phone.sync()
        [stop] = phone.stops()
        assert stop.address == "1 Quay Street"
        assert stop.description == "The hall light flickers"
        assert stop.checklist

        site.kill()  # the basement
        phone.arrive(stop.visit_id)
        phone.start(stop.visit_id)
        phone.complete(
            stop.visit_id,
            minutes=25,
            signer_name="Zhang San",
            strokes=[[Point(x=100, y=100, t=0), Point(x=900, y=200, t=300)]],
            checklist=[ChecklistAnswer(code=item.code, done=True, note="") for item in stop.checklist],
        )
        assert phone.send() == []
        assert phone.unsent == 3
        with pytest.raises(Unreachable):
            phone.sync()
        assert phone.stops()[0].state == "done"

        site.start_again()
        assert {verdict.status for verdict in phone.send()} == {VerdictStatus.APPLIED}
        assert phone.unsent == 0

    seen = dora.get(f"/api/v1/tickets/{told['id']}")
    assert seen["ticket"]["state"] == "closed"
    assert [visit["state"] for visit in seen["visits"]] == ["done"]
    assert seen["ticket"]["attend"]["met_at"]
    assert seen["ticket"]["repair"]["met_at"]


def test_a_danger_told_on_the_phone_makes_it_an_emergency_with_shorter_clocks(town: Town, site: Site) -> None:
    dora = Browser(site.address)
    calm = report(dora, town, 2, "slow-leak")["ticket"]
    danger = report(dora, town, 3, "slow-leak", answers={"danger": True})["ticket"]
    assert (calm["tier"], danger["tier"]) == ("general", "emergency")
    assert danger["attend"]["due"] < calm["attend"]["due"]


def test_the_picture_and_the_planner_s_own_files_can_be_fetched(town: Town, site: Site) -> None:
    dora = Browser(site.address)
    report(dora, town, 4, "light-fitting")
    plan = published(dora, town, DAY)["plan"]
    picture = dora.http.get(f"/api/v1/plans/{plan['id']}/picture.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "Technician T" in picture.text
    assert dora.get(f"/api/v1/plans/{plan['id']}/problem")["format"] == "doorstep.problem/1"
    assert dora.get(f"/api/v1/plans/{plan['id']}/solution")["format"] == "doorstep.solution/1"


def test_events_reach_listeners_after_the_commit_and_in_order(town: Town, site: Site, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection, connection.pubsub() as listener:
        listener.subscribe("doorstep:events")
        dora = Browser(site.address)
        report(dora, town, 5, "light-fitting")
        published(dora, town, DAY)
        heard: list[str] = []

        def published_too() -> bool:
            message = listener.get_message(timeout=0.2)
            if message and message["type"] == "message":
                heard.append(httpx.Response(200, content=message["data"]).json()["kind"])
            return "plan.published" in heard

        until(published_too, 20, lambda: str(heard))
    told = [kind for kind in heard if kind in ("ticket.reported", "plan.requested", "plan.drafted", "plan.published")]
    assert told == ["ticket.reported", "plan.requested", "plan.drafted", "plan.published"]
