"""A manager changes what people are told: with its gaps shown, a sample of it, and nobody's words lost."""

from collections.abc import Iterator

import pytest
from built_pages import build_pages
from playwright.sync_api import Browser, Page, expect
from town import PASSWORD
from town_site import Office


@pytest.fixture
def board(office: Office, browser: Browser) -> Iterator[Page]:
    build_pages()
    context = browser.new_context(base_url=office.address, locale="en-GB", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/board/messages")
    page.get_by_label("Name").fill("mia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()
    assert complaints == []


def test_a_manager_s_words_are_checked_where_they_stand_shown_with_samples_and_taken_back(board: Page) -> None:
    board.get_by_role("navigation", name="Messages that people get").get_by_role("button", name="Visit booked").click()
    card = board.get_by_role("region", name="English")
    text = card.get_by_role("textbox", name="Text")
    shipped = text.input_value()
    text.fill("Hello {owner}")
    expect(card.get_by_role("alert")).to_contain_text("{owner} at character 7 is not filled in here.")
    card.get_by_role("button", name="Save").click()
    assert text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "{owner}"
    text.fill("Harbour: we come on ")
    card.get_by_role("button", name="{day}").click()
    expect(text).to_have_value("Harbour: we come on {day}")
    expect(card.locator("blockquote")).to_contain_text("Harbour: we come on Tue 3 Mar")
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Changed by Mia")

    # somebody else, meanwhile
    changed = board.evaluate(
        """async () => (await fetch("/api/v1/message-templates/booked/en", {
          method: "PUT",
          headers: { "Content-Type": "application/json",
                     "X-CSRF-Token": document.cookie.match(/doorstep_csrf=([^;]+)/)[1] },
          body: JSON.stringify({ subject: "Other", text: "Theirs" }),
        })).status"""
    )
    assert changed == 204
    text.fill("Mine")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_role("alert")).to_contain_text("Theirs")
    expect(text).to_have_value("Mine")
    card.get_by_role("button", name="Save mine over theirs").click()
    expect(card.get_by_role("alert")).to_have_count(0)
    expect(card.locator("blockquote")).to_contain_text("Mine")
    card.get_by_role("button", name="Back to the shipped text").click()
    expect(text).to_have_value(shipped)
    expect(card).to_contain_text("as shipped")
