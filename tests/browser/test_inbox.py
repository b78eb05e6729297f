"""The inbox at the desk: what somebody wrote becomes a ticket in two clicks, or is put aside."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town
from town_site import Office

from api.actions import intakes
from domain.intakes import Intake, KnownSender, Said, SaidKind
from domain.places import Building, Community, Home
from domain.tickets import Channel

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
LOOKS = list(product(("en-GB", "zh-CN"), ("light", "dark"), (1440, 390)))


def write(town: Town, action: Any, *args: Any) -> Any:
    """In a thread of its own: while Playwright runs, no event loop can be started in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(town.write, action, *args).result()


def says(town: Town, sender: str, text: str, **more: Any) -> None:
    now = datetime.now(UTC)
    said = {
        "channel": Channel.WECHAT,
        "event_id": uuid4().hex,
        "kind": SaidKind.TEXT,
        "said_at": now,
        "received_at": now,
    }
    write(town, intakes.hear, Said(sender=sender, text=text, **said | more))


def knows(town: Town, sender: str) -> None:
    async def learn(session: AsyncSession) -> None:
        community = Community(territory_id=town.territory_id, name="Old Harbour Two")
        building = Building(community=community, address="80 Quay Street", latitude=41.2, longitude=-8.61)
        home = Home(building=building, unit="3B")
        session.add(home)
        await session.flush()
        session.add(
            KnownSender(
                channel=Channel.WECHAT,
                sender=sender,
                home_id=home.id,
                contact_name="Li Na",
                contact_phone="13912345678",
                known_since=datetime.now(UTC),
            )
        )

    write(town, learn)


def test_a_conversation_of_a_known_home_is_a_ticket_in_two_clicks(desk: Page, town: Town) -> None:
    knows(town, "o-known")
    says(town, "o-known", "有水，管道渗漏和马桶故障都有")
    desk.get_by_role("link", name="Inbox").click()
    expect(desk.locator("#unread")).to_have_text("1")
    card = desk.locator(".cards > li").filter(has_text="管道渗漏和马桶故障")
    expect(card).to_contain_text("Old Harbour Two 80 Quay Street 3B")
    expect(card).to_contain_text("139****5678")
    card.get_by_role("button", name="Make a ticket").click()
    expect(desk.locator("#address")).to_have_value("80 Quay Street")
    expect(desk.locator("#description")).to_have_value("有水，管道渗漏和马桶故障都有")
    desk.locator("#defect_words").fill("slow leak")
    desk.keyboard.press("Enter")
    desk.locator("#save").click()
    expect(desk.locator(".ticket-number")).to_have_text(re.compile(r"R\d{6}"))
    (made,) = [
        one for one in desk.request.get("/api/v1/tickets?limit=500").json() if one["address"] == "80 Quay Street"
    ]
    assert (made["channel"], made["contact_name"], made["contact_number"]) == ("wechat", "Li Na", "139****5678")
    desk.get_by_role("link", name="Inbox").click()
    expect(desk.get_by_text("Nobody waits for an answer.")).to_be_visible()


def test_what_is_no_report_is_put_aside_with_a_note(desk: Page, town: Town) -> None:
    says(town, "o-advert", "<img src=x onerror=alert(1)>")
    desk.get_by_role("link", name="Inbox").click()
    card = desk.locator(".cards > li").filter(has_text="onerror")
    card.get_by_role("button", name="Put aside").click()
    expect(card.locator("input:focus")).to_be_visible()  # it asks for the note first
    card.locator("input").fill("an advertisement")
    card.get_by_role("button", name="Put aside").click()
    expect(card).to_have_count(0)

    async def note(session: AsyncSession) -> str:
        return (await session.scalars(select(Intake.note).where(Intake.sender == "o-advert"))).one()

    assert write(town, note) == "an advertisement"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_the_inbox_fits_and_can_be_read(
    look: tuple[str, Any, int], office: Office, browser: Browser, doras: StorageState, town: Town, tmp_path: Path
) -> None:
    locale, scheme, width = look
    says(town, "o-look", "厨房水槽下面漏水，已经放了桶接着，麻烦尽快来人看看。")
    says(town, "o-look", "", kind=SaidKind.PLACE, latitude=41.15, longitude=-8.61)
    says(town, "o-look", "", kind=SaidKind.PICTURE, media_id="m1")
    context = browser.new_context(
        base_url=office.address,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        storage_state={"cookies": doras["cookies"], "origins": []},
    )
    page = context.new_page()
    for address in ("/#view=inbox", "/wechat/who/any"):
        page.goto(address)
        page.locator("main:not([inert]) > *").first.wait_for()
        page.screenshot(path=tmp_path / f"{address.split('/')[1].strip('#') or 'who'}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CONTRAST) == []
    context.close()
