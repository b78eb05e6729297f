"""A real Chromium in front of a town's office, and the page of Dora, its dispatcher."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import find_chromium
from playwright.sync_api import Browser, Page, StorageState, sync_playwright
from town import Town, town
from town_site import Office, opened, sign_in

from api.adapters.servers import Servers

__all__ = ["town"]


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[Browser]:
    """Asks for the office first: while Playwright runs, no event loop can be started in this thread."""
    with sync_playwright() as playwright:
        found = find_chromium(Path(playwright.chromium.executable_path))
        chromium = playwright.chromium.launch(
            executable_path=found.path, env={**os.environ, **found.environment}, args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def doras(office: Office, browser: Browser) -> StorageState:
    """What the browser keeps once Dora, the dispatcher, has signed in: the server counts every sign-in."""
    context = browser.new_context(base_url=office.address, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    sign_in(page)
    page.wait_for_selector(".picture")
    return context.storage_state()


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
