"""The site's page as a dispatcher meets it, in a real browser."""

import re
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from town import DAY, PASSWORD
from town_site import Office, ask_for_plan, report, sign_in

READY = 20_000
"""Milliseconds for a plan to be made, on a busy machine."""


def version(page: Page) -> Locator:
    return page.locator("#plan option:checked")


def test_a_wrong_password_is_told_and_the_right_one_leads_to_the_day(office: Office, browser: Browser) -> None:
    page = browser.new_context(base_url=office.address, locale="en-GB").new_page()
    page.goto("/")
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed; check both and try again.")
    sign_in(page, PASSWORD)
    expect(page.get_by_role("button", name="Plan this day")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_token_from_before_the_servers_restart_does_not_lock_anyone_out(office: Office, browser: Browser) -> None:
    context = browser.new_context(base_url=office.address, locale="en-GB")
    context.add_cookies([{"name": "doorstep_csrf", "value": "f" * 128, "url": office.address}])
    page = context.new_page()
    page.goto("/")
    sign_in(page)
    expect(page.get_by_role("button", name="Plan this day")).to_be_visible()


def test_the_published_day_shows_numbers_picture_and_route_sheets(desk: Page) -> None:
    numbers = dict(zip(desk.locator("dt").all_inner_texts(), desk.locator("dd").all_inner_texts(), strict=True))
    assert (numbers["jobs"], numbers["served"], numbers["not served"]) == ("9", "8", "1")
    assert desk.locator(".picture .stop .box").count() == 8
    assert "Light flickers or fails 灯具故障" in desk.locator(".picture .stop title").first.evaluate(
        "title => title.textContent"
    )
    assert desk.locator("section details").count() == int(numbers["technicians"])
    expect(version(desk)).to_contain_text("1 · published")
    expect(desk.get_by_label(re.compile("Day ·"))).to_have_value(str(DAY))
    expect(desk.get_by_text(f"Day · {DAY:%a}")).to_be_visible()


def test_what_is_not_served_says_why_in_both_languages(desk: Page) -> None:
    left = desk.locator(".cards li")
    expect(left).to_contain_text("Nobody at work that day has all the skills it needs: Gas fitter's certificate, Gas.")
    expect(left).to_contain_text("▲emergency")
    desk.get_by_role("button", name="中文").click()
    expect(left).to_contain_text("当天上班的技师中无人具备所需技能：燃气专业培训考核合格证书、燃气。")
    expect(left).to_contain_text("▲紧急")


def test_a_box_of_the_picture_leads_to_its_stop_on_the_route_sheet(desk: Page) -> None:
    box = desk.locator(".picture .stop:has(.box)").first
    ticket = box.get_attribute("data-ticket") or ""
    row = desk.get_by_role("row").filter(has_text=ticket)
    expect(row).to_be_hidden()
    box.click()
    expect(row).to_be_focused()


def test_the_chosen_language_stays_after_a_reload(desk: Page) -> None:
    desk.get_by_role("button", name="中文").click()
    desk.reload()
    expect(desk.get_by_role("heading", name="路线单")).to_be_visible()
    expect(desk.locator("html")).to_have_attribute("lang", "zh-CN")
    desk.get_by_role("button", name="English").click()
    expect(desk.get_by_role("heading", name="Route sheets")).to_be_visible()


def test_an_unplanned_day_is_planned_watched_and_published(desk: Page) -> None:
    report(desk, houses=range(20, 28))
    desk.get_by_role("button", name="The day after").click()
    expect(desk.get_by_text("phones see nothing until you publish it")).to_be_visible()
    desk.get_by_role("button", name="Plan this day").click()
    expect(desk.get_by_text(re.compile(r"Looking for a better plan · \d+ s · \d+ jobs served · cost"))).to_be_visible(
        timeout=READY
    )
    desk.get_by_role("button", name="Stop, and keep the best so far").click()
    publish = desk.get_by_role("button", name="Publish")
    expect(publish).to_be_enabled(timeout=READY)
    expect(version(desk)).to_contain_text("1 · draft")

    desk.once("dialog", lambda asked: asked.dismiss())
    publish.click()
    expect(version(desk)).to_contain_text("1 · draft")

    desk.once("dialog", lambda asked: asked.accept())
    publish.click()
    expect(version(desk)).to_contain_text("1 · published")
    expect(desk.locator("p", has_text="Published ")).to_be_visible()
    expect(publish).to_be_disabled()


def test_publishing_a_plan_that_the_day_has_left_behind_is_explained(desk: Page) -> None:
    report(desk, houses=range(30, 32))
    day = DAY + timedelta(days=2)
    older, newer = ask_for_plan(desk, day), ask_for_plan(desk, day)
    desk.on("dialog", lambda asked: asked.accept())
    publish = desk.get_by_role("button", name="Publish")
    desk.goto(f"/#day={day}&plan={newer}")
    expect(publish).to_be_enabled(timeout=READY)
    publish.click()
    expect(version(desk)).to_contain_text("2 · published")
    desk.goto(f"/#day={day}&plan={older}")
    publish.click(timeout=READY)
    expect(desk.get_by_role("alert")).to_contain_text("Nothing was published, and the plan in force stays.")


def test_tickets_show_three_clocks_and_the_verdict_with_its_articles(desk: Page) -> None:
    desk.get_by_role("link", name="Tickets").click()
    row = desk.get_by_role("row").filter(has_text="Quay Street").first
    expect(row).to_contain_text("138****0000")
    expect(row.get_by_role("cell").nth(3)).to_contain_text("✓")  # whoever called has been spoken with
    assert row.locator(".when").count() == 2
    row.locator("summary").click()
    expect(row).to_contain_text("can't be said without the date of handover")
    expect(row).to_contain_text("《")
    expect(desk.get_by_text("needs a location before it can be planned")).to_have_count(1)


def test_what_an_owner_wrote_is_text_and_never_markup(desk: Page) -> None:
    desk.get_by_role("link", name="Tickets").click()
    expect(desk.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    assert desk.locator("main img").count() == 0


@pytest.mark.parametrize(
    ("typed", "zone", "meant"),
    [
        ("2026-07-01T18:00", "Asia/Shanghai", "2026-07-01T10:00:00.000Z"),
        ("2026-07-01T18:00", "Europe/Lisbon", "2026-07-01T17:00:00.000Z"),
        ("2026-01-01T00:00", "America/New_York", "2026-01-01T05:00:00.000Z"),
        ("2026-03-29T03:30", "Europe/Paris", "2026-03-29T01:30:00.000Z"),
        ("2026-03-29T02:30", "Europe/Paris", "2026-03-29T01:30:00.000Z"),  # skipped: half past three is meant
        ("2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30:00.000Z"),  # comes twice: the first
        ("2026-10-25T03:30", "Europe/Paris", "2026-10-25T02:30:00.000Z"),
    ],
)
def test_a_time_that_is_typed_is_meant_on_the_territorys_clock(desk: Page, typed: str, zone: str, meant: str) -> None:
    read = "([typed, zone]) => import('/site/times.js').then(({ momentOf }) => momentOf(typed, zone))"
    assert desk.evaluate(read, [typed, zone]) == meant


def test_a_pairing_code_pairs_a_phone_which_the_team_then_shows(desk: Page, office: Office) -> None:
    desk.get_by_role("link", name="Team").click()
    row = desk.get_by_role("row").filter(has_text="Technician T1")
    row.get_by_role("button", name="Pair a phone").click()
    expect(row).to_contain_text("It works once")
    code = row.locator(".code").inner_text()
    body = {"code": code, "device_name": "Red phone", "client_version": "1.0.0"}
    assert httpx.post(f"{office.address}/mobile/v1/pair", json=body).status_code == 200
    desk.reload()
    expect(row).to_contain_text("Red phone")


def test_a_server_that_does_not_answer_is_told_without_losing_the_page(desk: Page) -> None:
    desk.context.set_offline(True)
    desk.get_by_role("link", name="Tickets").click()
    expect(desk.get_by_role("alert")).to_contain_text("Check the connection and try again.")
    desk.context.set_offline(False)
    desk.get_by_role("link", name="Team").click()
    expect(desk.get_by_role("row").filter(has_text="Technician T1")).to_be_visible()
    expect(desk.get_by_role("alert")).to_be_hidden()


def test_a_session_that_has_ended_asks_to_sign_in_and_goes_on_where_it_was(desk: Page) -> None:
    desk.context.clear_cookies(name="doorstep_session")
    desk.evaluate("location.hash = 'view=team'")  # no press: the page may have found out by itself, and hide its links
    expect(desk.get_by_role("alert")).to_contain_text("Your session has ended.")
    sign_in(desk)
    expect(desk.get_by_role("row").filter(has_text="Technician T1")).to_be_visible()
