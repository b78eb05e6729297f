"""What phones bring, as a dispatcher meets it: conflicts with both versions, and a ticket with all that was done."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from field_work import FieldWork, work
from playwright.sync_api import Browser, Locator, Page, StorageState, expect
from test_site_looks import CONTRAST, GAP
from town import Desk, Town
from town_site import Office


@pytest.fixture(scope="module", autouse=True)
def done(town: Town, office: Office, dora: Desk, tmp_path_factory: pytest.TempPathFactory) -> FieldWork:
    return work(town, office.address, dora, tmp_path_factory.mktemp("field"))


def conflict(page: Page, ticket: str) -> Locator:
    return page.locator(".cards > li").filter(has=page.get_by_role("link", name=ticket, exact=True))


def versions(page: Page, ticket: str) -> tuple[Locator, Locator]:
    """What the technician did, and what the office decided."""
    page.get_by_role("link", name="Conflicts").click()
    both = conflict(page, ticket).locator("section")
    expect(both).to_have_count(2)
    return both.nth(0), both.nth(1)


def open_ticket(page: Page, number: str, state: str = "closed") -> None:
    page.get_by_role("link", name="Tickets").click()
    page.get_by_label("Show").select_option(state)
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.locator(".ticket-number")).to_have_text(number)


def test_a_conflict_shows_what_the_technician_did_beside_what_the_office_decided(desk: Page, done: FieldWork) -> None:
    did, decided = versions(desk, done.moved)
    expect(did).to_contain_text("Finished, with the owner's signatureTechnician T1")
    expect(did).to_contain_text("known here")
    expect(did).to_contain_text("Time worked: 25 min")
    expect(did).to_contain_text("2 × Lamp 灯泡")
    expect(did).to_contain_text("New terminal, tested with the owner.")
    expect(did.locator(".checks .no")).to_contain_text("not done: Area left clean")
    expect(did).to_contain_text("Signed by Zhang San · Of the owner's family")
    expect(did.get_by_role("img", name="Signed by Zhang San")).to_be_visible()
    expect(did.locator(".photo")).to_have_count(1)
    expect(did).to_contain_text("The photo is still on the phone.")
    expect(decided).to_contain_text(re.compile(r"Given to Technician T2 by Dora, .*, with version 2 of the plan\."))
    expect(decided).to_contain_text("In the plan now: Technician T2")


def test_a_cancelled_visit_says_who_left_it_out_and_why(desk: Page, done: FieldWork) -> None:
    did, decided = versions(desk, done.cancelled)
    expect(did).to_contain_text("Parts are missing")
    expect(did).to_contain_text("Needed next: DN20 valve")
    expect(decided).to_contain_text(re.compile(r"Cancelled by Dora, .*: version 2 of the plan leaves it out\."))
    expect(decided).to_contain_text("No technician has all the skills it needs.")
    expect(decided).to_contain_text("Nobody is planned for this job now.")


def test_a_decision_that_was_not_recorded_is_not_made_up(desk: Page, office: Office) -> None:
    desk.get_by_role("link", name="Conflicts").click()
    expect(conflict(desk, office.conflict)).to_contain_text("Who decided it, and when, is not in the audit trail.")


def test_a_ticket_shows_all_that_happened_at_its_visit_in_order(desk: Page, done: FieldWork) -> None:
    open_ticket(desk, done.whole)
    expect(desk.locator(".facts:not(.told) > li > p:first-child > b")).to_have_text(
        [
            "Took the visit", "On the way", "Arrived", "Work began or went on", "Photo", "Paused",
            "Work began or went on", "Part used", "Note", "Found another defect",
            "Finished, with the owner's signature",
        ]
    )  # fmt: skip
    facts = desk.locator(".facts:not(.told)")
    expect(facts).to_contain_text("before · Scorched terminal")
    expect(facts).to_contain_text("Parts are missing")
    expect(facts).to_contain_text("Bathroom, left wall")
    with desk.expect_download() as pdf:
        facts.get_by_role("link", name="PDF").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    facts.get_by_role("link", name=re.compile(r"R\d+")).click()
    expect(desk.locator("section.card")).to_contain_text("Drips since winter")
    expect(desk.locator("main")).to_contain_text("No visit is planned yet.")


def test_a_thumbnail_opens_the_whole_photo_and_escape_closes_it(desk: Page, done: FieldWork) -> None:
    open_ticket(desk, done.whole)
    thumbnail = desk.get_by_role("button", name="before · Scorched terminal")
    thumbnail.click()
    whole = desk.locator("dialog img")
    expect(whole).to_be_visible()
    expect(whole).to_have_js_property("naturalWidth", 640)
    desk.keyboard.press("Escape")
    expect(whole).to_have_count(0)
    expect(thumbnail).to_be_focused()


def test_a_refusal_names_its_reason_and_its_witness(desk: Page, done: FieldWork) -> None:
    open_ticket(desk, done.refused)
    fact = desk.locator(".facts:not(.told) > li")
    expect(fact).to_contain_text("Finished; the owner signed nothing")
    expect(fact).to_contain_text("Does not agree on the payment")
    expect(fact).to_contain_text("Witness: Li Qiang, caretaker")
    expect(fact).to_contain_text("The owner says: Says that it is under warranty.")
    expect(fact.locator(".photo img")).to_be_visible()


LOOKS = list(product(("en-GB", "zh-CN"), (1440, 390)))


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def page(request: pytest.FixtureRequest, office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    locale, width = request.param
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        viewport={"width": width, "height": 900},
        storage_state={"cookies": doras["cookies"], "origins": []},
    )
    yield context.new_page()
    context.close()


def test_conflicts_and_tickets_fit_their_width_and_can_be_read(page: Page, done: FieldWork, tmp_path: Path) -> None:
    page.goto("/#view=conflicts")
    tickets = {one["number"]: one["id"] for one in page.request.get("/api/v1/tickets").json()}
    for name, address in {
        "conflicts": "conflicts",
        "whole": f"ticket&ticket={tickets[done.whole]}",
        "refused": f"ticket&ticket={tickets[done.refused]}",
    }.items():
        page.goto("about:blank")
        page.goto(f"/#view={address}")
        page.locator(".photo img").first.wait_for()
        for photo in page.locator(".photo img").all():
            photo.scroll_into_view_if_needed()
            expect(photo).not_to_have_js_property("naturalWidth", 0)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.evaluate(CONTRAST) == []
        assert not re.search(GAP, page.locator("body").inner_text())


def test_a_settled_conflict_leaves_the_queue_and_its_note_stays_with_the_ticket(
    desk: Page, done: FieldWork, town: Town
) -> None:
    waiting = int(desk.locator("#waiting").inner_text())
    desk.get_by_role("link", name="Conflicts").click()
    one = conflict(desk, done.moved)
    one.get_by_label("Note for the audit trail").fill("Rang Zhang San: it is repaired. T2 told.")
    one.get_by_role("button", name=f"Settle: {done.moved}").click()
    expect(one).to_have_count(0)
    expect(desk.locator("#waiting")).to_have_text(str(waiting - 1))
    open_ticket(desk, done.moved, "open")
    fact = desk.locator(".facts:not(.told) > li")
    expect(fact).to_contain_text("against the plan")
    expect(fact).to_contain_text("Settled by Dora")
    expect(fact).to_contain_text("Rang Zhang San: it is repaired. T2 told.")
