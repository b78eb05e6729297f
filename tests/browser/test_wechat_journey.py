"""One ticket from a word in WeChat to the repair that came back, on the owner's phone and at the desk.

Once in English and light, once in Chinese and dark.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from desk_looks import looks_right, opened_page
from field_work import wait_until
from looks import looked_at
from playwright.sync_api import Browser, Page, StorageState, expect
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from test_owner_journey import Scheme, book_first, go_and_repair, heading, owners_phone, tap
from town import DAY, Desk, Town
from town_site import Office, serving
from wechat_servers import AES_KEY, APP_ID, TOKEN, Wechat

from api.actions import nightly
from api.adapters.servers import Servers
from api.db.nightly import NightlyRun
from domain.follow_ups import FollowUp, FollowUpState

LOOKS: list[tuple[str, Scheme, int]] = [("en-GB", "light", 30), ("zh-CN", "dark", 31)]


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    town.report(where=1)
    town.plan(DAY)
    account = {"DOORSTEP_WECHAT_TOKEN": TOKEN, "DOORSTEP_WECHAT_APP_ID": APP_ID, "DOORSTEP_WECHAT_AES_KEY": AES_KEY}
    with serving(town, servers, tmp_path_factory.mktemp("office"), **account) as office:
        yield office


@pytest.mark.parametrize(("locale", "scheme", "house"), LOOKS)
def test_a_word_in_wechat_becomes_a_visit_a_rating_a_question_and_a_ticket_that_is_open_again(
    town: Town,
    office: Office,
    browser: Browser,
    dora: Desk,
    doras: StorageState,
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
    house: int,
) -> None:
    words = f"厨房水管在滴水，{house} 号"
    with httpx.Client(base_url=office.address) as client:
        Wechat(client).says(f"o-{house}", words)  # type: ignore[arg-type]
    with opened_page((locale, scheme, 1440), office, browser, doras) as desk:
        ticket_id = made_of(desk, words, house, tmp_path)
        made = dora.get(f"/api/v1/tickets/{ticket_id}").json()["ticket"]
        assert (made["channel"], made["description"]) == ("wechat", words)
        with owners_phone(browser, office, link_made_at(desk), locale, scheme) as owner:
            visited_and_rated(owner, dora, town, ticket_id, tmp_path)
            asked(town, dora, ticket_id)
            desk.goto("/#view=care")
            expect(desk.locator("main")).to_contain_text(made["number"])
            looks_right(desk, "desk-calls", tmp_path)
            came_back(owner, tmp_path)
        desk.goto(f"/#view=ticket&ticket={ticket_id}")
        expect(desk.get_by_text(re.compile(r"It came back \(1\)|返修（第 1 次）"))).to_be_visible()
        looks_right(desk, "desk-open-again", tmp_path)
    again = dora.get(f"/api/v1/tickets/{ticket_id}").json()
    assert (again["ticket"]["number"], again["ticket"]["state"]) == (made["number"], "open")
    assert len(again["comebacks"]) == 1


def made_of(desk: Page, words: str, house: int, folder: Path) -> UUID:
    """The ticket of what somebody unknown wrote; the desk asks for the address."""
    desk.goto("/#view=inbox")
    card = desk.locator(".cards > li").filter(has_text=words)
    expect(card).to_be_visible()
    looks_right(desk, "desk-inbox", folder)
    card.get_by_role("button", name=re.compile("Make a ticket|转为工单")).click()
    expect(desk.locator("#description")).to_have_value(words)
    desk.locator("#community").fill("Old Harbour")
    desk.locator("#address").fill(f"{house} Quay Street")
    desk.locator("#coordinates").fill(f"{41.15 + house / 500:.3f}, -8.61")
    desk.locator("#defect_words").fill("slow leak" if desk.locator("html[lang^=en]").count() else "管道渗漏")
    desk.keyboard.press("Enter")
    desk.locator("#contact_name").fill("Li Na")
    desk.locator("#contact_phone").fill("13912345678")
    desk.locator("#save").click()
    desk.get_by_role("link", name=re.compile("A time, a price or a link|为业主约时间")).click()
    expect(desk.locator("#links")).to_be_visible()
    looks_right(desk, "desk-ticket", folder)
    return UUID(desk.url.rpartition("ticket=")[2].partition("&")[0])


def link_made_at(desk: Page) -> str:
    desk.locator("#make-owner-link").click()
    shown = desk.locator("#links input[readonly]")
    expect(shown).to_be_visible()
    return "/o/" + shown.input_value().rpartition("/o/")[2]


def visited_and_rated(owner: Page, dora: Desk, town: Town, ticket_id: UUID, folder: Path) -> None:
    tap(owner, "Open my ticket", "打开我的工单")
    heading(owner, "When may we come?", "您希望何时上门？")
    expect(owner.locator("body")).to_contain_text(re.compile("Not decided yet|尚未判定"))
    looked_at(owner, "verdict", folder)
    tap(owner, "Choose a time", "选择时间")
    expect(owner.locator("button.time").first).to_be_visible()
    looked_at(owner, "times", folder)
    book_first(owner, "chosen", folder)
    go_and_repair(dora, town, ticket_id)
    owner.reload()
    heading(owner, "How was the visit?", "这次上门服务怎么样？")
    looked_at(owner, "after-the-visit", folder)
    tap(owner, "Rate the visit", "评价本次服务")
    owner.get_by_role("radio").nth(0).check()
    owner.get_by_role("radio", name="Yes").or_(owner.get_by_role("radio", name="是")).first.check()
    tap(owner, "Send", "提交评价")
    heading(owner, "We watch it until", "观察期至")
    looked_at(owner, "watched", folder)


def asked(town: Town, dora: Desk, ticket_id: UUID) -> None:
    """The night in which the call is due; in a thread of its own, since Playwright has this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(town.write, night_of_the_call, town.territory_id).result()
    wait_until(
        lambda: "stayed_fixed" in {one["kind"] for one in dora.get(f"/api/v1/tickets/{ticket_id}/messages").json()}
    )


async def night_of_the_call(session: AsyncSession, territory_id: UUID) -> None:
    due = update(FollowUp).where(FollowUp.state == FollowUpState.PLANNED).values(due_on=datetime.now(UTC).date())
    await session.execute(due)
    await session.execute(delete(NightlyRun))
    await nightly.run(session, territory_id, 60)


def came_back(owner: Page, folder: Path) -> None:
    owner.reload()
    expect(owner.get_by_role("button", name=re.compile("Yes, it did|一切正常"))).to_be_visible()
    looked_at(owner, "asked", folder)
    tap(owner, "It came back", "问题又出现了")
    heading(owner, "It came back?", "问题又出现了？")
    owner.get_by_role("textbox").fill("又漏了 It drips again")
    tap(owner, "Come again", "请再次上门")
    heading(owner, "When may we come?", "您希望何时上门？")
    looked_at(owner, "open-again", folder)
