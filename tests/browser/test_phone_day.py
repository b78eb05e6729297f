"""A whole day in basements on a phone whose battery dies again and again: what showed as saved arrives, and once."""

import io
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random, randrange
from typing import Any

import psycopg
import pytest
from phone_day import MINUTES, Battery, Journal, Technician, told_unsent
from phone_in_chromium import PhoneInChromium, paired
from pictures import noise, saved
from PIL import Image
from playwright.sync_api import Error, Page, Playwright, expect
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town
from town_site import Office, serving

from api.adapters.photos.folder import PhotoFolder
from api.adapters.servers import Servers
from domain.people import Absence
from domain.seal_check import check_bytes

DEFECTS = (
    "light-fitting",
    "slow-leak",
    "socket-dead",
    "faucet-drip",
    "breaker-trips",
    "toilet",
    "low-pressure",
    "sparks",
)
MOST_DEATHS_OFFLINE = 26
LEAST_DEATHS = 20
LEAST_DEATHS_SENDING = 4
SLOW_BYTES_A_SECOND = 600_000
"""So slow that the sending of a day's photos takes a while in which a phone can die."""


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Eight stops, all of them the first technician's: the second is away."""

    async def away(session: AsyncSession) -> None:
        session.add(Absence(technician_id=town.technicians[1], starts=DAY, ends=DAY))

    town.write(away)
    for house, defect in enumerate(DEFECTS, start=1):
        town.report(defect, where=house)
    town.publish()
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def stops(town: Town, dora: Desk) -> list[dict[str, Any]]:
    stops = Pocket(dora, town.technicians[0]).stops()
    assert len(stops) == len(DEFECTS)
    return stops


@pytest.fixture
def phone(playwright: Playwright, office: Office, tmp_path: Path) -> Iterator[PhoneInChromium]:
    phone = PhoneInChromium(playwright, tmp_path / "profile", office.address)
    yield phone
    phone.close()


def test_a_day_of_eight_stops_survives_twenty_dead_batteries_and_arrives_once_and_in_order(
    phone: PhoneInChromium, office: Office, town: Town, dora: Desk, stops: list[dict[str, Any]]
) -> None:
    seed = int(os.environ.get("DOORSTEP_TEST_SEED") or randrange(10**6))
    began = time.monotonic()
    print(f"seed {seed} (DOORSTEP_TEST_SEED={seed} draws the same again)")
    journal, battery = Journal(), Battery(phone, Random(seed))
    technician = Technician(
        lambda visit_id: photos_of(seed, [stop["visit_id"] for stop in stops].index(visit_id)), journal
    )

    paired(phone, dora.post(f"/api/v1/technicians/{town.technicians[0]}/pairing-codes").json()["code"])
    work_offline(phone, technician, battery)
    offline = len(battery.deaths)
    assert all_rows(town, "SELECT op_id FROM operations") == []

    send_all(phone, battery, journal)
    count = check_arrived(town, office, journal, stops)
    print(
        f"{len(battery.deaths)} deaths ({offline} at work: {dict(Counter(battery.deaths[:offline]))}), "
        f"{count} operations, {len(journal.saved)} seen as saved, {time.monotonic() - began:.0f} s"
    )
    assert len(battery.deaths) >= LEAST_DEATHS
    assert [told for told in phone.complaints if not told.startswith("Failed to load resource")] == []


def work_offline(phone: PhoneInChromium, technician: Technician, battery: Battery) -> None:
    """Each life is a cold start without a network, and must show at least what was shown before."""
    while True:
        technician.battery = battery if len(battery.deaths) < MOST_DEATHS_OFFLINE else None
        page = phone.open("about:blank", offline=True)
        battery.timer = None
        try:
            if technician.battery:
                battery.give_life()
            page.goto("/phone")
            still_there(page, technician.journal)
            technician.work(page)
            if not battery.dying:
                phone.close()
                return
        except (Error, AssertionError):
            if not battery.dying:
                raise
        battery.wait_for_death()
        phone.bury()


def still_there(page: Page, journal: Journal) -> None:
    if journal.unsent:
        expect(page.get_by_test_id("unsent")).to_contain_text(re.compile(r"^\d+ not sent"))
        assert told_unsent(page) >= journal.unsent
        journal.unsent = told_unsent(page)


def send_all(phone: PhoneInChromium, battery: Battery, journal: Journal) -> None:
    for _ in range(max(LEAST_DEATHS_SENDING, LEAST_DEATHS - len(battery.deaths))):
        battery.timer = None
        page = phone.open("about:blank")
        slow_down(page, phone)
        battery.die_within(2.0, "sending")
        with suppress(Error):
            page.goto("/phone")
        battery.wait_for_death()
        phone.bury()
    page = phone.open()
    expect(page.get_by_test_id("unsent")).to_contain_text("all sent", timeout=60_000)
    phone.close()


def slow_down(page: Page, phone: PhoneInChromium) -> None:
    assert phone.context
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_A_SECOND}
    phone.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)


def photos_of(seed: int, stop: int) -> dict[str, bytes]:
    """As a phone's camera makes them, larger than what is kept; at every other stop two."""
    return {shows: jpeg(seed * 100 + stop * 10 + at) for at, shows in enumerate(("before", "after")[: 1 + stop % 2])}


def jpeg(seed: int) -> bytes:
    return saved(noise(240, 180, seed).resize((2000, 1500), Image.Resampling.BILINEAR), quality=90)


def all_rows(town: Town, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query.encode()).fetchall()


def check_arrived(town: Town, office: Office, journal: Journal, stops: list[dict[str, Any]]) -> int:
    """How many operations there are."""
    operations = all_rows(
        town,
        "SELECT o.device_seq, o.kind, o.visit_id::text, o.status::text, o.payload FROM operations o"
        " JOIN audit_entries a ON a.data->>'op_id' = o.op_id::text ORDER BY a.seq",
    )
    # Nothing is missing in between, nothing came twice, and each took effect in the device's order.
    assert [seq for seq, *_ in operations] == list(range(1, len(operations) + 1))
    assert len(operations) >= journal.unsent
    assert {status for _, _, _, status, _ in operations} == {"applied"}
    arrived = [(visit, payload.get("photo", kind)) for _, kind, visit, _, payload in operations]
    assert [one for one in arrived if one in set(journal.saved)] == journal.saved
    assert Counter(arrived).most_common(1)[0][1] == 1

    for number, stop in enumerate(stops):
        visit_id = stop["visit_id"]
        photos = [
            payload["photo"] for _, kind, visit, _, payload in operations if (kind, visit) == ("attach_photo", visit_id)
        ]
        said = [kind for _, kind, visit, _, _ in operations if visit == visit_id]
        assert said == ["arrive", "start", *["attach_photo"] * (1 + number % 2), "complete"]
        [complete] = [payload for _, kind, visit, _, payload in operations if (kind, visit) == ("complete", visit_id)]
        assert complete["sign_off"]["photos"] == photos
        assert complete["minutes"] == MINUTES
        facts = all_rows(
            town, f"SELECT sha256 FROM visit_photos WHERE visit_id = '{visit_id}' ORDER BY happened_at, op_id"
        )
        assert [one for [one] in facts] == photos
        [[record]] = all_rows(
            town,
            "SELECT record FROM sealed_sign_offs JOIN sign_offs ON sign_offs.id = sign_off_id"
            f" WHERE visit_id = '{visit_id}'",
        )
        assert check_bytes(record.encode()).findings == ()
    for digest, size, state in all_rows(town, "SELECT sha256, size, state::text FROM photos"):
        original = PhotoFolder(office.photos).original(digest).read_bytes()
        assert state in ("received", "ready")
        assert (sha256(original).hexdigest(), len(original)) == (digest, size)
        assert Image.open(io.BytesIO(original)).size == (1600, 1200)
    sent = {payload["photo"] for _, kind, _, _, payload in operations if kind == "attach_photo"}
    assert {digest for [digest] in all_rows(town, "SELECT sha256 FROM photos")} == sent
    return len(operations)
