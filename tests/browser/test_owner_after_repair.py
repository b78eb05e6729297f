"""After the repair in real Chromium at 390 pixels: asked whether it stayed fixed, and it came back. And the desk's list
of calls and of cover that ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from looks import looked_at
from owner_browser import OwnerBrowser, link_for
from playwright.sync_api import Browser, StorageState, expect
from test_owner_journey import LOOKS, Scheme, go_and_repair, heading, owners_phone, tap
from town import DAY, Desk, Town
from town_site import Office, serving

from api.adapters.servers import Servers


@pytest.fixture(scope="module")
def tickets(town: Town) -> list[UUID]:
    """Two for each language."""
    return [
        town.report("slow-leak", where=house, description="厨房漏水 A leak") for house in range(1, 1 + 2 * len(LOOKS))
    ]


@pytest.fixture(scope="module")
def office(
    town: Town, tickets: list[UUID], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


def make_due(town: Town) -> None:
    """Calls of repairs that are done: while Playwright runs there is no loop for the app's own session."""
    today = datetime.now(UTC).date()
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE follow_ups SET due_on = %s WHERE state = 'planned'", [today])


def call_again(town: Town) -> None:
    """What owners have settled stands on the desk's list once more."""
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE follow_ups SET state = 'planned', settled_at = NULL WHERE state <> 'cancelled'")


def repaired(desk: Desk, town: Town, ticket_id: UUID, after: int) -> str:
    """On a day of its own, `after` days after tomorrow: offers don't know of visits that were done before their day.

    The token of the owner's link.
    """
    token = link_for(desk, ticket_id)
    owner = OwnerBrowser(desk.client, token)
    day = str(DAY + timedelta(days=after))
    slot = next(one for one in owner.times() if one["opens"][:10] == day)
    assert owner.post("booking", slot).status_code == 201
    go_and_repair(desk, town, ticket_id)
    assert owner.post("rating", {"stars": 4}).status_code == 201
    return token


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_an_owner_is_asked_whether_it_stayed_fixed_and_says_with_one_tap_that_it_did_or_came_back(
    town: Town,
    tickets: list[UUID],
    office: Office,
    browser: Browser,
    dora: Desk,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
) -> None:
    place = 2 * LOOKS.index((locale, scheme))
    held, broken = (repaired(dora, town, tickets[one], after=one) for one in (place, place + 1))
    make_due(town)
    with owners_phone(browser, office, f"/o/{held}", locale, scheme) as page:
        tap(page, "Open my ticket", "打开我的工单")
        expect(
            page.get_by_role("heading", name="stay fixed").or_(page.get_by_role("heading", name="一切正常"))
        ).to_be_visible()
        looked_at(page, "asked", tmp_path)
        tap(page, "Yes, it did", "一切正常")
        expect(
            page.get_by_role("button", name="Yes, it did").or_(page.get_by_role("button", name="一切正常"))
        ).to_have_count(0)
        looked_at(page, "held", tmp_path)
    with owners_phone(browser, office, f"/o/{broken}", locale, scheme) as page:
        tap(page, "Open my ticket", "打开我的工单")
        tap(page, "It came back", "问题又出现了")
        heading(page, "It came back?", "问题又出现了？")
        page.get_by_role("textbox").fill("又漏了 It drips again")
        looked_at(page, "came-back", tmp_path)
        tap(page, "Come again", "请再次上门")
        heading(page, "When may we come?", "您希望何时上门？")
        expect(page.get_by_role("status").first).to_contain_text("Technician T")
        looked_at(page, "again", tmp_path)
        tap(page, "Choose a time", "选择时间")
        page.locator("button.time").last.click()
        tap(page, "Book this time", "确认预约")
        heading(page, "We come on", "之间上门")
        looked_at(page, "booked-again", tmp_path)
    ticket = OwnerBrowser(dora.client, broken).ticket()
    assert (ticket["state"], ticket["came_back"]["times"]) == ("open", 1)


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_the_desk_reads_the_calls_settles_them_and_sees_why_a_ticket_is_open_again(
    town: Town,
    tickets: list[UUID],
    office: Office,
    browser: Browser,
    dora: Desk,
    doras: StorageState,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
) -> None:
    call_again(town)
    context = browser.new_context(
        base_url=office.address, storage_state=doras, locale=locale, color_scheme=scheme,
        viewport={"width": 1280, "height": 900},
    )  # fmt: skip
    page = context.new_page()
    page.goto("/#view=care")
    expect(
        page.get_by_role("button", name="Mark as rainy").or_(page.get_by_role("button", name="标记为雨天"))
    ).to_be_visible()
    page.screenshot(path=tmp_path / "care.png", full_page=True)
    answer = page.get_by_role("button", name="Not reached:").or_(page.get_by_role("button", name="未接通:"))
    count = answer.count()
    answer.first.click()
    expect(answer).to_have_count(count - 1)
    page.goto(f"/#view=ticket&ticket={tickets[1]}")
    expect(page.get_by_text("It came back (1)").or_(page.get_by_text("返修（第 1 次）"))).to_be_visible()
    page.screenshot(path=tmp_path / "ticket.png", full_page=True)
    page.goto("/#view=cover")
    expect(page.get_by_text("No cover ends soon").or_(page.get_by_text("近期没有保修到期"))).to_be_visible()
    page.screenshot(path=tmp_path / "cover.png", full_page=True)
    context.close()
