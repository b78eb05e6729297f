"""Two in the morning, water is running: who is told, what the owner reads meanwhile, who takes it, and the visit."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk_looks import LOOKS, Look, looks_right, opened_page
from field_work import publish, repair
from looks import looked_at
from owner_browser import OwnerBrowser, link_for
from playwright.sync_api import Browser, Page, StorageState, expect
from test_owner_journey import owners_phone, tap
from town import DAY, PASSWORD, Desk, Town
from town_site import Office, serving

from api import clock
from api.adapters.servers import Servers

NIGHT = datetime.combine(DAY, datetime.min.time(), ZoneInfo("Europe/Lisbon")) + timedelta(hours=2)
WAIT_S = 300


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the site takes for its clock."""
    file = tmp_path_factory.mktemp("clock") / "now"
    clock.set_to(file, NIGHT)
    return file


@pytest.fixture(scope="module")
def office(town: Town, moment: Path, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    town.report(where=1)
    town.plan(DAY)
    settings = {
        "DOORSTEP_CLOCK": str(moment),
        "DOORSTEP_ALARM_SECONDS": str(WAIT_S),
        "DOORSTEP_EMERGENCY_LINE": "400-820-1234",
    }
    with serving(town, servers, tmp_path_factory.mktemp("office"), **settings) as office:
        yield office


def told_by_phone(page: Page) -> str:
    """The id of the ticket that Dora types while the owner is on the telephone."""
    page.get_by_role("link", name="New report").click()
    page.locator("#community").fill("Old Harbour")
    page.locator("#address").fill("7 Quay Street")
    page.locator("#defect_words").fill("slow leak")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="yes").check()
    page.locator("#contact_name").fill("Li Na")
    page.locator("#contact_phone").fill("13912345678")
    page.locator("#coordinates").fill("41.164, -8.61")
    page.locator("#save").click()
    expect(page.locator(".ticket-number")).to_be_visible()
    return page.url.rpartition("ticket=")[2].partition("&")[0]


def puts_on_call(browser: Browser, office: Office, folder: Path) -> None:
    """The manager does, at the page of those on call, from far away: times are the territory's all the same."""
    page = browser.new_context(base_url=office.address, locale="en-GB", timezone_id="Asia/Shanghai").new_page()
    page.goto("/#view=on-call")
    page.get_by_label("Name").fill("mia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    harbour = page.locator("section.visit").filter(has_text="Harbour")
    expect(harbour).to_contain_text("Nobody is on call now.")
    for order, (who, number) in enumerate((("Mia", "13800001111"), ("Dora", "13800002222")), start=1):
        page.get_by_label("Territory").select_option("Harbour")
        page.locator("#turn-who").select_option(who)
        page.locator("#turn-reach").fill(number)
        page.locator("#turn-order").fill(str(order))
        page.locator("#turn-from").fill(f"{DAY - timedelta(days=2)}T18:00")
        page.locator("#turn-to").fill(f"{DAY}T09:00")
        page.get_by_role("button", name="Add").click()
        turn = harbour.get_by_role("row").filter(has_text=who)
        expect(turn).to_contain_text("138****")
        expect(turn).to_contain_text("18:00")
    page.screenshot(path=folder / "on-call.png", full_page=True)
    page.context.close()


def waits_for(desk: Desk, what: Any) -> dict[str, Any]:
    """The alarm, once it is so."""
    for _ in range(100):
        (alarm,) = desk.get("/api/v1/alarms").json()
        if what(alarm):
            return dict(alarm)
        time.sleep(0.3)
    raise AssertionError(alarm)


def test_it_rings_until_somebody_takes_it_and_the_owner_always_reads_the_truth(
    desk: Page, dora: Desk, town: Town, office: Office, browser: Browser, moment: Path, tmp_path: Path
) -> None:
    ticket_id = told_by_phone(desk)
    waits_for(dora, lambda alarm: len(alarm["steps"]) == 1)
    desk.reload()
    siren = desk.locator("#siren")
    expect(siren).to_contain_text("Emergency, and nobody could be told")
    expect(siren).to_contain_text("Call the owner and send somebody yourself")
    expect(desk).to_have_title("▲ Emergency, and nobody could be told")
    looks_right(desk, "siren", tmp_path)

    link = f"/o/{link_for(dora, ticket_id)}"
    with owners_phone(browser, office, link, "en-GB", "light") as owner:
        tap(owner, "Open my ticket", "打开我的工单")
        urgent = owner.locator(".urgent")
        expect(urgent).to_contain_text("Nobody on call could be reached yet.")
        expect(urgent.get_by_role("link", name="Call 400-820-1234")).to_have_attribute("href", "tel:4008201234")
        looked_at(owner, "unreached", tmp_path)

        puts_on_call(browser, office, tmp_path)
        clock.set_to(moment, NIGHT + timedelta(seconds=WAIT_S + 1))
        waits_for(dora, lambda alarm: len(alarm["steps"]) == 2)
        clock.set_to(moment, NIGHT + timedelta(seconds=2 * WAIT_S + 2))
        alarm = waits_for(dora, lambda alarm: len(alarm["steps"]) == 3)
        assert [step["who"] for step in alarm["steps"]] in ([None, "Mia", "Dora"], [None, "Dora", "Mia"])
        owner.reload()
        expect(urgent).to_contain_text("The person on call is being called now.")

        desk.reload()
        siren.get_by_role("button", name="I take it").click()
        expect(siren).to_be_empty()
        desk.goto("/#view=on-call")
        expect(desk.locator("main")).to_contain_text("Accepted by Dora")
        looks_right(desk, "accepted", tmp_path)
        owner.reload()
        expect(urgent).to_contain_text("The person on call has answered")

        number = OwnerBrowser(dora.client, link_for(dora, ticket_id)).ticket()["number"]
        publish(town, dora, DAY)
        repair(town, dora, number)
        owner.reload()
        expect(owner.locator(".urgent")).to_have_count(0)
        expect(owner.get_by_role("heading", level=1)).to_contain_text("How was the visit?")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_what_is_in_danger_and_who_is_on_call_fit_and_can_be_read(
    look: Look, office: Office, browser: Browser, doras: StorageState, dora: Desk, moment: Path, tmp_path: Path
) -> None:
    clock.set_to(moment, NIGHT + timedelta(days=3))
    with opened_page(look, office, browser, doras) as page:
        for view in ("danger", "on-call"):
            page.goto("about:blank")
            page.goto(f"/#view={view}")
            page.locator("main:not([inert]) > *").first.wait_for()
            looks_right(page, view, tmp_path)
