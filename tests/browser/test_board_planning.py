"""A dispatcher plans at the board: sees the cost fall, asks what if, compares two plans and publishes a week."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from built_pages import build_pages
from desk_looks import ENGLISH, opened_page
from playwright.sync_api import Browser, Page, StorageState, expect
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Town
from town_site import Office, post, report

from api.actions import planning
from domain.plans import PlanState

NEXT = DAY + timedelta(days=1)
SLOW = 30_000
"""Milliseconds within which a worker has made a plan of five seconds."""


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build_pages()


@pytest.fixture
def board(office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    with opened_page(ENGLISH, office, browser, doras) as page:
        yield page


def plan(page: Page) -> None:
    """One more version of the day, ended by Stop as soon as its cost is drawn."""
    rows = page.locator(".versions tbody tr")
    before = rows.count()
    page.get_by_role("button", name="Plan this day").click()
    expect(rows).to_have_count(before + 1)
    expect(page.get_by_role("img", name="Cost of the best plan")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Stop and keep the best").click()
    expect(rows.first).to_contain_text("draft", timeout=SLOW)


def test_a_draft_is_searched_stopped_compared_and_published(board: Page, town: Town) -> None:
    board.goto(f"/board/planning?day={DAY}")
    expect(board.locator(".versions tbody tr")).to_have_count(1)
    report(board, [11, 12])
    plan(board)
    expect(board.get_by_text(re.compile(r"The cost fell by \d+ %"))).to_be_visible()
    first = board.locator(".versions tbody tr").first
    board.get_by_role("checkbox", name="Compare version 1").check()
    board.get_by_role("checkbox", name="Compare version 2").check()
    side = board.get_by_role("region", name="Side by side")
    expect(side.locator(".sides")).to_contain_text("Promises kept")
    expect(side).to_contain_text("Jobs that only one of them knew")
    expect(side.locator(".moves tr").first).to_contain_text("→")
    first.get_by_role("button", name="Publish").click()
    expect(board.get_by_text("Plans published: 1.")).to_be_visible()
    expect(first).to_contain_text("published")


def test_a_what_if_is_held_against_the_real_plan_and_can_not_be_published(board: Page, town: Town) -> None:
    board.goto(f"/board/planning?day={DAY}")
    rows = board.locator(".versions tbody tr")
    expect(rows.first).to_be_visible()
    before = rows.count()
    newest = rows.first.locator("b").inner_text()
    form = board.locator("form.what-if")
    form.get_by_label("like").select_option(index=1)
    form.get_by_label("minutes").fill("60")
    form.get_by_role("button", name="Try it").click()
    expect(rows).to_have_count(before + 1)
    expect(rows.first).to_contain_text("What if · one more like Technician T1 · 60 min overtime: all")
    expect(rows.first).to_contain_text("draft", timeout=SLOW)
    expect(rows.first.get_by_role("button", name="Publish")).to_have_count(0)
    board.get_by_role("checkbox", name=f"Compare version {newest}", exact=True).check()
    rows.first.get_by_role("checkbox").check()
    expect(board.get_by_role("region", name="Side by side")).to_contain_text("Technicians")


def test_two_days_are_planned_and_published_as_one_act(board: Page, town: Town) -> None:
    board.goto(f"/board/planning?day={NEXT}")
    batch = board.locator(".batch")
    batch.get_by_label("Days from").fill("2")
    batch.get_by_role("button", name="Plan them all").click()
    rows = batch.locator("tbody tr")
    expect(rows).to_have_count(2)
    batch.get_by_role("button", name="Stop all").click()
    for row in (rows.first, rows.last):
        expect(row).to_contain_text("draft", timeout=SLOW)
    batch.get_by_role("button", name="Publish 2 drafts as one act").click()
    expect(board.get_by_text("Plans published: 2.")).to_be_visible()
    for row in (rows.first, rows.last):
        expect(row).to_contain_text("published")


def test_a_search_that_runs_is_dropped_from_the_queue(board: Page, town: Town) -> None:
    board.goto("/board/queue")
    expect(board.get_by_text("Nothing waits and nothing failed.")).to_be_visible(timeout=SLOW)
    asked = post(board, "/api/v1/plans", {"day": str(DAY + timedelta(days=9)), "seconds": 60})
    running = board.get_by_role("row", name=f"{asked['day']} · {asked['version']}")
    expect(running).to_be_visible(timeout=10_000)
    running.get_by_role("button", name="Drop").click()
    expect(running).to_have_count(0)
    expect(board.get_by_text("Dropped:")).to_be_visible()


def test_a_plan_that_failed_says_why_and_is_tried_again_from_the_queue(board: Page, town: Town) -> None:
    day = DAY + timedelta(days=10)
    with ThreadPoolExecutor(1) as thread:  # Playwright's own loop runs in this one
        thread.submit(town.write, fail, town.territory_id, day).result()
    board.goto("/board/queue")
    failed = board.get_by_role("row", name=f"{day} · 1")
    expect(failed).to_contain_text("The map is torn.")
    failed.get_by_role("button", name="Try again").click()
    expect(board.get_by_text("Tried again:")).to_be_visible()
    expect(failed).to_have_count(0)
    board.goto(f"/board/planning?day={day}")
    expect(board.get_by_role("row").filter(has_text="draft")).to_contain_text("2", timeout=SLOW)


async def fail(session: AsyncSession, territory_id: UUID, day: date) -> None:
    """As a worker would, but before any worker hears of it."""
    plan = await planning.request(session, territory_id, day, 1)
    await planning.claim(session, plan.id)
    await planning.give_up(session, plan.id, 1, PlanState.FAILED, "The map is torn.")
