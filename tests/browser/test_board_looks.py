"""Every view of the board in both languages, in light and dark, at 1440 and 1920 pixels: it fits, can be read, leaves
no gap, and its bar cuts nothing off."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import httpx
import pytest
from board_hands import asking, post_as_it_is
from built_pages import build_pages
from city_day import settle
from desk_looks import Look, looks_right, opened_page
from looks import CONTRAST
from playwright.sync_api import Browser, Page, StorageState, expect
from town import DAY, Desk, Town
from town_site import Office, post, serving, sign_in

from api.adapters.servers import Servers

LOOKS: list[Look] = list(product(("en-GB", "zh-CN"), ("light", "dark"), (1440, 1920)))  # type: ignore[arg-type]
SLOW = 30_000
CUT = """() => {
  const lines = (element) => {
    if (element.children.length || !element.textContent.trim()) return 1;
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
  };
  return [...document.querySelectorAll(".bar, .bar *")]
    .filter((one) => one.checkVisibility() && !one.matches("input, option, .menu, .menu *"))
    .filter((one) => (one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1) || lines(one) > 1)
    .map((one) => `${one.className || one.tagName}: ${one.textContent}`);
}"""
"""What the bar shows only in part, or on several lines."""
WIDE = """() => [...document.querySelectorAll("main, .card")].filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.className || one.tagName)"""


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A day that was planned twice; of its repair somebody has still to decide."""
    build_pages()
    settle(town, 24, 150)
    town.publish(DAY)
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        with httpx.Client(base_url=office.address, timeout=60) as client:
            desk = Desk(client, "dora")  # type: ignore[arg-type]
            ill = {"kind": "ill", "technician_id": str(town.technicians[0]), "note": "flu"}
            proposed = desk.post(f"/api/v1/days/{town.territory_id}/{DAY}/repairs", ill)
            assert proposed.status_code == 201, proposed.text
        yield office


@pytest.fixture(scope="module")
def mias(office: Office, browser: Browser) -> StorageState:
    """A manager's, who has a view more."""
    context = browser.new_context(base_url=office.address, locale="en-GB")
    page = context.new_page()
    page.goto("/board")
    sign_in(page, name="mia")
    page.wait_for_selector(".bar")
    return context.storage_state()


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def look(request: pytest.FixtureRequest) -> Look:
    found: Look = request.param
    return found


@pytest.fixture
def page(look: Look, office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    with opened_page(look, office, browser, doras) as page:
        yield page


def good(page: Page, name: str, folder: Path) -> None:
    looks_right(page, name, folder)
    assert page.evaluate(CUT) == [], name
    assert page.evaluate(WIDE) == [], name


def test_every_pane_and_dialogue_of_the_day_looks_right(page: Page, tmp_path: Path) -> None:
    page.goto(f"/board?day={DAY}")
    page.wait_for_selector(".ec-event")
    page.wait_for_selector(".map canvas, .side > .empty")  # not every Chromium has WebGL
    good(page, "day", tmp_path)

    page.locator(".cards .card").first.click()
    page.wait_for_selector(".fix, .fixes > p:not([role])")
    good(page, "waiting", tmp_path)

    visit = page.locator(".ec-event").nth(8)
    visit.click()
    page.wait_for_selector(".detail .quote, .detail .history")
    good(page, "visit", tmp_path)
    for key, inside in {"g": ".people button", "m": "input[type=date]", "Delete": "textarea", "?": ".keys"}.items():
        page.locator(".timeline").focus()
        page.keyboard.press(key)
        dialog = page.get_by_role("dialog").filter(visible=True)
        dialog.locator(inside).first.wait_for()
        good(page, f"dialogue-{inside.strip('.').split()[0].split('[')[0]}", tmp_path)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

    page.locator(".more summary").click()
    good(page, "menu", tmp_path)
    page.keyboard.press("Escape")

    with asking(page, visit):
        good(page, "drag", tmp_path)


def test_the_other_views_look_right(page: Page, tmp_path: Path) -> None:
    page.goto(f"/board/planning?day={DAY}")
    page.locator(".versions input").nth(1).wait_for()
    for box in page.locator(".versions input").all()[:2]:
        box.check()
    page.wait_for_selector(".sides")
    page.wait_for_selector(".chart canvas")
    good(page, "planning", tmp_path)
    page.goto(f"/board/repairs?day={DAY}")
    page.wait_for_selector(".lines tbody tr")
    good(page, "repairs", tmp_path)
    page.goto("/board/queue")
    page.wait_for_selector(".queue [role=status]")
    good(page, "queue", tmp_path)
    page.goto("/board/planning?day=2031-03-03")
    page.wait_for_selector(".versions")
    good(page, "nothing-planned", tmp_path)


def test_a_manager_s_views_look_right(
    look: Look, office: Office, browser: Browser, mias: StorageState, town: Town, tmp_path: Path
) -> None:
    with opened_page(look, office, browser, mias) as page:
        page.goto("/board/messages")
        page.wait_for_selector(".templates textarea")
        page.screenshot(path=tmp_path / "messages.png", full_page=True)  # its {names} in braces are meant
        assert [page.evaluate(what) for what in (CONTRAST, CUT, WIDE)] == [[], [], []]
        page.goto(f"/board?day={DAY}&territory={town.territory_id}")
        page.wait_for_selector(".ec-event")
        good(page, "day", tmp_path)
        page.locator(".bar select").select_option(label="Elsewhere")
        page.wait_for_selector(".middle > .empty")
        good(page, "nobody", tmp_path)


def test_signing_in_and_what_goes_wrong_look_right(
    look: Look, office: Office, browser: Browser, tmp_path: Path
) -> None:
    with opened_page(look, office, browser) as page:
        page.goto("/board")
        page.wait_for_selector(".sign-in")
        looks_right(page, "sign-in", tmp_path)
        page.locator(".sign-in input").first.fill("nobody")
        page.locator(".sign-in input[type=password]").fill("nothing")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        looks_right(page, "wrong", tmp_path)


def test_a_lost_server_says_so(page: Page, tmp_path: Path) -> None:
    page.goto(f"/board?day={DAY}")
    page.wait_for_selector(".ec-event")
    page.route("**/board", lambda route: route.abort())
    for view in (2, 0):
        link = page.locator(".bar nav a").nth(view)
        link.click()
        expect(link).to_have_class(re.compile("exact-active"))
        page.wait_for_selector("main > .empty .button")
    good(page, "lost", tmp_path)


def test_the_bar_stays_whole_while_a_plan_is_searched(office: Office, browser: Browser, doras: StorageState) -> None:
    with ExitStack() as stack:
        looks = [one for one in LOOKS if "light" in one]
        pages = [stack.enter_context(opened_page(look, office, browser, doras)) for look in looks]
        for page in pages:
            page.goto(f"/board?day={DAY}")
            page.wait_for_selector(".bar .numbers")
        plan = post(pages[0], "/api/v1/plans", {"day": str(DAY), "seconds": 120})
        for page, look in zip(pages, looks, strict=True):
            expect(page.locator(".plan-buttons [role=status]")).to_contain_text("·", timeout=SLOW)
            assert page.evaluate(CUT) == [], look
        post_as_it_is(pages[0], "/api/v1/queue/drop", {"kind": "plan", "id": plan["id"]})
