"""A new report at the desk, typed while the telephone rings: nothing is lost, and nothing is stored twice."""

import re
import time
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from after_repair import change, now
from playwright.sync_api import Browser, Page, Route, StorageState, expect
from town import Town
from town_site import Office, sign_in

from domain.tickets import TicketState

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
LOOKS = list(product(("en-GB", "zh-CN"), ("light", "dark"), (1440, 390)))
NUMBER = re.compile(r"R\d{6}")


@pytest.fixture(scope="module", autouse=True)
def _repaired(town: Town) -> None:
    """A leak, yesterday, before any page is open."""
    ticket_id, at = town.report("slow-leak", where=90), now() - timedelta(days=1)
    change(town, ticket_id, state=TicketState.CLOSED, repaired_at=at, watched_until=at.date() + timedelta(days=9))


@pytest.fixture
def form(desk: Page) -> Page:
    desk.get_by_role("link", name="New report").click()
    expect(desk.locator("#caller-words")).to_be_focused()
    return desk


def fill(page: Page, address: str, defect: str = "slow leak") -> None:
    page.locator("#community").fill("Old Harbour")
    page.locator("#address").fill(address)
    page.locator("#defect_words").fill(defect)
    page.keyboard.press("Enter")


def save(page: Page) -> None:
    page.locator("#save").click()


def number(page: Page) -> str:
    expect(page.locator(".ticket-number")).to_have_text(NUMBER)
    return page.locator(".ticket-number").inner_text()


def at(page: Page, address: str) -> list[dict[str, Any]]:
    """The tickets that are stored for that address."""
    return [one for one in page.request.get("/api/v1/tickets?limit=500").json() if one["address"] == address]


def test_the_keyboard_alone_fills_the_form_and_saves_it(form: Page) -> None:
    keys = form.keyboard
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Old Harbour")
    keys.press("Tab")
    keys.type("40 Quay Street")
    keys.press("Tab")
    keys.type("3B")
    keys.press("Tab")
    keys.type("leak pipe")
    expect(form.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("Slow leak from a pipe")
    keys.press("Enter")
    expect(form.locator("#defect_words")).to_have_value("Slow leak from a pipe · 管道渗漏")
    keys.press("Tab")
    expect(form.get_by_role("radio", name="not known")).to_be_focused()
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    expect(form.get_by_role("radio", name="yes")).to_be_checked()
    keys.press("Tab")
    keys.type("Li Na")
    keys.press("Tab")
    keys.type("13912345678")
    keys.press("Tab")
    keys.type("Under the sink.\nSince noon.")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    told = number(form)
    expect(form.locator(".ticket-number")).to_be_focused()
    (ticket,) = at(form, "40 Quay Street")
    assert ticket["number"] == told
    assert (ticket["unit"], ticket["tier"], ticket["contact_name"]) == ("3B", "emergency", "Li Na")
    assert ticket["description"] == "Under the sink.\nSince noon."
    keys.press("Tab")
    keys.press("Enter")
    expect(form.locator("#community")).to_have_value("Old Harbour")
    expect(form.locator("#address")).to_have_value("")
    expect(form.locator("#address")).to_be_focused()


def test_a_caller_is_found_by_the_first_keys_and_saved_in_under_a_minute_by_the_keyboard_alone(form: Page) -> None:
    """Somebody who has called before: five digits of the number, what is wrong, and Enter."""
    fill(form, "53 Quay Street")
    form.locator("#unit").fill("2A")
    form.locator("#contact_name").fill("Wang Wei")
    form.locator("#contact_phone").fill("139 8877 6655")
    save(form)
    first = number(form)
    form.get_by_role("link", name="New report").click()
    expect(form.locator("#caller-words")).to_be_focused()

    keys, began = form.keyboard, time.monotonic()
    keys.type("88776")
    known = form.get_by_role("option", selected=True).filter(has_text="Wang Wei")
    expect(known).to_contain_text("53 Quay Street 2A")
    expect(known).to_contain_text(first)  # it is open already, which is seen before anything else is typed
    assert "8877" not in known.inner_text()
    keys.press("Enter")
    expect(form.locator("#defect_words")).to_be_focused()
    expect(form.get_by_role("status").filter(has_text=first)).to_be_visible()
    keys.type("no lighting")
    keys.press("Enter")
    form.locator("#save").press("Enter")
    assert number(form) != first
    assert time.monotonic() - began < 60
    second = at(form, "53 Quay Street")[-1]
    assert (second["unit"], second["contact_name"], second["contact_number"]) == ("2A", "Wang Wei", "139****6655")

    form.get_by_role("link", name="New report").click()
    form.locator("#caller-words").fill("wang 53")
    expect(known).to_be_visible()
    form.keyboard.press("Enter")
    form.locator("#contact_name").fill("Somebody else")
    form.locator("#defect_words").fill("slow leak")
    form.keyboard.press("Enter")
    save(form)
    number(form)
    assert at(form, "53 Quay Street")[-1]["contact_number"] == ""


def test_a_defect_is_found_in_either_language_and_only_one_of_the_list_is_taken(form: Page) -> None:
    options = form.get_by_role("listbox").get_by_role("option")
    words = form.locator("#defect_words")
    words.fill("燃气")
    assert options.count() > 0
    assert all("燃气" in text for text in options.all_inner_texts())
    words.fill("GAS")
    assert all("gas" in text.lower() for text in options.all_inner_texts())
    words.fill("no such thing")
    expect(form.get_by_text("Nothing is called so.")).to_be_visible()
    form.locator("#community").fill("Old Harbour")
    form.locator("#address").fill("41 Quay Street")
    save(form)
    expect(words).to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_text("Choose one from the list")).to_be_visible()
    assert at(form, "41 Quay Street") == []


def test_arrows_move_escape_closes_and_a_click_takes(form: Page) -> None:
    words = form.locator("#defect_words")
    words.fill("leak")
    first = form.get_by_role("listbox").get_by_role("option", selected=True).inner_text()
    words.press("ArrowDown")
    assert form.get_by_role("listbox").get_by_role("option", selected=True).inner_text() != first
    words.press("ArrowUp")
    assert form.get_by_role("listbox").get_by_role("option", selected=True).inner_text() == first
    words.press("Escape")
    expect(form.get_by_role("listbox")).to_be_hidden()
    words.press("ArrowDown")
    form.get_by_role("listbox").get_by_role("option").filter(has_text="Slow leak").click()
    expect(words).to_have_value("Slow leak from a pipe · 管道渗漏")
    expect(words).to_be_focused()


def test_each_defect_asks_its_own_questions_and_keeps_what_was_answered(form: Page) -> None:
    fill(form, "42 Quay Street", "heavy water leak")
    running = form.get_by_role("group", name="Is water running now")
    running.get_by_label("no", exact=True).check()
    fill(form, "42 Quay Street", "gas smell")
    expect(running).to_have_count(0)
    fill(form, "42 Quay Street", "slow leak")
    expect(running.get_by_label("no", exact=True)).to_be_checked()


def test_the_saved_report_shows_tier_clocks_verdict_and_a_missing_location(form: Page) -> None:
    fill(form, "43 Quay Street", "heavy water leak")
    save(form)
    number(form)
    card = form.locator(".saved")
    expect(card.locator(".tier")).to_have_text("▲emergency")
    assert card.locator("dt").all_inner_texts() == ["Contact by", "Attend by", "Repair by"]
    assert all(re.search(r"\d\d:\d\d", told) for told in card.locator("dd").all_inner_texts())
    expect(card).to_contain_text("can't be said without the date of")
    expect(card).to_contain_text("needs a location before it can be planned")
    form.reload()
    expect(card).to_contain_text("43 Quay Street")
    form.get_by_role("link", name="New report").click()
    expect(form.locator("#community")).to_have_value("")


def test_coordinates_make_it_ready_to_be_planned(form: Page) -> None:
    fill(form, "44 Quay Street")
    form.locator("#coordinates").fill("41.15, -8.61")
    save(form)
    number(form)
    expect(form.locator(".saved")).not_to_contain_text("needs a location")


def test_errors_stand_at_their_fields_also_those_that_only_the_server_knows(form: Page) -> None:
    save(form)
    expect(form.locator("[aria-invalid]")).to_have_count(3)
    expect(form.locator("#community")).to_be_focused()
    fill(form, "45 Quay Street")
    expect(form.locator("[aria-invalid]")).to_have_count(0)
    place = form.locator("#coordinates")
    place.fill("near the harbour")
    save(form)
    expect(form.locator("#coordinates-wrong")).to_contain_text("Two numbers in degrees")
    place.fill("121.4737, 31.2304")
    save(form)
    expect(form.get_by_role("alert")).to_contain_text("nothing you typed is lost")
    expect(form.locator("#coordinates-wrong")).to_contain_text("<= 90")
    expect(place).to_be_focused()
    place.fill("31.2304, 121.4737")
    save(form)
    number(form)
    expect(form.get_by_role("alert")).to_be_hidden()


def test_a_double_click_makes_one_ticket(form: Page) -> None:
    fill(form, "46 Quay Street")
    form.locator("#save").dblclick()
    number(form)
    assert len(at(form, "46 Quay Street")) == 1


def test_while_it_is_sent_the_form_takes_nothing_more(form: Page) -> None:
    held: list[Route] = []
    form.route("**/api/v1/tickets", lambda route: held.append(route))
    fill(form, "47 Quay Street")
    save(form)
    expect(form.get_by_role("button", name="Saving …", include_hidden=True)).to_be_disabled()
    form.locator("#address").evaluate("field => field.form.requestSubmit()")
    assert len(held) == 1
    held[0].continue_()
    number(form)
    assert len(at(form, "47 Quay Street")) == 1


def test_a_lost_network_and_a_reload_lose_no_typed_word(form: Page) -> None:
    fill(form, "48 Quay Street")
    form.get_by_role("radio", name="no", exact=True).check()
    form.locator("#description").fill("Drips.")
    form.context.set_offline(True)
    save(form)
    expect(form.get_by_role("alert")).to_contain_text("Check the connection and try again.")
    expect(form.locator("#save")).to_be_enabled()
    expect(form.locator("#save")).to_be_focused()
    form.context.set_offline(False)
    form.reload()
    expect(form.locator("#address")).to_have_value("48 Quay Street")
    expect(form.locator("#defect_words")).to_have_value("Slow leak from a pipe · 管道渗漏")
    expect(form.get_by_role("radio", name="no", exact=True)).to_be_checked()
    save(form)
    number(form)
    (ticket,) = at(form, "48 Quay Street")
    assert ticket["description"] == "Drips."
    form.get_by_role("link", name="New report").click()
    expect(form.locator("#address")).to_have_value("")


def test_an_answer_that_got_lost_makes_no_second_ticket_and_what_was_changed_since_is_told(form: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    form.route("**/api/v1/tickets", lose, times=1)
    fill(form, "49 Quay Street")
    form.locator("#description").fill("Drips.")
    save(form)
    expect(form.get_by_role("alert")).to_contain_text("Check the connection and try again.")
    form.locator("#description").fill("It pours now.")
    save(form)
    told = number(form)
    assert [one["number"] for one in at(form, "49 Quay Street")] == [told]
    expect(form.locator(".saved .notice")).to_contain_text("What the owner says It pours now.")
    assert form.locator(".saved .notice li").count() == 1
    form.get_by_role("button", name="Another one").click()
    fill(form, "49 Quay Street")
    save(form)
    assert number(form) != told
    expect(form.locator(".saved .notice")).to_have_count(0)


def test_a_session_that_ends_while_typing_loses_nothing(form: Page) -> None:
    fill(form, "50 Quay Street")
    form.context.clear_cookies(name="doorstep_session")
    save(form)
    expect(form.get_by_role("alert")).to_contain_text("Your session has ended.")
    sign_in(form)
    expect(form.locator("#address")).to_have_value("50 Quay Street")
    save(form)
    number(form)


def test_the_other_language_takes_over_what_is_typed(form: Page) -> None:
    fill(form, "51 Quay Street")
    form.get_by_role("button", name="中文").click()
    expect(form.locator("#defect_words")).to_have_value("管道渗漏 · Slow leak from a pipe")
    expect(form.locator("#address")).to_have_value("51 Quay Street")
    form.get_by_role("button", name="English").click()


def test_emptying_the_form_asks_first(form: Page) -> None:
    fill(form, "52 Quay Street")
    form.once("dialog", lambda asked: asked.dismiss())
    form.get_by_role("button", name="Empty the form").click()
    expect(form.locator("#address")).to_have_value("52 Quay Street")
    form.once("dialog", lambda asked: asked.accept())
    form.get_by_role("button", name="Empty the form").click()
    expect(form.locator("#address")).to_have_value("")


def test_communities_are_suggested_and_open_tickets_at_the_address_are_shown_while_typing(form: Page) -> None:
    expect(form.locator("#communities option")).to_have_attribute("value", "Old Harbour")
    already = form.get_by_role("status")
    form.locator("#address").press_sequentially("7 qu")
    expect(already).to_contain_text(re.compile(r"R\d{6}.*Slow leak from a pipe.*7 Quay Street.*open since", re.DOTALL))
    assert already.locator("li").count() == 1
    form.locator("#address").fill("7 Quay Street, at the back")
    expect(already).to_be_hidden()
    form.locator("#address").fill("7, QUAY STREET")
    expect(already).to_contain_text("7 Quay Street")


def test_signing_out_leaves_nothing_that_an_owner_said(office: Office, browser: Browser) -> None:
    page = browser.new_context(base_url=office.address, locale="en-GB").new_page()
    page.goto("/#view=report")
    sign_in(page)
    page.locator("#contact_phone").fill("13912345678")
    assert page.evaluate("Object.values(sessionStorage).join().includes('13912345678')")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_form_and_saved_report_fit_and_can_be_read(
    look: tuple[str, Any, int], office: Office, browser: Browser, doras: StorageState, tmp_path: Path
) -> None:
    locale, scheme, width = look
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        storage_state={"cookies": doras["cookies"], "origins": []},
    )
    page = context.new_page()

    def looks_right(name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.evaluate(CONTRAST) == [], name
        assert not re.search(r"undefined|null|NaN|\{\w+\}", page.locator("body").inner_text()), name

    page.goto("/#view=report")
    page.locator("#save").click()
    looks_right("wrong")
    fill(page, "7 Quay Street", "管道渗漏")
    expect(page.locator("#already")).to_be_visible()
    page.locator("#contact_name").fill("李娜")
    page.locator("#contact_phone").fill("13912345678")
    looks_right("filled")
    page.locator("#defect_words").fill("漏")
    looks_right("choosing")
    page.locator("#defect_words").fill("大量漏水")
    page.keyboard.press("Enter")
    page.locator("#address").fill(f"{width} {scheme} {locale}")
    page.locator("#save").click()
    number(page)
    looks_right("saved")
    context.close()


def test_where_a_repair_would_open_again_the_form_says_which_and_asks_whether_it_is_another_place(
    form: Page,
) -> None:
    fill(form, "90 Quay Street", "flickers")
    expect(form.locator("#elsewhere")).to_have_count(0)  # another fault is another ticket anyway
    fill(form, "90 Quay Street")
    again = form.get_by_role("status").filter(has_text="Slow leak from a pipe")
    again.get_by_role("checkbox").check()
    form.locator("#unit").press("Tab")
    expect(form.locator("#elsewhere")).to_be_checked()
    with form.expect_request(lambda request: request.method == "POST" and "/tickets" in request.url) as sent:
        save(form)
    assert sent.value.post_data_json["elsewhere"] is True
    number(form)
    assert len(at(form, "90 Quay Street")) == 2
