"""A repair takes longer than planned: the next owner hears of it and picks another time on the page."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from field_work import publish, wait_until
from looks import looked_at
from owner_browser import OwnerBrowser, last_code, link_for
from playwright.sync_api import Browser, expect
from test_owner_journey import Scheme, book_first, heading, owners_phone, tap
from town import DAY, Desk, Pocket, Town
from town_site import Office, serving

from api import clock
from api.adapters.servers import Servers

MORNING = datetime.combine(DAY, datetime.min.time(), ZoneInfo("Europe/Lisbon")) + timedelta(hours=8)
LOOKS: list[tuple[str, Scheme, int]] = [("en-GB", "light", 1), ("zh-CN", "dark", 2)]


@pytest.fixture(scope="module")
def tickets(town: Town) -> list[UUID]:
    """All need the one plumber: one that will overrun, and one for each language that waits behind it."""
    return [town.report("slow-leak", where=house) for house in range(1, 2 + len(LOOKS))]


@pytest.fixture(scope="module")
def moment(tickets: list[UUID], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the site takes for its clock: the evening before."""
    file = tmp_path_factory.mktemp("clock") / "now"
    clock.set_to(file, MORNING - timedelta(hours=12))
    return file


@pytest.fixture(scope="module")
def office(town: Town, moment: Path, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(town, servers, tmp_path_factory.mktemp("office"), DOORSTEP_CLOCK=str(moment)) as office:
        yield office


@pytest.fixture(scope="module")
def _overruns(town: Town, tickets: list[UUID], office: Office, dora: Desk, moment: Path) -> None:
    """The first repair of the day begins in time, and at half past twelve it is still not done."""
    for ticket_id, begins in zip(tickets, (8, 10, 10), strict=True):
        owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
        opens = MORNING + timedelta(hours=begins - 8)
        (time,) = [one for one in owner.times() if datetime.fromisoformat(one["opens"]) == opens]
        assert owner.post("booking", time).status_code == 201
    publish(town, dora, DAY)
    clock.set_to(moment, MORNING + timedelta(minutes=30))
    number = dora.get(f"/api/v1/tickets/{tickets[0]}").json()["ticket"]["number"]
    pocket = Pocket(dora, town.technicians[0])
    (stop,) = [one for one in pocket.stops() if one["ticket_number"] == number]
    at = (MORNING + timedelta(minutes=30)).isoformat()
    steps = [pocket.operation(kind, stop["visit_id"], at=at) for kind in ("arrive", "start")]
    assert [verdict["status"] for verdict in pocket.send(*steps)] == ["applied"] * 2
    clock.set_to(moment, MORNING + timedelta(hours=4, minutes=30))


def delayed(dora: Desk, ticket_id: UUID) -> list[str]:
    """What the owner was told of it, as the desk reads it."""
    told = dora.get(f"/api/v1/tickets/{ticket_id}/messages").json()
    return [one["body"] for one in told if one["kind"] == "delayed" and one["state"] == "sent"]


@pytest.mark.usefixtures("_overruns")
@pytest.mark.parametrize(("locale", "scheme", "place"), LOOKS)
def test_whoever_waits_is_told_and_picks_another_time_that_holds(
    dora: Desk,
    tickets: list[UUID],
    office: Office,
    browser: Browser,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
    place: int,
) -> None:
    ticket_id = tickets[place]
    wait_until(lambda: delayed(dora, ticket_id))
    lines = (office.messages / "outgoing.jsonl").read_text().splitlines()
    assert "delayed" in {json.loads(line)["kind"] for line in lines}
    with owners_phone(browser, office, f"/o/{link_for(dora, ticket_id)}", locale, scheme) as owner:
        tap(owner, "Open my ticket", "打开我的工单")
        heading(owner, "We are late, and sorry", "我们会晚到")
        again = owner.get_by_role("button", name=re.compile("Choose (another|a) time|改约时间|选择时间"))
        expect(again).to_be_visible()
        looked_at(owner, "delayed", tmp_path)
        again.click()
        heading(owner, "Is it you?", "请验证身份")
        tap(owner, "Send the code", "发送验证码")
        expect(owner.get_by_role("status")).to_contain_text("138****0000")
        owner.get_by_role("textbox").fill(last_code(office.messages))
        tap(owner, "Go on", "继续")
        expect(owner.locator("button.time").first).to_be_visible()
        looked_at(owner, "times", tmp_path)
        book_first(owner, "moved", tmp_path)
        looked_at(owner, "moved", tmp_path)
    booked = OwnerBrowser(dora.client, link_for(dora, ticket_id)).ticket()["booked"]
    assert datetime.fromisoformat(booked["begins"]).astimezone(MORNING.tzinfo).date() > DAY
