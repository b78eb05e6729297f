"""The phone's pages in both languages, in light and dark: they fit, can be read in the sun and hit with a glove."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from looks import looked_at
from phone_in_chromium import HEIGHT, WIDTH, pair
from playwright.sync_api import Browser, Page, expect
from town import Desk
from town_site import Office

LOOKS = list(product(("en-GB", "zh-CN"), ("light", "dark")))
FOCUSED = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return [document.activeElement.getBoundingClientRect().top + scrollY, `${outlineStyle} ${outlineWidth}`];
}"""


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(look))
def page(
    request: pytest.FixtureRequest, office: Office, browser: Browser, dora: Desk, busiest: tuple[str, Any]
) -> Iterator[Page]:
    locale: str
    scheme: Literal["light", "dark"]
    locale, scheme = request.param
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
    page.goto("/phone")
    expect(page.get_by_role("textbox").first).to_be_visible()
    looked_at(page, "pair", request.getfixturevalue("tmp_path"))
    pair(page, dora.post(f"/api/v1/technicians/{busiest[0]}/pairing-codes").json()["code"])
    expect(page.locator(".card.next")).to_be_visible()
    yield page
    context.close()
    assert [told for told in complaints if not told.startswith("Failed to load resource")] == []


def tap(page: Page, english: str, chinese: str, role: Literal["button", "radio"] = "button") -> None:
    page.get_by_role(role, name=re.compile(f"^({english}|{chinese})")).first.click()


def look_at_all(page: Page, pages: dict[str, str], folder: Path) -> None:
    for path, shown in pages.items():
        page.goto(path)
        page.locator(shown).first.wait_for()
        looked_at(page, re.sub("[0-9a-f-]{36}$", "job", path).rpartition("/")[2], folder)


def test_every_page_fits_can_be_read_and_hit_and_leaves_no_gap_in_a_sentence(
    page: Page, busiest: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    page.route("**/mobile/v1/operations", lambda route: route.abort())  # the next look begins where this one did
    stop = f"/phone/stops/{busiest[1][-1]['visit_id']}"
    pages = {"/phone": ".card.next", "/phone/map": ".line", "/phone/told": ".page p", "/phone/settings": ".shown"}
    planned = {f"{stop}/no-access": ".one-of", f"{stop}/note": "textarea", f"{stop}/defect": ".one-of label + label"}
    look_at_all(page, pages | planned | {stop: "#finish"}, tmp_path)

    tap(page, "Got it", "知道了")
    tap(page, "I have arrived", "我已到达")
    tap(page, "Start work", "开始工作")
    expect(page.locator(".marks").first).to_contain_text(re.compile("working|维修中"))
    looked_at(page, "at-work", tmp_path)
    look_at_all(page, {f"{stop}/pause": ".one-of", f"{stop}/another": ".one-of", f"{stop}/sign": "canvas"}, tmp_path)
    tap(page, "Save", "保存")
    expect(page.locator(".page .warning")).to_be_visible()
    tap(page, "Signs nothing", "不签字", "radio")
    expect(page.get_by_role("radio")).to_have_count(11)
    tap(page, "Save", "保存")
    looked_at(page, "refused", tmp_path)


def test_what_has_the_focus_shows_it_and_comes_in_the_order_of_the_page(
    page: Page, busiest: tuple[str, list[dict[str, Any]]]
) -> None:
    page.goto(f"/phone/stops/{busiest[1][-1]['visit_id']}/no-access")
    page.locator(".one-of").wait_for()
    tops: list[float] = []
    for _ in range(5):  # a group of radios is one stop of the way
        page.keyboard.press("Tab")
        top, outline = page.evaluate(FOCUSED)
        assert outline == "solid 3px", page.evaluate("document.activeElement.outerHTML")
        tops.append(top)
    assert tops == sorted(tops)


def test_the_language_is_said_to_screen_readers_and_kept(page: Page) -> None:
    page.goto("/phone/settings")
    page.get_by_role("radio", name="中文").check()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", name="设置")).to_be_visible()
    page.get_by_role("radio", name="English").check()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
