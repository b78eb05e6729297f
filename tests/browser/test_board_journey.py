"""A dispatcher's whole day in one go: plan, look, publish, drag, a forbidden drop, publish anew, an emergency, a repair
taken item by item; and the technician's phone, in a browser of its own, shows it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from board_hands import comes_to, drag, propose, tick_only, visit, visits
from built_pages import build_pages
from phone_in_chromium import PhoneInChromium, paired
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from town import DAY, Desk, Town
from town_site import Office, post, report, serving, sign_in

from api.adapters.servers import Servers

SLOW = 60_000
"""Milliseconds for a worker to make a plan of five seconds, on a busy machine."""


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Six jobs for two electricians and two leaks that only the first may mend; nobody has planned yet."""
    build_pages()
    for where in range(1, 7):
        town.report("light-fitting", where=where)
    for where in (7, 8):
        town.report("slow-leak", where=where)
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def board(office: Office, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=office.address, locale="en-GB", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/board?day={DAY}")
    sign_in(page)
    expect(page.get_by_role("heading", name="Work to place")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def phone(playwright: Playwright, office: Office, town: Town, tmp_path: Path) -> Iterator[PhoneInChromium]:
    """The first technician's, not paired yet."""
    phone = PhoneInChromium(playwright, tmp_path / "phone", office.address)
    yield phone
    phone.close()


def plan_and_publish(board: Page) -> None:
    board.get_by_role("button", name="Plan ▸").click()
    expect(board.get_by_text("Nothing is changed until you publish it")).to_be_visible(timeout=SLOW)
    expect(board.locator(".ec-event.strip-draft").first).to_be_visible()
    board.get_by_role("button", name="Publish").click()
    expect(board.get_by_text("is published").last).to_be_visible(timeout=SLOW)
    expect(board.locator(".ec-event.strip-draft")).to_have_count(0)
    expect(board.locator(".ec-event.strip-visit").first).to_be_visible()


def the_day(board: Page, town: Town) -> dict[str, Any]:
    told: dict[str, Any] = board.request.get(f"/api/v1/days/{town.territory_id}/{DAY}/board").json()
    return told


def test_from_the_plan_to_the_phone(board: Page, phone: PhoneInChromium, office: Office, town: Town) -> None:
    # plan, and look before it counts
    plan_and_publish(board)
    board.locator(".ec-event.strip-visit").first.click()
    expect(board.locator(".detail h2").first).to_be_visible()

    # drag, with every row's price
    leaks = [one["job_id"] for one in the_day(board, town)["jobs"] if one["defect"]["code"] == "slow-leak"]
    job = next(one for one in visits(board, "Technician T1") if one not in leaks)
    drag(board, visit(board, job), "Technician T2")
    expect(board.locator(".head.yes .under").first).to_contain_text(" min")
    board.mouse.up()
    expect(board.get_by_text("→ Technician T2")).to_be_visible()
    comes_to(board, job, "Technician T2")

    # a forbidden drop, taken on herself with a reason
    drag(board, visit(board, leaks[0]), "Technician T2")
    expect(board.locator(".head.no", has_text="Technician T2").locator(".under")).to_contain_text("skill")
    board.mouse.up()
    dialog = board.get_by_role("dialog")
    expect(dialog).to_contain_text("Skills")
    assert leaks[0] in visits(board, "Technician T1")
    dialog.get_by_label("Why do you do it all the same?").fill("T2 has done this for years")
    dialog.get_by_role("button", name="Do it all the same").click()
    expect(board.get_by_text("→ Technician T2").last).to_be_visible()
    expect(dialog).to_be_hidden()
    comes_to(board, leaks[0], "Technician T2")

    # what came meanwhile is planned, and published as one act
    report(board, [11])
    expect(board.locator(".card", has_text="11 Quay Street")).to_be_visible(timeout=SLOW)
    plan_and_publish(board)
    expect(board.locator(".card", has_text="11 Quay Street")).to_have_count(0)

    with httpx.Client(base_url=office.address) as client:
        desk: Any = Desk(client, "dora")  # type: ignore[arg-type]
        code = desk.post(f"/api/v1/technicians/{town.technicians[0]}/pairing-codes").json()["code"]
    screen = paired(phone, code).open()
    expect(screen.get_by_text("Heavy water leak")).to_have_count(0)

    # an emergency that only the first technician may do: proposed line by line, and only that line taken
    told = {
        "community": "Old Harbour", "address": "30 Quay Street", "defect": "heavy-leak",
        "latitude": 41.156, "longitude": -8.61, "contact_name": "Li Si", "contact_phone": "13800000000",
    }  # fmt: skip
    number = post(board, "/api/v1/tickets", told)["ticket"]["number"]
    expect(board.locator(".card", has_text="Heavy water leak")).to_be_visible(timeout=SLOW)
    board.get_by_role("link", name="Repairs").click()
    expect(board.get_by_role("button", name="Propose a repair")).to_be_visible()
    lines = propose(board, "Emergency", number)
    line = lines.locator(f"tr[data-ticket='{number}']")
    expect(line.locator("td").nth(3)).to_have_text("somebody comes")
    tick_only(lines, number)
    lines.get_by_role("button", name="Accept").click()
    expect(line).to_contain_text("accepted", timeout=SLOW)

    # and the phone shows it
    screen.reload()
    expect(screen.get_by_text("Heavy water leak").first).to_be_visible(timeout=SLOW)
    expect(screen.get_by_text("30 Quay Street").first).to_be_visible()

    # the colleague gets two visits and is ill: one of them is taken over, the other is refused
    board.get_by_role("link", name="Day", exact=True).click()
    expect(board.locator(".ec-event.strip-visit").first).to_be_visible()
    day = the_day(board, town)["jobs"]
    addresses = {one["ticket_number"]: one["address"] for one in day}
    lights = [one["job_id"] for one in day if one["defect"]["code"] == "light-fitting"]
    for job in [one for one in visits(board, "Technician T1") if one in lights][-2:]:
        drag(board, visit(board, job), "Technician T2")
        board.mouse.up()
        comes_to(board, job, "Technician T2")
    board.get_by_role("link", name="Repairs").click()
    expect(board.get_by_role("button", name="Propose a repair")).to_be_visible()
    lines = propose(board, "Technician ill", "Technician T2", note="flu")
    taken, refused = one_by_one(lines)
    screen.reload()
    expect(screen.get_by_text(addresses[taken], exact=True)).to_have_count(0, timeout=SLOW)
    tick_only(lines, taken)
    lines.get_by_role("button", name="Accept").click()
    expect(lines.locator(f"tr[data-ticket='{taken}']")).to_contain_text("accepted", timeout=SLOW)
    tick_only(lines, refused)
    lines.get_by_role("button", name="Reject").click()
    expect(lines.locator(f"tr[data-ticket='{refused}']")).to_contain_text("rejected", timeout=SLOW)
    expect(lines.locator(f"tr[data-ticket='{taken}']")).to_contain_text("accepted")

    # the phone has the one and not the other
    screen.reload()
    expect(screen.get_by_text(addresses[taken], exact=True).first).to_be_visible(timeout=SLOW)
    expect(screen.get_by_text(addresses[refused], exact=True)).to_have_count(0)
    assert phone.complaints == []


def one_by_one(lines: Locator) -> list[str]:
    """Two tickets that the first technician could take over, each without the other."""
    rows = lines.locator("tbody tr", has=lines.page.locator("td:nth-child(3)", has_text="Technician T1"))
    alone = [row for row in rows.all() if not row.locator(".needs").count()]
    assert len(alone) >= 2, lines.inner_text()
    return [str(row.get_attribute("data-ticket")) for row in alone[:2]]
