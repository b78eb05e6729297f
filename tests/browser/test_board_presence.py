"""Two dispatchers in two browsers on one day: each sees the other, what she has in hand, and what she has changed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from built_pages import build_pages
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, HASH, Town
from town_site import Office, serving, sign_in

from api.adapters.servers import Servers
from domain.people import Role, Staff
from domain.places import Territory

SLOW = 15_000


@pytest.fixture(scope="module")
def office(town: Town, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    build_pages()
    town.write(hire)
    for where in range(1, 7):
        town.report("light-fitting", where=where)
    town.publish(DAY)
    with serving(town, servers, tmp_path_factory.mktemp("office")) as office:
        yield office


async def hire(session: AsyncSession) -> None:
    harbour = (await session.scalars(select(Territory).where(Territory.name == "Harbour"))).one()
    session.add(Staff(username="lisi", name="Li Si", role=Role.DISPATCHER, password_hash=HASH, territories=[harbour]))


@contextmanager
def at_the_board(office: Office, browser: Browser, who: str) -> Iterator[Page]:
    context = browser.new_context(base_url=office.address, locale="en-GB", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"/board?day={DAY}")
    sign_in(page, name=who)
    page.wait_for_selector(".ec-event[data-job]")
    yield page
    context.close()


@pytest.fixture(scope="module")
def both(office: Office, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Dora's page and Li Si's."""
    with at_the_board(office, browser, "dora") as dora, at_the_board(office, browser, "lisi") as lisi:
        yield dora, lisi


def jobs(page: Page) -> list[str]:
    told = [one.get_attribute("data-job") for one in page.locator(".ec-event[data-job]").all()]
    return [job for job in told if job]


def test_each_sees_who_else_is_there_and_what_she_has_in_hand(both: tuple[Page, Page]) -> None:
    dora, lisi = both
    expect(dora.locator(".others")).to_contain_text("Li Si", timeout=SLOW)
    expect(lisi.locator(".others")).to_contain_text("Dora", timeout=SLOW)
    job = jobs(lisi)[0]
    lisi.locator(f"[data-job='{job}']").click()
    expect(dora.locator(f"[data-job='{job}']")).to_have_attribute("data-held", "Li Si", timeout=SLOW)
    expect(dora.locator(".others")).to_contain_text("looks at")
    box = lisi.locator(f"[data-job='{job}']").bounding_box()
    assert box
    lisi.mouse.move(box["x"] + 8, box["y"] + 8)
    lisi.mouse.down()
    lisi.mouse.move(box["x"] + 60, box["y"] + 20, steps=4)
    expect(dora.locator(".others")).to_contain_text("drags", timeout=SLOW)
    lisi.keyboard.press("Escape")
    lisi.mouse.up()
    expect(dora.locator(".others")).not_to_contain_text("drags", timeout=SLOW)


def test_a_change_says_who_made_it_on_its_row_and_not_to_her_who_did(both: tuple[Page, Page]) -> None:
    dora, lisi = both
    job = jobs(lisi)[1]
    lisi.locator(f"[data-job='{job}']").click()
    lisi.get_by_role("button", name="Lock").click()
    expect(dora.locator(f"[data-job='{job}'].locked")).to_be_visible(timeout=SLOW)
    expect(dora.locator(f"[data-job='{job}']")).to_have_attribute("data-changed", re.compile("Li Si · "), timeout=SLOW)
    expect(dora.locator(".head .under.news")).to_contain_text("Li Si changed")
    expect(dora.locator(".head .under.news")).to_contain_text("s ago")
    expect(lisi.locator(".head .under.news")).to_have_count(0)
    lisi.get_by_role("button", name="Unlock").click()


def test_a_lost_redis_takes_nobody_s_day_away(both: tuple[Page, Page], servers: Servers) -> None:
    dora, lisi = both
    with redis.Redis.from_url(servers.redis_url) as connection:
        connection.flushall()  # who is here, and nobody's session
    job = jobs(lisi)[2]
    lisi.locator(f"[data-job='{job}']").click()
    expect(dora.locator(f"[data-job='{job}']")).to_have_attribute("data-held", "Li Si", timeout=SLOW)


@pytest.mark.parametrize("view", ["Planning", "Repairs"])
def test_who_plans_the_day_or_repairs_it_sees_the_others_and_is_seen(both: tuple[Page, Page], view: str) -> None:
    dora, lisi = both
    lisi.get_by_role("link", name=view).click()
    expect(lisi.get_by_role("link", name=view)).to_have_class(re.compile("exact-active"))
    expect(lisi.locator(".others")).to_contain_text("Dora", timeout=SLOW)
    expect(dora.locator(".others")).to_contain_text("Li Si", timeout=SLOW)
    lisi.get_by_role("link", name="Day", exact=True).click()
    expect(lisi.locator(".ec-event[data-job]").first).to_be_visible(timeout=SLOW)


def test_who_leaves_is_gone_at_once(both: tuple[Page, Page]) -> None:
    dora, lisi = both
    lisi.get_by_role("link", name="Queue").click()
    expect(dora.locator(".others")).to_have_count(0, timeout=SLOW)
