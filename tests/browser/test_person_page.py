"""The desk's page for what is held of a person: a manager's alone."""

from pathlib import Path
from zipfile import ZipFile

import psycopg
from playwright.sync_api import Browser, Page, expect
from town import PASSWORD, Town
from town_site import Office

PHONE = "13912340077"


def test_a_manager_looks_saves_and_erases_and_a_dispatcher_sees_no_such_page(
    office: Office, town: Town, browser: Browser, desk: Page, tmp_path: Path
) -> None:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        ((home,),) = connection.execute("SELECT home_id FROM tickets LIMIT 1").fetchall()
        connection.execute(
            "INSERT INTO owners (id, home_id, name, phone) VALUES (gen_random_uuid(), %s, '欧阳', %s)", (home, PHONE)
        )
    desk.goto("/")
    desk.wait_for_selector("[data-view=day]")
    expect(desk.locator("[data-view=person]")).to_be_hidden()

    page = browser.new_context(base_url=office.address, locale="zh-CN", accept_downloads=True).new_page()
    page.goto("/#view=person")
    page.fill("[name=username]", "mia")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("[data-view=person]")).to_be_visible()
    page.fill("#person-phone", PHONE)
    page.click("#person-find")
    expect(page.locator("main table").first).to_contain_text("欧阳")
    assert PHONE not in page.url
    with page.expect_download() as saved:
        page.click("#person-export")
    saved.value.save_as(tmp_path / "person.zip")
    with ZipFile(tmp_path / "person.zip") as archive:
        assert "欧阳" in archive.read("person.json").decode()
    page.on("dialog", lambda asked: asked.accept())
    page.fill("#person-reason", "书面申请")
    page.click("#person-erase")
    expect(page.locator("main .notice")).to_contain_text("已删除")
    page.screenshot(path=tmp_path / "erased.png")
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1 FROM owners WHERE phone = %s", (PHONE,)).fetchall() == []
    page.context.close()
