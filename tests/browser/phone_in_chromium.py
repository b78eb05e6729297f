"""A technician's phone: a Chromium of its own with a profile on disk, to be turned off and killed."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil
from chromium import find_chromium
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

WIDTH, HEIGHT = 390, 844


class PhoneInChromium:
    """Its profile, and so all that it has recorded, outlives every `close` and `kill`."""

    def __init__(self, playwright: Playwright, profile: Path, address: str, locale: str = "en-GB") -> None:
        self.playwright, self.profile, self.address, self.locale = playwright, profile, address, locale
        self.complaints: list[str] = []
        self.context: BrowserContext | None = None

    def open(self, path: str = "/phone", *, offline: bool = False) -> Page:
        """A cold start: another browser process."""
        found = find_chromium(Path(self.playwright.chromium.executable_path))
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=found.path,
            env={**os.environ, **found.environment},
            args=["--no-sandbox"],
            base_url=self.address,
            locale=self.locale,
            viewport={"width": WIDTH, "height": HEIGHT},
            has_touch=True,
        )
        self.context.set_offline(offline)
        page = self.context.pages[0]
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.goto(path)
        return page

    def open_on_a_full_disk(self, path: str = "/phone") -> Page:
        """Without a network. Full from the start: Chromium remembers for a while how much room there was."""
        page = self.open("about:blank", offline=True)
        assert self.context
        quota = {"origin": self.address, "quotaSize": 1}
        self.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
        page.goto(path)
        return page

    def close(self) -> None:
        if self.context:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """As an empty battery would."""
        self.lose_power()
        self.bury()

    def lose_power(self) -> bool:
        """No process of it gets to do anything more. Any thread may say so, in the middle of anything.

        Whether there was one that ran.
        """
        mine, lived = f"--user-data-dir={self.profile}", False
        for browser in psutil.process_iter():
            with suppress(psutil.Error):
                if mine in browser.cmdline():
                    for process in (browser, *browser.children(recursive=True)):
                        with suppress(OSError):
                            os.kill(process.pid, signal.SIGKILL)
                            lived = True
        return lived

    def bury(self) -> None:
        """After a loss of power: what is left of it goes, except its profile."""
        with suppress(Error):
            self.close()
        self.context = None
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()


def paired(phone: PhoneInChromium, code: str) -> PhoneInChromium:
    """Paired and synced, kept for use without a network, and turned off."""
    page = phone.open()
    pair(page, code)
    expect(page.locator(".card.next")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    unsent(page, "all sent")
    phone.close()
    return phone


def pair(page: Page, code: str) -> None:
    page.get_by_label("Pairing code").or_(page.get_by_label("配对码")).fill(code)
    page.get_by_role("button", name="Pair").or_(page.get_by_role("button", name="配对", exact=True)).click()
    expect(page.get_by_role("navigation")).to_be_visible()


def unsent(page: Page, told: str) -> None:
    expect(page.get_by_test_id("unsent")).to_contain_text(told)


def sign(page: Page, who: str = "The owner") -> None:
    """With a finger, two strokes."""
    page.get_by_role("radio", name=who, exact=True).check()
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box
    for shift in (0, 40):
        page.mouse.move(box["x"] + 60 + shift, box["y"] + 60)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(box["x"] + 60 + shift + step * 10, box["y"] + 60 + (step % 3) * 20)
        page.mouse.up()
