"""What every page for thumbs must pass: it fits, can be read and hit, and leaves no gap in a sentence."""

import re
from pathlib import Path

from playwright.sync_api import Page

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
GAP = r"undefined|null|NaN|Invalid Date|\{\w+\}|[(（:：] *[)）.。]"
SMALL = """() => [...document.querySelectorAll("a, button, input, textarea, label:has(input)")]
  .filter((one) => one.checkVisibility() && !one.matches("p a, label *, .maplibregl-ctrl *, .van-field *"))
  .filter((one) => one.getBoundingClientRect().height < 48 || one.getBoundingClientRect().width < 48)
  .map((one) => one.outerHTML.slice(0, 120))"""


def looked_at(page: Page, name: str, folder: Path) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate(CONTRAST) == [], name
    assert page.evaluate(SMALL) == [], name
    assert not re.search(GAP, page.locator("body").inner_text()), name
