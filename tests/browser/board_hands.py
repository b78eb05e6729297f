"""What a dispatcher's hands do at the board: drag a visit to a row, ask for a repair, tick one of its lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

SLOW = 20_000
"""Milliseconds for a repair to be worked out, on a busy machine."""


def row(page: Page, technician: str) -> Any:
    """The middle of a row's height."""
    box = page.locator(".head", has_text=technician).bounding_box()
    assert box
    return box["y"] + box["height"] / 2


def visits(page: Page, technician: str) -> list[str]:
    """The jobs of those that stand in the technician's row, from left to right."""
    told = page.evaluate(
        "() => [...document.querySelectorAll('.ec-event[data-job]')].map((one) => {"
        " const box = one.getBoundingClientRect(); return [one.dataset.job, box.x, box.y, box.y + box.height]; })"
    )
    middle = row(page, technician)
    return [job for job, _, top, bottom in sorted(told, key=lambda one: one[1]) if top <= middle <= bottom]


def comes_to(page: Page, job: str, technician: str) -> None:
    """Waits until it stands in the technician's row."""
    for _ in range(100):
        if job in visits(page, technician):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{job} does not stand in {technician}'s row, where these do: {visits(page, technician)}.")


def visit(page: Page, job: str) -> Locator:
    return page.locator(f"[data-job='{job}']")


def drag(page: Page, thing: Locator, technician: str) -> None:
    """As far as the row, the mouse still held."""
    box = thing.bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, row(page, technician) - 2, steps=4)
    page.wait_for_selector(".timeline.asking")


@contextmanager
def asking(page: Page, visit: Locator) -> Iterator[None]:
    """While it is held over another row and every row says what it would cost; in the end nothing has moved."""
    box = visit.bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 100, steps=4)
    page.wait_for_selector(".timeline.asking")
    yield
    page.keyboard.press("Escape")
    page.mouse.up()


def propose(page: Page, kind: str, about: str = "", **more: str) -> Locator:
    """The lines of the repair that is proposed."""
    page.get_by_role("radio", name=kind).check()
    select = page.locator("select.about")
    if about:
        found = select.locator("option", has_text=about)
        expect(found).to_have_count(1)
        select.select_option(value=found.get_attribute("value"))
    for label, value in more.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Propose a repair").click()
    lines = page.get_by_role("region", name="Proposed repair")
    expect(lines).to_contain_text(kind, timeout=SLOW)
    return lines


def tick_only(lines: Locator, ticket: str) -> None:
    for box in lines.get_by_role("checkbox").all():
        box.uncheck()
    lines.locator(f"tr[data-ticket='{ticket}']").get_by_role("checkbox").check()


def post_as_it_is(page: Page, path: str, told: dict[str, Any]) -> None:
    """Past the page, with its session."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "doorstep_csrf")
    answer = page.request.post(path, data=told, headers={"X-CSRF-Token": token})
    assert answer.ok, answer.text()
