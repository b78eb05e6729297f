"""The running day is upset: a repair is proposed as lines, taken one by one, and a technician's phone shows it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from board_hands import post_as_it_is, propose, tick_only
from built_pages import build_pages
from desk_looks import ENGLISH, opened_page
from playwright.sync_api import Browser, Page, StorageState, expect
from town import DAY, Desk, Town
from town_site import Office, post

from mobile_contract.client import Phone

SLOW = 20_000


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build_pages()


@pytest.fixture
def board(office: Office, browser: Browser, doras: StorageState) -> Iterator[Page]:
    """On the day's repairs."""
    with opened_page(ENGLISH, office, browser, doras) as page:
        page.goto(f"/board/repairs?day={DAY}")
        expect(page.get_by_role("button", name="Propose a repair")).to_be_visible()
        yield page


@pytest.fixture(scope="module")
def phones(office: Office, town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Phone]]:
    """The reference clients of both technicians, by their ids, paired at the desk."""
    with httpx.Client(base_url=office.address) as client:
        desk = Desk(client, "dora")  # type: ignore[arg-type]
        found = {}
        for technician_id in town.technicians:
            code = desk.post(f"/api/v1/technicians/{technician_id}/pairing-codes").json()["code"]
            phone = Phone(tmp_path_factory.mktemp("phone"), office.address)
            phone.pair(code, "Reference phone")
            found[str(technician_id)] = phone
    yield found
    for phone in found.values():
        phone.close()


def stops(phones: dict[str, Phone]) -> dict[str, str]:
    """Whose sheet has each ticket, as the phones tell after a sync."""
    for phone in phones.values():
        phone.sync()
    return {stop.ticket_number: who for who, phone in phones.items() for stop in phone.stops()}


def emergency(page: Page) -> str:
    """A new ticket that nobody has planned yet: its number."""
    told = {
        "community": "Old Harbour", "address": "3 Quay Street", "defect": "power-outage",
        "latitude": 41.156, "longitude": -8.61, "contact_name": "Li Si", "contact_phone": "13800000000",
    }  # fmt: skip
    number: str = post(page, "/api/v1/tickets", told)["ticket"]["number"]
    return number


def test_an_emergency_is_taken_line_by_line_and_the_phone_shows_it(board: Page, phones: dict[str, Phone]) -> None:
    number = emergency(board)
    board.reload()
    lines = propose(board, "Emergency", number)
    line = lines.locator(f"tr[data-ticket='{number}']")
    expect(line).to_contain_text("no visit today")
    expect(line.locator("td").nth(3)).to_have_text("somebody comes")
    assert number not in stops(phones)  # nothing has changed yet
    tick_only(lines, number)
    lines.get_by_role("button", name="Accept 1 ticked (visits saved: 1)").click()
    expect(line).to_contain_text("accepted", timeout=SLOW)
    assert number in stops(phones)


def test_a_proposal_from_before_another_change_says_so_and_a_new_one_is_made(board: Page, town: Town) -> None:
    number = emergency(board)
    board.reload()
    lines = propose(board, "Emergency", number)
    lock_something(board, town)
    lines.get_by_role("button", name="Accept").click()
    expect(board.get_by_text("The day has changed since this was proposed.")).to_be_visible(timeout=SLOW)
    expect(lines.locator(f"tr[data-ticket='{number}']").get_by_role("checkbox")).to_be_visible(timeout=SLOW)
    lines.get_by_role("button", name="Accept").click()
    expect(lines.locator(f"tr[data-ticket='{number}']")).to_contain_text("accepted", timeout=SLOW)


def test_who_is_ill_loses_one_visit_at_a_time_and_the_colleague_s_phone_gets_it(
    board: Page, town: Town, phones: dict[str, Phone]
) -> None:
    had = stops(phones)
    mine = max(phones, key=list(had.values()).count)
    leave_three(board, town, mine)  # more than six that share a technician are taken together or not at all
    lines = propose(board, "Technician ill", f"Technician T{list(phones).index(mine) + 1}", note="flu")
    can_go = lines.locator("tbody tr", has_text=re.compile("Technician"))
    rows = [row for row in can_go.all() if "somebody comes" in row.locator("td").nth(3).inner_text()]
    taken, left = (str(row.get_attribute("data-ticket")) for row in rows[:2])
    tick_only(lines, taken)
    lines.get_by_role("button", name="Accept").click()
    expect(lines.locator(f"tr[data-ticket='{taken}']")).to_contain_text("accepted", timeout=SLOW)
    expect(lines.locator(f"tr[data-ticket='{left}']").get_by_role("checkbox")).to_be_visible()
    now = stops(phones)
    assert now.get(taken) not in (None, mine)
    assert left not in now
    assert mine not in now.values()


def leave_three(page: Page, town: Town, technician: str) -> None:
    """Takes the rest of the technician's visits back. Each time the day is read anew: the others' times may move."""
    while True:
        live: dict[str, Any] = page.request.get(f"/api/v1/days/{town.territory_id}/{DAY}/board").json()["live"]
        mine = [one for one in live["visits"] if one["technician_id"] == technician and not one["locked"]]
        if len(mine) <= 3:
            return
        post_as_it_is(page, f"/api/v1/jobs/{mine[-1]['job_id']}/unassign", {"version": mine[-1]["version"]})


def lock_something(page: Page, town: Town) -> None:
    """Another dispatcher's change, behind this page's back."""
    live: dict[str, Any] = page.request.get(f"/api/v1/days/{town.territory_id}/{DAY}/board").json()["live"]
    visit = next(one for one in live["visits"] if one["state"] == "planned")
    post_as_it_is(
        page, f"/api/v1/jobs/{visit['job_id']}/lock", {"version": visit["version"], "locked": not visit["locked"]}
    )
