"""The technician switches messages on; then the service worker shows what the office sends, the page shut or open.

The maker's push service is the one thing that isn't here: what a browser would get of it is handed to the page, and its
message to Chromium's own service worker by the debugging protocol.
"""

import json
import threading
from pathlib import Path

import psycopg
from phone_in_chromium import PhoneInChromium, pair
from playwright.sync_api import Playwright, expect
from push_browser import PushBrowser
from town import Desk, Town
from town_site import Office

SERVICE = """(given) => {
  let mine = null;
  const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;
  const made = (key) => ({
    endpoint: given.endpoint,
    options: { applicationServerKey: bytes(atob(key.replace(/-/g, "+").replace(/_/g, "/"))) },
    toJSON: () => ({ keys: { p256dh: given.p256dh, auth: given.auth } }),
    unsubscribe: async () => ((mine = null), true),
  });
  PushManager.prototype.getSubscription = async () => mine;
  PushManager.prototype.subscribe = async (wanted) => (mine = made(wanted.applicationServerKey));
}"""
NOTING = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, told) => void self.shown.push([title, told.body, told.tag]);
}"""
"""Chromium without a screen shows no notification, whatever is granted: what the worker asks for is noted."""
ALL_SHOWN = """async (count) => {
  const until = Date.now() + 10000;
  while (self.shown.length < count && Date.now() < until) await new Promise((go) => setTimeout(go, 100));
  return self.shown;
}"""


def subscriptions(town: Town) -> list[tuple[str, str]]:
    """Asked in a thread of its own, since Playwright's loop runs in this one."""
    found: list[tuple[str, str]] = []

    def ask() -> None:
        with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
            found.extend(connection.execute("SELECT endpoint, language FROM push_subscriptions").fetchall())

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    return found


def test_a_technician_switches_messages_on_and_the_phone_shows_them_in_its_language(
    town: Town, dora: Desk, office: Office, playwright: Playwright, tmp_path: Path
) -> None:
    code = dora.post(f"/api/v1/technicians/{town.technicians[0]}/pairing-codes").json()["code"]
    phone, browser = (
        PhoneInChromium(playwright, tmp_path / "phone", office.address),
        PushBrowser("https://push.example"),
    )
    page = phone.open()
    assert phone.context
    phone.context.grant_permissions(["notifications"], origin=office.address)
    phone.context.add_init_script(f"({SERVICE})({json.dumps(browser.subscription())})")
    pair(page, code)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/phone/settings")
    choice = page.get_by_role("group", name="Messages on this phone")
    expect(choice.get_by_role("radio", name="Off")).to_be_checked()
    choice.get_by_role("radio", name="On").check()
    expect(choice.get_by_role("radio", name="On")).to_be_enabled()
    expect(choice.get_by_role("radio", name="On")).to_be_checked()
    assert subscriptions(town) == [(browser.endpoint, "en")]
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.url.endswith("/push")):
        page.get_by_role("radio", name="中文").check()
    assert subscriptions(town) == [(browser.endpoint, "zh")]

    worker = phone.context.service_workers[0]
    worker.evaluate(NOTING)
    protocol = phone.context.new_cdp_session(page)
    found: list[dict[str, str]] = []
    protocol.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    protocol.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    registration = next(one["registrationId"] for one in found if "/phone" in one["scopeURL"])
    told = {"id": "0" * 32, "title": "路线已发布", "body": "明天共 3 次上门"}
    for _ in range(2):
        protocol.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": office.address, "registrationId": registration, "data": json.dumps(told)},
        )
    shown = [told["title"], told["body"], told["id"]]
    assert worker.evaluate(ALL_SHOWN, 2) == [shown, shown], "of one tag, so the second takes the first one's place"

    page.get_by_role("group", name="手机通知").get_by_role("radio", name="关闭").check()
    expect(page.get_by_role("group", name="手机通知").get_by_role("radio", name="关闭")).to_be_enabled()
    assert subscriptions(town) == []
    assert phone.complaints == []
    phone.close()
