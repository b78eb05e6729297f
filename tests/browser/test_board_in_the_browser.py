"""A dispatcher's day at the board: look, drag, a forbidden drop with its reason, undo, publish; and the phone hears."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from board_hands import comes_to, drag, visit, visits
from built_pages import build_pages
from desk_looks import ENGLISH, opened_page
from playwright.sync_api import Browser, Page, Route, StorageState, expect
from town import DAY, Desk, Pocket, Town
from town_site import Office, report, serving

from api.adapters.servers import Servers

READY = 20_000
"""Milliseconds for a plan to be made, on a busy machine."""


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Six jobs for two electricians, two more that only one of them may do, and one that nobody may."""
    build_pages()
    for where in range(1, 7):
        town.report("light-fitting", where=where)
    town.report("slow-leak", where=7)
    town.report("slow-leak", where=8)
    town.report("gas-smell", where=9)
    town.publish(DAY)
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def board(office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    with opened_page(ENGLISH, office, browser, doras) as page:
        yield look_at_the_day(page)


def look_at_the_day(page: Page) -> Page:
    page.goto("/board")
    page.wait_for_selector(".ec-event")
    return page


def leaks(town: Town, page: Page) -> list[str]:
    told = page.request.get(f"/api/v1/days/{town.territory_id}/{DAY}/board").json()
    return [job["job_id"] for job in told["jobs"] if job["defect"]["code"] == "slow-leak"]


def test_a_drag_shows_every_row_s_price_and_the_drop_is_kept_and_can_be_undone(town: Town, board: Page) -> None:
    leaking = leaks(town, board)
    job = next(one for one in visits(board, "Technician T1") if one not in leaking)
    drag(board, visit(board, job), "Technician T2")
    expect(board.locator(".head.yes .under").first).to_contain_text(" min")
    board.mouse.up()
    expect(board.get_by_text("→ Technician T2")).to_be_visible()
    comes_to(board, job, "Technician T2")

    board.locator(".timeline").focus()
    board.keyboard.press("Control+z")
    expect(board.get_by_text("Taken back:")).to_be_visible()
    comes_to(board, job, "Technician T1")


def test_a_forbidden_drop_says_which_rule_and_is_done_only_with_a_reason_that_is_audited(
    town: Town, board: Page
) -> None:
    job = leaks(town, board)[0]
    drag(board, visit(board, job), "Technician T2")
    refused = board.locator(".head.no", has_text="Technician T2")
    expect(refused.locator(".under")).to_contain_text("skill")
    board.mouse.up()
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("nothing was changed yet")
    expect(dialog).to_contain_text("Skills")
    expect(dialog.get_by_role("button", name="Do it all the same")).to_be_disabled()
    comes_to(board, job, "Technician T1")

    dialog.get_by_label("Why do you do it all the same?").fill("T2 has done this for years")
    dialog.get_by_role("button", name="Do it all the same").click()
    expect(board.get_by_text("→ Technician T2")).to_be_visible()
    comes_to(board, job, "Technician T2")

    board.locator(".timeline").focus()
    board.keyboard.press("Control+z")
    expect(board.get_by_text("Taken back:")).to_be_visible()
    comes_to(board, job, "Technician T1")


def test_of_two_dispatchers_the_second_hears_who_was_first_and_nothing_is_lost(
    town: Town, office: Office, browser: Browser, doras: StorageState, board: Page
) -> None:
    job = visits(board, "Technician T1")[0]
    visit(board, job).click()
    with opened_page(ENGLISH, office, browser, doras) as other:
        other.route("**/api/v1/events", lambda route: route.abort())  # hers hears of nothing: she sees it as it was
        visit(look_at_the_day(other), job).click()

        board.get_by_role("button", name="Lock").click()
        expect(board.get_by_text("1 locked")).to_be_visible()
        other.get_by_role("button", name="Lock").click()
        alert = other.get_by_role("alert")
        expect(alert).to_contain_text("Someone else was first. Dora locked it")
        expect(other.get_by_role("button", name="Unlock")).to_be_visible()  # and is shown as it is now

    board.get_by_role("button", name="Undo").first.click()
    expect(board.get_by_role("button", name="Lock", exact=False).first).to_be_visible()


def test_what_waits_says_the_true_reason_and_a_verified_way_is_one_click(town: Town, board: Page) -> None:
    expect(board.locator(".card", has_text="Smell of gas")).to_contain_text(
        "No technician has all the skills it needs."
    )
    job = visits(board, "Technician T1")[-1]
    visit(board, job).click()
    board.get_by_role("button", name="Take back").click()
    card = board.locator(f"[data-waiting='{job}']")
    expect(card).to_be_visible()
    expect(visit(board, job)).to_have_count(0)

    card.click()
    board.locator(".fix").first.get_by_role("button", name="Do it").click()
    expect(visit(board, job)).to_be_visible()
    expect(card).to_have_count(0)


def test_the_keyboard_alone_gives_a_visit_to_somebody_else(town: Town, board: Page) -> None:
    leaking = leaks(town, board)
    board.locator(".timeline").focus()
    board.keyboard.press("ArrowRight")
    looked = board.locator(".ec-event.looked")
    for _ in range(8):
        if looked.get_attribute("data-job") in leaking:
            board.keyboard.press("ArrowRight")
    job = looked.get_attribute("data-job")
    assert job
    mine = "Technician T1" if job in visits(board, "Technician T1") else "Technician T2"
    others = "Technician T2" if mine == "Technician T1" else "Technician T1"
    board.keyboard.press("g")
    board.get_by_role("searchbox", name="Technician").fill(others[-2:])
    expect(board.locator(".people button")).to_have_count(1)
    board.keyboard.press("Enter")
    expect(board.get_by_text(f"→ {others}")).to_be_visible()
    assert job in visits(board, others)


def test_a_visit_goes_to_another_day_by_one_key_and_comes_back_by_undo(town: Town, board: Page) -> None:
    leaking = leaks(town, board)
    job = next(one for one in visits(board, "Technician T1") if one not in leaking)
    visit(board, job).click()
    board.locator(".timeline").focus()
    board.keyboard.press("m")
    dialog = board.get_by_role("dialog")
    expect(dialog.get_by_label("Day")).to_have_value(str(DAY + timedelta(days=1)))
    dialog.get_by_role("button", name="Move it").click()
    expect(board.get_by_text(f"waits to be placed on {DAY + timedelta(days=1)}")).to_be_visible()
    expect(visit(board, job)).to_have_count(0)
    expect(board.locator(f"[data-waiting='{job}']")).to_have_count(0)

    board.locator(".timeline").focus()
    board.keyboard.press("Control+z")
    expect(board.get_by_text("Taken back:")).to_be_visible()
    comes_to(board, job, "Technician T1")


def test_several_are_locked_at_once(board: Page) -> None:
    first, second = visits(board, "Technician T1")[:2]
    visit(board, first).click()
    visit(board, second).click(modifiers=["Control"])
    expect(board.get_by_text("2 chosen")).to_be_visible()
    board.locator(".several").get_by_role("button", name="Lock").click()
    expect(board.get_by_text("2 locked")).to_be_visible()
    expect(board.locator(".ec-event.locked")).to_have_count(2)
    board.locator(".several").get_by_role("button", name="Unlock").click()
    expect(board.locator(".ec-event.locked")).to_have_count(0)


def test_a_new_plan_is_made_looked_at_and_published_and_the_phone_has_it(
    town: Town, office: Office, board: Page
) -> None:
    report(board, [11])
    expect(board.locator(".card", has_text="11 Quay Street")).to_contain_text("no plan has tried it yet")
    board.get_by_role("button", name="Plan ▸").click()
    expect(board.get_by_text("Nothing is changed until you publish it")).to_be_visible(timeout=READY)
    assert board.locator(".ec-event.strip-draft").count() >= 9
    board.get_by_role("button", name="Publish").click()
    expect(board.get_by_text("is published")).to_be_visible()
    expect(board.locator(".ec-event.strip-draft")).to_have_count(0)
    expect(board.locator(".card", has_text="11 Quay Street")).to_have_count(0)
    with httpx.Client(base_url=office.address) as client:
        desk: Any = Desk(client, "dora")  # type: ignore[arg-type]
        sheets = [Pocket(desk, UUID(str(one))).stops() for one in town.technicians]
    assert any("11 Quay Street" in str(stop) for sheet in sheets for stop in sheet)


def test_the_address_leads_to_the_same_visit_and_a_reload_keeps_it(board: Page) -> None:
    job = visits(board, "Technician T1")[0]
    visit(board, job).click()
    expect(board.locator(".detail h2").first).to_be_visible()
    board.reload()
    expect(board.locator(".ec-event.looked")).to_have_attribute("data-job", job)


@pytest.mark.parametrize("view", ["", "/planning"])
def test_the_address_is_kept_where_the_view_s_part_comes_after_all_else(board: Page, view: str) -> None:
    parts: list[Route] = []
    board.route(re.compile(r"/assets/\w+View-.*\.js$"), lambda route: parts.append(route))
    with board.expect_response("**/api/v1/territories"):
        board.goto(f"/board{view}?day=2031-03-03", wait_until="commit")
    board.wait_for_timeout(1_000)
    for part in parts:
        part.continue_()
    expect(board.get_by_label("Day", exact=True).and_(board.locator("input"))).to_have_value("2031-03-03")
    expect(board).to_have_url(re.compile(rf"/board{view}/?\?day=2031-03-03"))
    assert parts


def test_a_view_s_part_that_can_not_be_had_is_told_and_asked_for_again(board: Page) -> None:
    board.route(re.compile(r"/assets/DayView-.*\.js$"), lambda route: route.abort())
    board.goto("/board")
    again = board.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    board.unroute_all()
    again.click()
    expect(board.locator(".ec-event").first).to_be_visible()
