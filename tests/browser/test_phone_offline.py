"""A technician's day in a basement: what the phone showed as saved reaches the office, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from phone_in_chromium import PhoneInChromium, paired, sign, unsent
from playwright.sync_api import Page, Playwright, Route, expect
from town import Desk, Town
from town_site import Office

from mobile_contract.v1 import ChecklistAnswer, Named, PartUsed, ShownDocument, document_hash


@pytest.fixture
def phone(
    playwright: Playwright, office: Office, dora: Desk, busiest: tuple[str, Any], tmp_path: Path
) -> Iterator[PhoneInChromium]:
    code = dora.post(f"/api/v1/technicians/{busiest[0]}/pairing-codes").json()["code"]
    phone = paired(PhoneInChromium(playwright, tmp_path / "profile", office.address), code)
    yield phone
    phone.close()
    assert [told for told in phone.complaints if not told.startswith("Failed to load resource")] == []


def finish(page: Page) -> dict[str, Any]:
    """The next stop, from the door to the signature. What was filled in."""
    page.get_by_role("button", name="I have arrived").click()
    page.get_by_role("button", name="Start work").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#finish")).to_be_visible()
    for yes in page.get_by_role("radio", name="Yes").all():
        yes.check()
    page.get_by_label("Note").last.fill("New fitting 换新")
    for _ in range(3):
        page.get_by_role("button", name="Minutes worked +5").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Please read and sign")).to_be_visible()
    visit_id = page.url.split("/")[-2]
    page.get_by_label("Name of who signs").fill("Zhang San")
    sign(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    return {"visit_id": visit_id, "minutes": 15, "note": "New fitting 换新"}


def told_of(town: Town, visit_id: str) -> list[tuple[Any, ...]]:
    """The operations that the office has on the visit, in the device's order."""
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(
            "SELECT kind, status::text, payload FROM operations WHERE visit_id = %s ORDER BY device_seq", (visit_id,)
        ).fetchall()


def test_a_stop_done_offline_survives_a_dead_battery_and_reaches_the_office_once(
    phone: PhoneInChromium, town: Town, busiest: tuple[str, list[dict[str, Any]]]
) -> None:
    page = phone.open(offline=True)
    stops = {stop["visit_id"]: stop for stop in busiest[1]}
    for stop in stops.values():
        expect(page.get_by_text(stop["address"]).first).to_be_visible()
    page.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Where")).to_be_visible()
    page.get_by_role("link", name="Today").click()

    work = finish(page)
    unsent(page, "3 not sent")
    expect(page.get_by_text("done", exact=True).first).to_be_visible()
    phone.kill()

    page = phone.open(offline=True)
    unsent(page, "3 not sent")
    expect(page.get_by_text("done", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_disabled()
    expect(page.get_by_text("3 not sent yet. Signing out would lose them")).to_be_visible()
    assert told_of(town, work["visit_id"]) == []

    assert phone.context
    phone.context.set_offline(False)
    unsent(page, "all sent")
    expect(page.get_by_role("button", name="Sign out")).to_be_enabled()
    told = told_of(town, work["visit_id"])
    assert [kind for kind, _, _ in told] == ["arrive", "start", "complete"]
    assert {status for _, status, _ in told} == {"applied"}
    payload = told[-1][2]
    assert (payload["minutes"], payload["note"]) == (work["minutes"], work["note"])
    signed = payload["sign_off"]
    assert (signed["signer_name"], signed.get("accepted", True), len(signed["strokes"])) == ("Zhang San", True, 2)
    assert signed["document_hash"] == document_hash(document_of(stops[work["visit_id"]], payload))


def test_a_full_disk_is_said_aloud_and_nothing_shows_as_saved(phone: PhoneInChromium) -> None:
    page = phone.open_on_a_full_disk()
    page.get_by_role("button", name="I have arrived").click()
    expect(page.get_by_role("dialog")).to_contain_text("NOTHING was saved")
    page.get_by_role("button", name="I see").click()
    unsent(page, "all sent")
    expect(page.get_by_role("button", name="I have arrived")).to_be_enabled()
    expect(page.locator(".card.next")).to_contain_text("planned")


def test_an_answer_that_gets_lost_does_not_make_it_count_twice(phone: PhoneInChromium, town: Town) -> None:
    page = phone.open()
    assert phone.context
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    phone.context.route("**/mobile/v1/operations", lose)
    work = finish(page)
    unsent(page, "3 not sent")
    assert told_of(town, work["visit_id"]) != []
    phone.context.unroute_all(behavior="wait")
    page.get_by_test_id("unsent").click()
    unsent(page, "all sent")
    assert len(lost) >= 1
    assert [(kind, status) for kind, status, _ in told_of(town, work["visit_id"])] == [
        ("arrive", "applied"),
        ("start", "applied"),
        ("complete", "applied"),
    ]


def test_work_on_a_visit_that_was_cancelled_meanwhile_is_kept_and_told(phone: PhoneInChromium, town: Town) -> None:
    page = phone.open(offline=True)
    page.get_by_role("link", name="Open").click()
    page.wait_for_url("**/stops/*")
    visit_id = page.url.rpartition("/")[2]
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE visits SET state = 'cancelled' WHERE id = %s", (visit_id,))
    page.get_by_role("button", name="I have arrived").click()
    unsent(page, "1 not sent")
    assert phone.context
    phone.context.set_offline(False)
    unsent(page, "all sent")
    page.get_by_role("link", name="Notices 1").click()
    expect(page.get_by_role("article")).to_contain_text("Kept, with a conflict")
    expect(page.get_by_role("article")).to_contain_text("The visit had been cancelled meanwhile.")


def document_of(stop: dict[str, Any], payload: dict[str, Any]) -> ShownDocument:
    """What the owner read, made anew from what the office knows."""
    told = {name: stop[name] for name in ("visit_id", "ticket_number", "address", "unit", "description")}
    return ShownDocument(
        **told,
        defect=Named(**stop["defect"]),
        checklist=[ChecklistAnswer(**answer) for answer in payload["checklist"]],
        parts=[PartUsed(**part) for part in payload["parts"]],
        minutes=payload["minutes"],
        note=payload["note"],
    )
