"""What a technician can say of a visit besides its plain course: tapped in Chromium, looked up at the office."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from phone_in_chromium import HEIGHT, WIDTH, pair, sign, unsent
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from town import Desk, Town
from town_site import Office

from mobile_contract.v1 import Named, ShownDocument, document_hash

Ask = Callable[..., list[tuple[Any, ...]]]
HERE = {"latitude": 41.1496, "longitude": -8.6109, "accuracy": 20}


@pytest.fixture
def phone(
    office: Office, browser: Browser, dora: Desk, busiest: tuple[str, Any]
) -> Iterator[tuple[BrowserContext, Page]]:
    """Paired, and synced; the browser knows where it is."""
    context = browser.new_context(
        base_url=office.address,
        locale="en-GB",
        viewport={"width": WIDTH, "height": HEIGHT},
        has_touch=True,
        geolocation=HERE,  # type: ignore[arg-type]
        permissions=["geolocation"],
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/phone")
    pair(page, dora.post(f"/api/v1/technicians/{busiest[0]}/pairing-codes").json()["code"])
    expect(page.locator(".card.next")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    yield context, page
    context.close()
    assert complaints == []


@pytest.fixture
def ask(town: Town) -> Ask:
    """The office's rows, as soon as there are any: what is on its way takes a moment."""

    def ask(query: str, *values: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(town.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            for _ in range(100):
                if rows := connection.execute(query, values).fetchall():
                    return rows
                time.sleep(0.1)
        return []

    return ask


@pytest.fixture(scope="module")
def free(busiest: tuple[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The stops that no other test here has worked on."""
    return (stop for stop in busiest[1] if stop["state"] == "planned")


def tap(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).check()


def say(page: Page, what: str) -> None:
    page.get_by_role("link", name=what, exact=True).click()
    expect(page.get_by_role("heading", name=what)).to_be_visible()


def told_of(ask: Ask, visit_id: str) -> list[tuple[str, str]]:
    return ask("SELECT kind, status::text FROM operations WHERE visit_id = %s ORDER BY device_seq", visit_id)


def state_of(ask: Ask, visit_id: str) -> str:
    ((state,),) = ask("SELECT state::text FROM visits WHERE id = %s", visit_id)
    return str(state)


def test_every_new_stop_is_taken_with_one_tap_and_none_before(phone: tuple[BrowserContext, Page], ask: Ask) -> None:
    _, page = phone
    taken = "SELECT count(*) FROM operations WHERE kind = 'accept'"
    expect(page.get_by_text("new", exact=True).first).to_be_visible()
    unsent(page, "all sent")
    assert ask(taken) == [(0,)]
    page.get_by_role("button", name="Got it").click()
    expect(page.get_by_role("button", name="Got it")).to_be_hidden()
    expect(page.get_by_text("new", exact=True)).to_have_count(0)
    unsent(page, "all sent")
    assert ask(taken)[0][0] >= 4
    assert ask("SELECT DISTINCT status::text FROM operations WHERE kind = 'accept'") == [("applied",)]


def test_a_day_that_does_not_go_as_planned_is_told_in_its_order_after_the_basement(
    phone: tuple[BrowserContext, Page], free: Iterator[dict[str, Any]], ask: Ask
) -> None:
    context, page = phone
    locked, unfinished = next(free), next(free)
    context.set_offline(True)

    page.goto(f"/phone/stops/{locked['visit_id']}")
    tap(page, "On my way", "I have arrived")
    say(page, "No access")
    tap(page, "Save")
    expect(page.locator(".warning")).to_have_text("Still missing: the reason")
    choose(page, "A door, lift or gate is locked")
    page.get_by_label("Note").fill("门禁坏了")
    tap(page, "Save")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator(f"a[href$='{locked['visit_id']}']")).to_contain_text("no access")

    page.goto(f"/phone/stops/{unfinished['visit_id']}")
    tap(page, "I have arrived", "Start work")
    say(page, "Pause")
    choose(page, "A break")
    tap(page, "Save")
    expect(page.get_by_role("status").filter(has_text="Saved: Pause")).to_be_visible()
    tap(page, "Go on with the work")
    lamp = page.get_by_role("group", name="Lamp")
    lamp.get_by_role("button", name="+").click(click_count=2)
    page.get_by_label("Note").fill("已更换灯泡")
    say(page, "Another visit needed")
    expect(page.get_by_label("What was done")).to_have_value("已更换灯泡")
    choose(page, "It needs another trade")
    page.get_by_label("What the next visit needs").fill("A plasterer")
    tap(page, "Save")
    expect(page.locator(f"a[href$='{unfinished['visit_id']}']")).to_contain_text("needs another visit")
    unsent(page, "9 not sent")

    context.set_offline(False)
    unsent(page, "all sent")
    kinds = ["depart", "arrive", "no_access"]
    assert told_of(ask, locked["visit_id"])[-3:] == [(kind, "applied") for kind in kinds]
    assert ask("SELECT reason, note FROM visit_steps WHERE kind = 'no_access'") == [("no_key", "门禁坏了")]
    kinds = ["arrive", "start", "pause", "start", "use_part", "another_visit"]
    assert told_of(ask, unfinished["visit_id"])[-6:] == [(kind, "applied") for kind in kinds]
    assert ask("SELECT quantity FROM part_uses WHERE visit_id = %s", unfinished["visit_id"]) == [(2,)]
    assert ask("SELECT reason, done, needed FROM unfinished_work") == [("other_trade", "已更换灯泡", "A plasterer")]
    assert [state_of(ask, stop["visit_id"]) for stop in (locked, unfinished)] == ["no_access", "needs_another"]


def at_work(page: Page, visit_id: str) -> None:
    """With the form filled in, in front of the owner."""
    page.goto(f"/phone/stops/{visit_id}")
    tap(page, "I have arrived", "Start work")
    for yes in page.get_by_role("radio", name="Yes").all():
        yes.check()
    tap(page, "Minutes worked +5", "Finish")
    expect(page.get_by_role("heading", name="Please read and sign")).to_be_visible()


def test_an_owner_who_signs_nothing_is_told_with_a_witness_and_what_was_shown(
    phone: tuple[BrowserContext, Page], free: Iterator[dict[str, Any]], ask: Ask
) -> None:
    _, page = phone
    stop = next(free)
    at_work(page, stop["visit_id"])
    choose(page, "Signs nothing")
    expect(page.locator("canvas")).to_be_hidden()
    tap(page, "Save")
    expect(page.locator(".page .warning")).to_have_text("Still missing: the reason, the witness")
    choose(page, "Does not agree on the payment")
    page.get_by_label("Name of the witness").fill("物业 李强")
    page.get_by_label("What the owner said").fill("太贵")
    tap(page, "Save")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    unsent(page, "all sent")
    told = "SELECT reason, witness_name, remark, document_hash, checklist FROM refusals WHERE visit_id = %s"
    ((reason, witness, remark, sealed, checklist),) = ask(told, stop["visit_id"])
    assert (reason, witness, remark) == ("payment", "物业 李强", "太贵")
    document = ShownDocument(
        **{name: stop[name] for name in ("visit_id", "ticket_number", "address", "unit", "description")},
        defect=Named(**stop["defect"]),
        checklist=checklist,
        parts=[],
        minutes=5,
        note="",
    )
    assert sealed == document_hash(document)
    assert state_of(ask, stop["visit_id"]) == "done"


def test_an_owner_reads_the_consent_in_their_own_language_and_says_who_signs(
    phone: tuple[BrowserContext, Page], free: Iterator[dict[str, Any]], ask: Ask
) -> None:
    _, page = phone
    visit_id = next(free)["visit_id"]
    at_work(page, visit_id)
    expect(page.locator(".consent")).to_contain_text("Signing takes away none of my warranty rights.")
    choose(page, "中文")
    expect(page.get_by_role("heading", name="请阅读并签字")).to_be_visible()
    expect(page.locator(".consent")).to_contain_text("确认签名不影响本人依法享有的保修权利。")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".page .warning")).to_have_text("还缺：签字人身份、签字")
    sign(page, "业主家属")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()  # the technician's own language again
    unsent(page, "all sent")
    ((payload,),) = ask("SELECT payload FROM operations WHERE kind = 'complete' AND visit_id = %s", visit_id)
    signed = payload["sign_off"]
    assert (signed["relationship"], signed["consent_language"]) == ("family", "zh")
    assert signed["consent_version"]
    sealed = "SELECT record FROM sealed_sign_offs s JOIN sign_offs o ON o.id = s.sign_off_id WHERE o.visit_id = %s"
    ((record,),) = ask(sealed, visit_id)
    consent = json.loads(record)["consent"]
    assert (consent["language"], consent["confirmed"]) == ("zh", True)


def test_another_defect_is_found_by_a_word_and_becomes_a_ticket_of_the_home(
    phone: tuple[BrowserContext, Page], busiest: tuple[str, list[dict[str, Any]]], ask: Ask
) -> None:
    _, page = phone
    visit_id = busiest[1][0]["visit_id"]  # whatever became of it: this can be said at any time
    page.goto(f"/phone/stops/{visit_id}")
    say(page, "Another defect found")
    page.get_by_label("Search").fill("no such thing")
    expect(page.get_by_text("Nothing of that name.")).to_be_visible()
    page.get_by_label("Search").fill("管道 渗漏")
    choose(page, "Slow leak from a pipe")
    page.get_by_label("Where in the home").fill("厨房")
    page.get_by_label("What you saw").fill("滴水")
    choose(page, "minor")
    tap(page, "Save")
    expect(page.get_by_text("Saved: Another defect found")).to_be_visible()
    say(page, "Note for the office")
    page.get_by_label("Note").last.fill("电梯停用")
    tap(page, "Save")
    expect(page.get_by_text("Saved: Note for the office")).to_be_visible()
    unsent(page, "all sent")
    found = "SELECT defect_code, place, description, suggested_tier::text FROM found_defects WHERE visit_id = %s"
    assert ask(found, visit_id) == [("slow-leak", "厨房", "滴水", "minor")]
    assert ask("SELECT text FROM visit_notes WHERE visit_id = %s", visit_id) == [("电梯停用",)]


def test_places_go_with_records_and_pings_only_after_they_were_switched_on(
    phone: tuple[BrowserContext, Page], free: Iterator[dict[str, Any]], ask: Ask
) -> None:
    context, page = phone
    visit_id = next(free)["visit_id"]
    page.goto(f"/phone/stops/{visit_id}")
    tap(page, "On my way")
    ((departed,),) = ask("SELECT payload FROM operations WHERE kind = 'depart' AND visit_id = %s", visit_id)
    assert "latitude" not in departed
    assert ask("SELECT count(*) FROM operations WHERE kind = 'ping'") == [(0,)]
    unsent(page, "all sent")
    context.set_offline(True)
    page.get_by_role("link", name="Settings").click()
    choose(page, "On")
    page.wait_for_function(
        """async () => {
          const opened = indexedDB.open("doorstep-phone");
          const database = await new Promise((done) => (opened.onsuccess = () => done(opened.result)));
          const all = database.transaction("outbox").objectStore("outbox").getAll();
          const rows = await new Promise((done) => (all.onsuccess = () => done(all.result)));
          database.close();
          return rows.some((row) => JSON.parse(row.payload).kind === "ping");
        }"""
    )
    unsent(page, "all sent")  # a waiting ping is no work
    expect(page.get_by_role("button", name="Sign out")).to_be_enabled()
    page.goto(f"/phone/stops/{visit_id}")
    tap(page, "I have arrived")
    unsent(page, "1 not sent")
    context.set_offline(False)
    unsent(page, "all sent")
    ((arrived,),) = ask("SELECT payload FROM operations WHERE kind = 'arrive' AND visit_id = %s", visit_id)
    assert (arrived["latitude"], arrived["longitude"]) == (HERE["latitude"], HERE["longitude"])
    assert ask("SELECT latitude, longitude FROM locations") == [(HERE["latitude"], HERE["longitude"])]


def test_a_conflict_and_a_step_that_came_too_late_are_told_in_plain_words(
    phone: tuple[BrowserContext, Page], free: Iterator[dict[str, Any]], town: Town
) -> None:
    context, page = phone
    visit_id = next(free)["visit_id"]
    page.goto(f"/phone/stops/{visit_id}")
    context.set_offline(True)
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE visits SET state = 'done' WHERE id = %s", (visit_id,))
    tap(page, "I have arrived")
    say(page, "No access")
    choose(page, "Nobody is at home")
    tap(page, "Save")
    unsent(page, "2 not sent")
    context.set_offline(False)
    unsent(page, "all sent")
    page.get_by_role("link", name="Notices 2").click()
    expect(page.get_by_role("article")).to_have_count(2)
    ended, arrived = page.get_by_role("article").all_inner_texts()
    assert "Kept, with a conflict" in ended
    assert "Nobody is at home" in ended
    assert "The visit had already ended in another way. What you recorded is kept" in ended
    assert "Not accepted" in arrived
    assert "Nothing of your work is missing." in arrived


def test_a_version_that_will_be_refused_is_announced_while_everything_still_goes_out(
    phone: tuple[BrowserContext, Page],
) -> None:
    context, page = phone
    expect(page.get_by_text("will soon be refused")).to_be_hidden()

    def announce(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"minimum_client": "9.0.0"}))

    context.route(re.compile("/mobile/v1/sync"), announce)
    page.get_by_test_id("unsent").click()
    expect(page.get_by_role("alert").filter(has_text="will soon be refused")).to_be_visible()
    unsent(page, "all sent")
