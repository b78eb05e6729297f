"""A page of the desk in both languages, in light and dark, on a desk and on a phone; and what each must pass."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal

from looks import CONTRAST, GAP
from playwright.sync_api import Browser, Page, StorageState
from town_site import Office

Look = tuple[str, Literal["light", "dark"], int]
ENGLISH: Look = ("en-GB", "light", 1440)
LOOKS: list[Look] = list(product(("en-GB", "zh-CN"), ("light", "dark"), (1440, 390)))  # type: ignore[arg-type]


@contextmanager
def opened_page(look: Look, office: Office, browser: Browser, whose: StorageState | None = None) -> Iterator[Page]:
    """Of whoever has signed in, or of nobody yet. Scripts that fail or break the page's own rules fail the test."""
    locale, scheme, width = look
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        storage_state={"cookies": whose["cookies"], "origins": []} if whose else None,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [told for told in complaints if not told.startswith("Failed to load resource")] == []


def looks_right(page: Page, name: str, folder: Path) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate(CONTRAST) == [], name
    assert not re.search(GAP, page.locator("body").inner_text()), name
