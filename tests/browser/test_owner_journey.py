"""An owner's way in real Chromium, without an app or an account: a link, a time, another one, the visit, a word on it.

At 390 pixels, once in English and light, once in Chinese and dark.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import httpx
import pytest
from field_work import publish, repair
from looks import looked_at
from owner_browser import OwnerBrowser, last_code, link_for
from phone_in_chromium import HEIGHT, WIDTH
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from town_site import Office, serving

from api.adapters.servers import Servers
from domain.jobs import Job

Scheme = Literal["light", "dark"]
LOOKS: list[tuple[str, Scheme]] = [("en-GB", "light"), ("zh-CN", "dark")]


@pytest.fixture(scope="module")
def tickets(town: Town) -> list[UUID]:
    """Three for each language. Each repair takes a technician's whole day, so that a time is soon gone."""
    told = [
        town.report(where=house, description="客厅的灯不亮 The light in the living room is out")
        for house in range(1, 1 + 3 * len(LOOKS))
    ]
    town.write(lengthen)
    return told


async def lengthen(session: AsyncSession) -> None:
    for job in await session.scalars(select(Job)):
        job.duration = timedelta(hours=8)


@pytest.fixture(scope="module")
def office(
    town: Town, tickets: list[UUID], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@contextmanager
def owners_phone(browser: Browser, office: Office, path: str, locale: str, scheme: Scheme) -> Iterator[Page]:
    """Scripts that fail or break the page's own rules fail the test."""
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": WIDTH, "height": HEIGHT},
        has_touch=True,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(path)
    yield page
    context.close()
    assert [told for told in complaints if not told.startswith("Failed to load resource")] == []


def tap(page: Page, english: str, chinese: str) -> None:
    button = page.get_by_role("button", name=english, exact=True)
    button.or_(page.get_by_role("button", name=chinese, exact=True)).click()


def heading(page: Page, english: str, chinese: str) -> None:
    level = page.get_by_role("heading", level=1)
    expect(level.filter(has_text=english).or_(level.filter(has_text=chinese))).to_be_visible()


def book_first(page: Page, name: str, folder: Path) -> None:
    page.locator("button.time").first.click()
    heading(page, "Is this right?", "请确认时间")
    looked_at(page, f"{name}-confirm", folder)
    tap(page, "Book this time", "确认预约")
    heading(page, "We come on", "之间上门")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_an_owner_picks_a_time_moves_it_sees_the_visit_and_rates_it(
    town: Town,
    tickets: list[UUID],
    office: Office,
    browser: Browser,
    dora: Desk,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
) -> None:
    first, second, third = tickets[3 * LOOKS.index((locale, scheme)) :][:3]
    token = link_for(dora, first)
    with (
        owners_phone(browser, office, f"/o/{token}", locale, scheme) as mine,
        owners_phone(browser, office, f"/o/{link_for(dora, second)}", locale, scheme) as other,
    ):
        heading(mine, "Your repair", "您的报修")
        looked_at(mine, "open", tmp_path)
        tap(mine, "Open my ticket", "打开我的工单")
        heading(mine, "When may we come?", "您希望何时上门？")
        looked_at(mine, "received", tmp_path)
        tap(mine, "Choose a time", "选择时间")
        expect(mine.locator("button.time.near").first).to_be_visible()
        looked_at(mine, "times", tmp_path)

        tap(other, "Open my ticket", "打开我的工单")
        tap(other, "Choose a time", "选择时间")
        expect(other.locator("button.time").first).to_be_visible()
        book_first(mine, "mine", tmp_path)
        looked_at(mine, "booked", tmp_path)
        take_what_is_left(dora, OwnerBrowser(dora.client, link_for(dora, third)), first)

        other.locator("button.time").first.click()
        expect(other.get_by_role("alert")).to_contain_text("刚刚被预约" if locale == "zh-CN" else "has just taken")
        looked_at(other, "taken", tmp_path)
        book_first(other, "other", tmp_path)

        tap(mine, "Choose another time", "改约时间")
        heading(mine, "Is it you?", "请验证身份")
        tap(mine, "Send the code", "发送验证码")
        expect(mine.get_by_role("status")).to_contain_text("138****0000")
        mine.get_by_role("textbox").fill("000000" if last_code(office.messages) != "000000" else "111111")
        tap(mine, "Go on", "继续")
        expect(mine.get_by_role("alert")).to_be_visible()
        looked_at(mine, "wrong-code", tmp_path)
        mine.get_by_role("textbox").fill(last_code(office.messages))
        tap(mine, "Go on", "继续")
        heading(mine, "Which time instead?", "改到什么时间？")
        looked_at(mine, "times-again", tmp_path)
        book_first(mine, "moved", tmp_path)

        go_and_repair(dora, town, first)
        mine.reload()
        heading(mine, "How was the visit?", "这次上门服务怎么样？")
        looked_at(mine, "after-the-visit", tmp_path)
        tap(mine, "Rate the visit", "评价本次服务")
        looked_at(mine, "rate", tmp_path)
        mine.get_by_role("radio").nth(1).check()
        mine.get_by_role("radio", name="Yes").or_(mine.get_by_role("radio", name="是")).first.check()
        tap(mine, "Send", "提交评价")
        expect(mine.get_by_role("status")).to_contain_text("4")
        heading(mine, "We watch it until", "观察期至")
        looked_at(mine, "watch", tmp_path)
    assert OwnerBrowser(dora.client, token).ticket()["stars"] == 4


def take_what_is_left(desk: Desk, third: OwnerBrowser, first: UUID) -> None:
    """Of the time that the first owner has, so that it is full."""
    booked = OwnerBrowser(desk.client, link_for(desk, first)).ticket()["booked"]
    for offer in third.times():
        if offer["opens"] == booked["begins"]:
            assert third.post("booking", offer).status_code == 201


def go_and_repair(desk: Desk, town: Town, ticket_id: UUID) -> None:
    """The day is planned and published; its technician goes there and the owner signs."""
    booked = OwnerBrowser(desk.client, link_for(desk, ticket_id)).ticket()["booked"]
    publish(town, desk, date.fromisoformat(booked["begins"][:10]))
    repair(town, desk, desk.get(f"/api/v1/tickets/{ticket_id}").json()["ticket"]["number"])


def test_a_withdrawn_link_says_what_to_do(browser: Browser, office: Office, dora: Desk, tmp_path: Path) -> None:
    with owners_phone(browser, office, f"/o/{'x' * 43}", "zh-CN", "light") as page:
        tap(page, "Open my ticket", "打开我的工单")
        heading(page, "This link does not work", "此链接已失效")
        looked_at(page, "ended", tmp_path)


def test_the_page_without_a_network_says_that_nothing_was_changed(
    browser: Browser, office: Office, dora: Desk, tickets: list[UUID], tmp_path: Path
) -> None:
    with owners_phone(browser, office, f"/o/{link_for(dora, tickets[0])}", "en-GB", "light") as page:
        page.route("**/api/v1/owner/**", lambda route: route.abort())
        tap(page, "Open my ticket", "打开我的工单")
        expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
        page.unroute("**/api/v1/owner/**")
        tap(page, "Open my ticket", "打开我的工单")
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        page.get_by_role("button", name="中文").click()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(page.get_by_role("heading", name="保修")).to_be_visible()


def test_the_page_can_be_used_with_a_keyboard_and_shows_where_it_is(
    browser: Browser, office: Office, dora: Desk, tickets: list[UUID]
) -> None:
    with owners_phone(browser, office, f"/o/{link_for(dora, tickets[0])}", "en-GB", "light") as page:
        expect(page.get_by_role("button", name="Open my ticket")).to_be_visible()
        for _ in range(2):
            page.keyboard.press("Tab")
        focused = "getComputedStyle(document.activeElement)"
        assert page.evaluate(f"`${{{focused}.outlineStyle}} ${{{focused}.outlineWidth}}`") == "solid 3px"
        page.keyboard.press("Enter")
        expect(page.locator("[aria-current=step], .way .past").first).to_be_visible()


def test_a_link_previewer_that_runs_no_script_sees_no_ticket(office: Office, dora: Desk, tickets: list[UUID]) -> None:
    seen = httpx.get(f"{office.address}/o/{link_for(dora, tickets[0])}")
    assert seen.status_code == 200
    assert "Quay Street" not in seen.text
    assert seen.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in seen.headers["content-security-policy"]
