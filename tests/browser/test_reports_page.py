"""Reports and imports at the desk: asked for, watched while a worker is at them, fetched."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from town_site import Office, sign_in

LONG = 60_000

HOMES = "community,address,unit,latitude,longitude\nLime Court,1 Lime Street,,41.2,-8.6\n"


def manager(office: Office, browser: Browser, locale: str, width: int = 1440) -> Page:
    page = browser.new_context(
        base_url=office.address, locale=locale, viewport={"width": width, "height": 900}, accept_downloads=True
    ).new_page()
    page.goto("/")
    if locale == "en-GB":
        sign_in(page, name="mia")
    else:
        page.fill("[name=username]", "mia")
        page.fill("[name=password]", "correct horse battery staple")
        page.press("[name=password]", "Enter")
    expect(page.locator("[data-view=imports]")).to_be_visible()
    return page


def test_a_dispatcher_asks_for_a_report_sees_it_made_and_fetches_the_workbook(desk: Page, tmp_path: Path) -> None:
    desk.goto("/#view=reports")
    expect(desk.locator("[data-view=imports]")).to_be_hidden()
    desk.get_by_role("button", name="Make the report").click()
    link = desk.get_by_role("link", name="Fetch after-sales-").first
    expect(link).to_be_visible(timeout=LONG)
    with desk.expect_download() as saved:
        link.click()
    saved.value.save_as(tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["Numbers", "By territory", "By community", "By technician group", "By defect"]
    numbers = {row[0]: row[1] for row in book["Numbers"].iter_rows(min_row=2, values_only=True)}
    assert numbers["Tickets reported"] == 10


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_manager_takes_in_a_list_and_reads_why_another_one_was_refused(
    office: Office, browser: Browser, tmp_path: Path, locale: str
) -> None:
    page = manager(office, browser, locale)
    page.goto("/#view=imports")
    page.select_option("#import-what", "homes")
    good, bad = tmp_path / f"good-{locale}.csv", tmp_path / f"bad-{locale}.csv"
    good.write_text(HOMES.replace("Lime", f"Lime {locale}"), "utf-8")
    bad.write_text(HOMES + "Lime Court,,,41.2,-8.6\n", "utf-8")
    for file in (good, bad):
        page.set_input_files("#import-file", file)
        page.click("#import-ask")
        expect(page.get_by_role("row").filter(has_text=file.name)).to_be_visible()
    refused = page.get_by_role("row").filter(has_text=bad.name)
    expect(refused).to_contain_text("1 of 2 rows are bad", timeout=LONG)
    refused.locator("summary").click()
    expect(refused.locator("li")).to_contain_text("3")
    with page.expect_download() as saved:
        refused.get_by_role("link").click()
    assert saved.value.suggested_filename == "refused-rows.xlsx"
    taken = page.get_by_role("row").filter(has_text=good.name)
    expect(taken.locator(".badge.state")).to_be_visible(timeout=LONG)
    page.context.close()
