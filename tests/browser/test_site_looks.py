"""The page in both languages, in light and dark, on a desk and on a phone: it fits, can be read, needs no mouse."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from town import PASSWORD
from town_site import Office

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
FOCUSED = """() => {
  const { id, tagName, innerText } = document.activeElement;
  const inner = !document.activeElement.matches(":focus"); // the parts of a date field, which the browser marks itself
  const ring = inner || getComputedStyle(document.activeElement).outlineStyle !== "none";
  return [id || (tagName === "SUMMARY" ? tagName : innerText.trim()), ring];
}"""
GAP = r"undefined|null|NaN|Invalid Date|\{\w+\}|[(（:：] *[)）.。]"
LOOKS = list(product(("en-GB", "zh-CN"), ("light", "dark"), (1440, 390)))


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def page(request: pytest.FixtureRequest, office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    locale: str
    scheme: Literal["light", "dark"]
    locale, scheme, width = request.param
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        storage_state={"cookies": doras["cookies"], "origins": []},
    )
    yield context.new_page()
    context.close()


def test_every_view_fits_its_width_can_be_read_and_leaves_no_gap_in_a_sentence(page: Page, tmp_path: Path) -> None:
    for view in ("day", "tickets", "team", "conflicts", "inbox"):
        page.goto("about:blank")
        page.goto(f"/#view={view}")
        page.locator("main:not([inert]) > *").first.wait_for()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.screenshot(path=tmp_path / f"{view}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        assert page.evaluate(CONTRAST) == []
        assert not re.search(GAP, page.locator("body").inner_text())


def test_the_keyboard_alone_signs_in_reaches_the_views_and_opens_a_route_sheet(
    office: Office, browser: Browser
) -> None:
    page = browser.new_context(base_url=office.address, locale="en-GB").new_page()
    page.goto("/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("dora")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    summary = page.locator("section summary").first
    expect(summary).to_be_visible(timeout=20_000)

    page.locator("#skip").focus()
    reached = []
    while not reached or reached[-1] != "SUMMARY":
        page.keyboard.press("Tab")
        name, ring = page.evaluate(FOCUSED)
        assert ring, f"nothing shows that {name} has the focus"
        reached.append(name)
        assert len(reached) < 40, reached
    page.keyboard.press("Enter")
    expect(page.locator("section details").first).to_have_attribute("open", "")
    assert {"Day", "Tickets", "Team", "territory", "day", "plan", "make", "before", "after"} <= set(reached)


def test_the_first_tab_stop_leads_past_the_header_to_the_content(
    office: Office, browser: Browser, doras: StorageState
) -> None:
    page = browser.new_context(base_url=office.address, storage_state=doras).new_page()
    page.goto("/#view=team")
    page.wait_for_selector("td")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    assert page.url.endswith("#view=team")
