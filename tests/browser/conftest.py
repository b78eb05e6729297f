"""A real Chromium in front of a town's office, and the page of Dora, its dispatcher."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from built_pages import build_pages
from chromium import launched
from playwright.sync_api import Browser, Page, Playwright, StorageState, sync_playwright
from town import Desk, Pocket, Town, town
from town_site import Office, opened, sign_in

from api.adapters.servers import Servers

__all__ = ["town"]


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def playwright(office: Office) -> Iterator[Playwright]:
    """Asks for the office first: while Playwright runs, no event loop can be started in this thread."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Without WebGL: maps that the processor draws would slow down whatever else is looked at."""
    with launched(playwright, "--disable-3d-apis") as chromium:
        yield chromium


@pytest.fixture(scope="module")
def doras(office: Office, browser: Browser) -> StorageState:
    """What the browser keeps once Dora, the dispatcher, has signed in: the server counts every sign-in."""
    context = browser.new_context(base_url=office.address, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    sign_in(page)
    page.wait_for_selector(".picture")
    return context.storage_state()


@pytest.fixture(scope="module")
def dora(office: Office) -> Iterator[Any]:
    build_pages()
    with httpx.Client(base_url=office.address) as client:
        yield Desk(client, "dora")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def busiest(town: Town, dora: Desk) -> tuple[str, list[dict[str, Any]]]:
    """The technician with the most to do, and their stops as the office told them."""
    sheets = [(str(one), Pocket(dora, one).stops()) for one in town.technicians]
    technician, stops = max(sheets, key=lambda sheet: len(sheet[1]))
    assert len(stops) >= 2
    return technician, stops


@pytest.fixture
def desk(office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    """Dora's page, in English, 1440 pixels wide. Scripts that fail or break the page's own rules fail the test."""
    context = browser.new_context(
        base_url=office.address, locale="en-GB", viewport={"width": 1440, "height": 900}, storage_state=doras
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto("/")
    page.wait_for_selector(".picture")
    yield page
    context.close()
    assert not [told for told in complaints if not told.startswith("Failed to load resource")]
