"""One ticket at the desk: a time told on the phone, a price, clocks that stand still, links, the owner's photos."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from desk_looks import LOOKS, Look, looks_right, opened_page
from owner_browser import OwnerBrowser, link_for
from pictures import picture, saved
from playwright.sync_api import Browser, Locator, Page, StorageState, expect
from town import DAY, Desk, Town
from town_site import Office, serving

from api.adapters.servers import Servers


@pytest.fixture(scope="module")
def tickets(town: Town) -> list[UUID]:
    """Made before a browser runs, which keeps a loop of its own. The day is planned, so that the desk has a picture."""
    found = [town.report(where=house) for house in range(1, 9)]
    town.plan(DAY)
    return found


@pytest.fixture(scope="module")
def office(
    town: Town, tickets: list[UUID], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


def show(page: Page, ticket_id: UUID) -> Locator:
    page.goto(f"/#view=ticket&ticket={ticket_id}")
    expect(page.locator(".ticket-number")).to_be_visible()
    return page.locator("main")


def token_in(page: Page, section: str) -> str:
    address = page.locator(section).get_by_label("The new link").input_value()
    return address.rpartition("/")[2]


def test_a_time_is_offered_held_booked_and_cancelled_while_the_owner_is_on_the_phone(
    desk: Page, tickets: list[UUID]
) -> None:
    main = show(desk, tickets[0])
    main.get_by_role("button", name="Times to offer").click()
    expect(main.locator(".times .near").first).to_be_focused()
    desk.keyboard.press("Enter")
    expect(main).to_contain_text("is held until")
    expect(main.get_by_role("button", name="The owner agrees: book it")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(main.locator(".promise").first).to_contain_text("Promised:")
    desk.once("dialog", lambda asked: asked.accept())
    main.get_by_role("button", name="Cancel the visit").click()
    expect(main.locator(".promise")).to_have_count(0)


def test_a_price_is_typed_offered_and_withdrawn_and_no_time_can_be_chosen_meanwhile(
    desk: Page, tickets: list[UUID]
) -> None:
    main = show(desk, tickets[1])
    main.get_by_text("Offer a price").click()
    main.get_by_label("What for 1").fill("Lamp holder")
    main.get_by_label("Amount 1").fill("a lot")
    main.get_by_role("button", name="Offer this price").click()
    assert "An amount such as 120" in main.get_by_label("Amount 1").evaluate("field => field.validationMessage")
    main.get_by_label("Amount 1").fill("120,5")
    main.get_by_label("Amount 1").press("Enter")
    expect(main.get_by_label("What for 2")).to_be_focused()
    main.get_by_label("What for 2").fill("Discount")
    main.get_by_label("Amount 2").fill("-20")
    expect(main.locator(".quote")).to_contain_text("Together CN¥100.50")
    main.get_by_role("button", name="Offer this price").click()
    expect(main.locator("#quotes li").first).to_contain_text("waits for the owner")
    expect(main.locator("#times")).to_contain_text("once the owner has accepted the price")
    (quote,) = desk.request.get(f"/api/v1/tickets/{tickets[1]}/quotes").json()
    assert [(line["text"], line["cents"]) for line in quote["lines"]] == [("Lamp holder", 12_050), ("Discount", -2_000)]
    main.locator("#quotes").get_by_role("button", name="Withdraw").click()
    expect(main.locator("#quotes li").first).to_contain_text("withdrawn")
    expect(main.get_by_role("button", name="Times to offer")).to_be_visible()


def test_the_clocks_stand_still_with_the_owners_word_and_go_on(desk: Page, tickets: list[UUID]) -> None:
    main = show(desk, tickets[2])
    states = main.locator("dl .badge")
    expect(states.nth(1)).to_have_text(re.compile("on time|will miss"))
    main.get_by_text("Let the clocks stand still").click()
    main.get_by_label("Who agreed").fill("Li Na")
    main.get_by_label("How they said so").select_option("wechat")
    main.get_by_role("button", name="Pause the clocks").click()
    expect(states.nth(1)).to_contain_text("stands still")
    expect(states.nth(0)).not_to_contain_text("stands still")
    expect(main.locator("#pauses li")).to_contain_text("Li Na agreed, by WeChat")
    main.get_by_role("button", name="The clocks go on").click()
    expect(states.nth(1)).to_have_text(re.compile("on time|will miss"))
    expect(main.locator("#pauses li")).not_to_contain_text("until now")


def test_a_link_is_shown_once_with_its_code_opens_the_ticket_and_ends_when_it_is_withdrawn(
    desk: Page, dora: Desk, tickets: list[UUID]
) -> None:
    main = show(desk, tickets[3])
    main.locator("#make-owner-link").click()
    expect(main.get_by_role("img", name="The link as a QR code")).to_be_visible()
    token = token_in(desk, "#links")
    browser = OwnerBrowser(dora.client, token)
    assert browser.ticket()["number"] == main.locator(".ticket-number").inner_text()
    show(desk, tickets[4])
    show(desk, tickets[3])
    expect(main.locator("#links")).to_contain_text("opened")
    expect(main.get_by_label("The new link")).to_have_count(0)
    main.locator("#links").get_by_role("button", name="Withdraw").click()
    expect(main.locator("#links")).to_contain_text("withdrawn")
    assert browser.get("ticket").status_code == 401


def test_the_homes_link_reports_from_this_home(desk: Page, dora: Desk, tickets: list[UUID]) -> None:
    main = show(desk, tickets[4])
    main.locator("#make-home-link").click()
    expect(main.get_by_role("img", name="The link as a QR code")).to_be_visible()
    opened = dora.client.post("/api/v1/owner/home/open", json={"token": token_in(desk, "#links")})
    assert opened.status_code == 200, opened.text
    asked = dora.client.get("/api/v1/owner/home", headers={"Owner-Session": opened.json()["session"]})
    assert asked.json()["home"] == "Old Harbour 5 Quay Street"


def test_the_owners_photos_stand_with_the_report(desk: Page, dora: Desk, tickets: list[UUID]) -> None:
    owner = OwnerBrowser(dora.client, link_for(dora, tickets[5]))
    sent = dora.client.post(
        "/api/v1/owner/photos", content=saved(picture()), headers={**owner.headers, "Content-Type": "image/jpeg"}
    )
    assert sent.status_code in (200, 201), sent.text
    main = show(desk, tickets[5])
    thumbnail = main.locator(".photo img")
    thumbnail.scroll_into_view_if_needed()
    desk.wait_for_function("document.querySelector('.photo img').naturalWidth > 0")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_the_tickets_page_fits_and_can_be_read(
    look: Look, office: Office, browser: Browser, doras: StorageState, tickets: list[UUID], tmp_path: Path
) -> None:
    with opened_page(look, office, browser, doras) as page:
        main = show(page, tickets[6])
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.locator("#make-owner-link").click()
        expect(main.locator(".qr")).to_be_visible()
        page.locator("#look-for-times").click()
        expect(main.locator(".times button").first).to_be_visible()
        looks_right(page, "ticket", tmp_path)
