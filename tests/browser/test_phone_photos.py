"""Photos on the phone: kept with the operation that says them, sent apart, and what can go wrong on the way."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from phone_in_chromium import PhoneInChromium, paired, unsent
from pictures import GPS, animated, exif, picture, saved
from playwright.sync_api import Page, Playwright, Route, expect
from town import Desk, Town
from town_site import Office

from api.adapters.photos.folder import PhotoFolder

NO_CANVAS = "HTMLCanvasElement.prototype.toBlob = (told) => told(null);"
PORTAL = {"status": 413, "content_type": "text/html", "body": "<h1>Please buy some more Wi-Fi</h1>"}


@pytest.fixture
def phone(
    playwright: Playwright, office: Office, dora: Desk, busiest: tuple[str, Any], tmp_path: Path, town: Town
) -> Iterator[PhoneInChromium]:
    town_has(town, "TRUNCATE photos, visit_photos")
    code = dora.post(f"/api/v1/technicians/{busiest[0]}/pairing-codes").json()["code"]
    phone = paired(PhoneInChromium(playwright, tmp_path / "profile", office.address), code)
    yield phone
    phone.close()
    assert [told for told in phone.complaints if not told.startswith("Failed to load resource")] == []


@pytest.fixture
def job(busiest: tuple[str, list[dict[str, Any]]]) -> str:
    """The last: the first may be the one that the office has cancelled."""
    return f"/phone/stops/{busiest[1][-1]['visit_id']}"


def take(page: Page, content: bytes, what: str = "Take a photo before") -> None:
    page.get_by_label(what).set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content})


def strip(page: Page, *told: str) -> None:
    expect(page.locator("[data-sha256]")).to_have_count(len(told))
    for number, one in enumerate(told):
        expect(page.locator("[data-sha256]").nth(number)).to_contain_text(one)


def kept(page: Page) -> list[str]:
    return [photo.get_attribute("data-sha256") or "" for photo in page.locator("[data-sha256]").all()]


def ask_until(page: Page, told: str, what: str = "[data-sha256]") -> None:
    """The phone asks what came of it at every exchange, and so at every tap on its bar."""
    for _ in range(60):
        if told in " ".join(page.locator(what).all_inner_texts()):
            return
        page.get_by_test_id("unsent").click()
        page.wait_for_timeout(250)
    expect(page.locator(what)).to_contain_text(told)


def town_has(town: Town, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        done = connection.execute(query.encode())
        return done.fetchall() if done.description else []


def test_a_photo_and_its_operation_are_kept_together_and_taken_back_together_until_they_are_sent(
    phone: PhoneInChromium, office: Office, town: Town, job: str
) -> None:
    page = phone.open(job, offline=True)
    take(page, saved(picture(2400, 1800), exif=exif()))
    strip(page, "not sent yet")
    unsent(page, "1 not sent")
    take(page, saved(picture(800, 600)), "Take a photo after")
    strip(page, "Before", "After")
    unsent(page, "2 not sent")
    phone.kill()

    page = phone.open(job, offline=True)
    strip(page, "Before", "After")
    page.get_by_role("button", name="Remove this photo: Photo 2, After").click()
    strip(page, "Before")
    unsent(page, "1 not sent")
    take(page, saved(picture(640, 480)), "Take another photo")
    strip(page, "Before", "Other")
    hashes = kept(page)
    phone.kill()

    page = phone.open(job)
    unsent(page, "all sent")
    expect(page.get_by_role("button", name="Remove this photo")).to_have_count(0)
    facts = dict(town_has(town, "SELECT sha256, shows FROM visit_photos"))
    assert [facts.pop(digest) for digest in hashes] == ["before", "other"]
    assert facts == {}
    numbers = dict(town_has(town, "SELECT payload->>'photo', device_seq FROM operations"))
    assert [numbers[digest] for digest in hashes] == [1, 3]  # the server minds no gap
    for digest in hashes:
        original = PhotoFolder(office.photos).original(digest).read_bytes()
        assert sha256(original).hexdigest() == digest
        assert GPS.encode() not in original
    ask_until(page, "at the office")


def test_a_full_disk_is_said_aloud_and_no_photo_shows_as_saved(phone: PhoneInChromium, job: str) -> None:
    page = phone.open_on_a_full_disk(job)
    take(page, saved(picture()))
    expect(page.get_by_role("dialog")).to_contain_text("NOTHING was saved")
    page.get_by_role("button", name="I see").click()
    strip(page)
    unsent(page, "all sent")


def test_what_is_no_picture_and_what_is_there_already_is_said_and_not_kept(phone: PhoneInChromium, job: str) -> None:
    page = phone.open(job, offline=True)
    take(page, b"<html>not a picture</html>")
    expect(page.get_by_role("dialog")).to_contain_text("can't read that as a picture")
    page.get_by_role("button", name="I see").click()
    strip(page)
    take(page, saved(picture()))
    strip(page, "Before")
    take(page, saved(picture()), "Take a photo after")
    expect(page.get_by_role("dialog")).to_contain_text("among the photos of this visit already")
    page.get_by_role("button", name="I see").click()
    strip(page, "Before")
    unsent(page, "1 not sent")


def test_a_photo_that_is_damaged_on_the_way_is_sent_again(phone: PhoneInChromium, town: Town, job: str) -> None:
    page = phone.open(job)
    assert phone.context
    damaged: list[int] = []

    def damage(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if route.request.method == "PATCH" and not damaged:
            damaged.append(len(body))
            route.continue_(post_data=bytes(len(body)))
        else:
            route.continue_()

    phone.context.route("**/mobile/v1/photos/*", damage)
    take(page, saved(picture()))
    ask_until(page, "at the office")
    assert len(damaged) == 1
    assert town_has(town, "SELECT sha256 FROM photos") == [(kept(page)[0],)]


def test_a_portal_or_proxy_on_the_way_refuses_no_photo_for_ever(phone: PhoneInChromium, job: str) -> None:
    page = phone.open(job)
    assert phone.context
    phone.context.route("**/mobile/v1/photos", lambda route: route.fulfill(**PORTAL))
    with page.expect_response("**/mobile/v1/photos"):
        take(page, saved(picture()))
    strip(page, "not sent yet")
    unsent(page, "1 not sent")
    phone.context.unroute_all(behavior="wait")
    page.get_by_test_id("unsent").click()
    unsent(page, "all sent")


def test_a_browser_that_can_not_draw_sends_the_picture_as_it_is_and_the_office_says_what_it_can_not_open(
    phone: PhoneInChromium, town: Town, job: str
) -> None:
    page = phone.open("about:blank")
    page.add_init_script(NO_CANVAS)
    page.goto(job)
    good, strange = saved(picture(900, 700), quality=91), animated("GIF")
    take(page, good)
    strip(page, "Before")
    assert kept(page) == [sha256(good).hexdigest()]
    take(page, strange, "Take a photo after")
    ask_until(page, "the office can't take this picture")
    page.get_by_role("link", name="Notices 1").click()
    expect(page.get_by_role("article")).to_contain_text("Quay Street")
    page.get_by_role("button", name="I have read it; remove this picture").click()
    expect(page.get_by_role("article")).to_have_count(0)
    states = dict(town_has(town, "SELECT sha256, state::text FROM photos"))
    assert states[sha256(strange).hexdigest()] == "unreadable"
    assert states[sha256(good).hexdigest()] in ("received", "ready")
