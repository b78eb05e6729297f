"""Two calls at the phone desk, to their ends: a time told on the phone; a price that the owner accepts on the page."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from desk_looks import looks_right
from looks import looked_at
from owner_browser import last_code
from playwright.sync_api import Browser, Page, expect
from test_owner_journey import Scheme, book_first, go_and_repair, heading, owners_phone, tap
from town import DAY, Desk, Town
from town_site import Office, serving

from api.adapters.servers import Servers


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    town.report(where=1)
    town.plan(DAY)
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


def calls(desk: Page, house: int, defect: str) -> UUID:
    """The ticket's id, once its page is open."""
    desk.goto("/#view=report")
    desk.locator("#community").fill("Old Harbour")
    desk.locator("#address").fill(f"{house} Quay Street")
    desk.locator("#coordinates").fill(f"{41.15 + house / 500:.3f}, -8.61")
    desk.locator("#defect_words").fill(defect)
    desk.keyboard.press("Enter")
    desk.locator("#contact_name").fill("Li Na")
    desk.locator("#contact_phone").fill("13912345678")
    desk.locator("#save").click()
    desk.get_by_role("link", name="A time, a price or a link for this owner").click()
    expect(desk.locator("#links")).to_be_visible()
    return UUID(desk.url.rpartition("ticket=")[2].partition("&")[0])


def link_made_at(desk: Page) -> str:
    """The path of the owner's new link, as the desk sees it."""
    desk.locator("#make-owner-link").click()
    address = desk.get_by_label("The new link").input_value()
    return "/o/" + address.rpartition("/o/")[2]


@pytest.mark.parametrize(("locale", "scheme", "house"), [("en-GB", "light", 20), ("zh-CN", "dark", 21)])
def test_a_call_becomes_a_ticket_a_time_told_on_the_phone_and_a_link_that_shows_it(
    desk: Page,
    dora: Desk,
    town: Town,
    office: Office,
    browser: Browser,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
    house: int,
) -> None:
    ticket_id = calls(desk, house, "light flickers")
    desk.locator("#look-for-times").click()
    desk.locator(".times .near").first.click()
    desk.get_by_role("button", name="The owner agrees: book it").click()
    expect(desk.locator(".promise").first).to_contain_text("Promised:")
    looks_right(desk, "desk-booked", tmp_path)
    with owners_phone(browser, office, link_made_at(desk), locale, scheme) as owner:
        tap(owner, "Open my ticket", "打开我的工单")
        heading(owner, "We come on", "之间上门")
        looked_at(owner, "owner-booked", tmp_path)
        go_and_repair(dora, town, ticket_id)
        owner.reload()
        heading(owner, "How was the visit?", "这次上门服务怎么样？")


@pytest.mark.parametrize(("locale", "scheme", "house"), [("en-GB", "light", 22), ("zh-CN", "dark", 23)])
def test_a_price_is_written_at_the_desk_accepted_on_the_owners_page_and_then_a_time_is_chosen(
    desk: Page, office: Office, browser: Browser, tmp_path: Path, locale: str, scheme: Scheme, house: int
) -> None:
    calls(desk, house, "light flickers")
    desk.get_by_text("Offer a price").click()
    desk.get_by_label("What for 1").fill("灯座 Lamp holder")
    desk.get_by_label("Amount 1").fill("120.50")
    desk.get_by_role("button", name="Offer this price").click()
    expect(desk.locator("#quotes li").first).to_contain_text("waits for the owner")
    with owners_phone(browser, office, link_made_at(desk), locale, scheme) as owner:
        tap(owner, "Open my ticket", "打开我的工单")
        expect(owner.get_by_role("button", name=re.compile("Choose a time|选择时间"))).to_have_count(0)
        tap(owner, "Read and answer", "查看并答复")
        heading(owner, "This repair costs", "本次维修费用")
        looked_at(owner, "price", tmp_path)
        tap(owner, "Accept the price", "接受报价")
        heading(owner, "Is it you?", "请验证身份")
        tap(owner, "Send the code", "发送验证码")
        expect(owner.get_by_role("status")).to_contain_text("139****5678")
        owner.get_by_role("textbox").fill(last_code(office.messages))
        tap(owner, "Go on", "继续")
        tap(owner, "Accept the price", "接受报价")  # once the number is proven the page leads back to the price
        heading(owner, "When may we come?", "您希望何时上门？")
        tap(owner, "Choose a time", "选择时间")
        expect(owner.locator("button.time").first).to_be_visible()
        book_first(owner, "after-the-price", tmp_path)
        looked_at(owner, "booked", tmp_path)
    desk.reload()
    expect(desk.locator("#quotes li").first).to_contain_text("accepted")
    expect(desk.locator(".promise").first).to_contain_text("Promised:")
    looks_right(desk, "desk-accepted", tmp_path)
