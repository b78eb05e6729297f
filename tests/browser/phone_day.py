"""What a technician taps from the door to the signature, and what the phone has shown as saved meanwhile."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Timer

from phone_in_chromium import PhoneInChromium, sign
from playwright.sync_api import Locator, Page, expect

MINUTES = 15
LABELS = {"before": "Take a photo before", "after": "Take a photo after"}


@dataclass
class Journal:
    """`saved` holds what was seen on the screen, in that order; `unsent` the largest number the bar has told."""

    saved: list[tuple[str, str]] = field(default_factory=list)
    unsent: int = 0

    def saw(self, page: Page, visit_id: str, what: str) -> None:
        self.saved.append((visit_id, what))
        self.unsent = max(self.unsent, told_unsent(page))

    def of(self, visit_id: str) -> list[str]:
        return [what for visit, what in self.saved if visit == visit_id]


class Battery:
    """Dies a moment after one of the next taps, or anywhere at all; never before it was given a life."""

    def __init__(self, phone: PhoneInChromium, draw: Random) -> None:
        self.phone, self.draw = phone, draw
        self.deaths: list[str] = []
        self.taps_left = 0
        self.timer: Timer | None = None

    def give_life(self) -> None:
        self.taps_left = self.draw.choice((1, 1, 2, 3))
        if self.draw.random() < 0.25:
            self.taps_left = 0
            self.die_within(5.0, "anywhere")

    def tapped(self, what: str) -> None:
        """Short after the tap: while it is being written, just before, or just after. Photos take longer."""
        self.taps_left -= 1
        if self.taps_left == 0:
            self.die_within(0.6 if what == "photo" else 0.12, what)

    def die_within(self, seconds: float, where: str) -> None:
        def die() -> None:
            if self.phone.lose_power():
                self.deaths.append(where)

        self.timer = Timer(self.draw.uniform(0, seconds), die)
        self.timer.start()

    @property
    def dying(self) -> bool:
        return self.timer is not None

    def wait_for_death(self) -> None:
        if self.timer:
            self.timer.join()


class Technician:
    """Goes on wherever the phone says that the day stands. `photos` are the JPEGs to be taken at each stop."""

    def __init__(self, photos: Callable[[str], dict[str, bytes]], journal: Journal) -> None:
        self.photos, self.journal = photos, journal
        self.battery: Battery | None = None

    def work(self, page: Page) -> None:
        """Until every stop is signed."""
        while visit_id := open_next(page):
            self.do(page, visit_id)

    def do(self, page: Page, visit_id: str) -> None:
        arrived, start = (page.get_by_role("button", name=name) for name in ("I have arrived", "Start work"))
        if arrived.is_visible():
            self.tap("arrive", arrived.click)
            expect(start).to_be_visible()
            self.journal.saw(page, visit_id, "arrive")
        if start.is_visible():
            self.tap("start", start.click)
            expect(start).to_be_hidden()
            self.journal.saw(page, visit_id, "start")
        self.take_photos(page, visit_id)
        self.answer(page)
        page.get_by_role("button", name="Finish").click()
        expect(page.get_by_role("heading", name="Please read and sign")).to_be_visible()
        page.get_by_label("Name of who signs").fill("Zhang San")
        sign(page)
        self.tap("save", page.get_by_role("button", name="Save").click)
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
        self.journal.saw(page, visit_id, "complete")

    def take_photos(self, page: Page, visit_id: str) -> None:
        kept = page.locator("[data-sha256]")
        for number, (shows, jpeg) in enumerate(self.photos(visit_id).items()):
            if number < settled(kept, len(self.journal.of(visit_id)) - 2):
                continue
            file = {"name": f"{shows}.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
            camera = page.get_by_label(LABELS[shows])
            self.tap("photo", lambda camera=camera, file=file: camera.set_input_files(file))
            expect(kept).to_have_count(number + 1)
            self.journal.saw(page, visit_id, kept.nth(number).get_attribute("data-sha256") or "")

    def answer(self, page: Page) -> None:
        """What is filled in is a draft, and not told to be saved; what a kill took is filled in again."""
        for yes in page.get_by_role("radio", name="Yes").all():
            yes.check()
        minutes = page.get_by_role("textbox", name="Minutes worked")
        while int(minutes.input_value() or 0) < MINUTES:
            self.tap("minutes", page.get_by_role("button", name="Minutes worked +5").click)

    def tap(self, what: str, action: Callable[[], object]) -> None:
        action()
        if self.battery:
            self.battery.tapped(what)


def open_next(page: Page) -> str | None:
    """The page of the sheet's next stop, and its visit; none when all are done."""
    following, none = page.locator(".card.next"), page.get_by_text("Everything on this sheet is done")
    expect(following.or_(none)).to_be_visible()
    if none.is_visible():
        return None
    following.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Where")).to_be_visible()
    expect(page.locator("#finish")).to_be_visible()
    return page.url.rpartition("/")[2]


def settled(kept: Locator, least: int) -> int:
    """How many photos are in the strip, which is filled a moment after the page."""
    if least > 0:
        expect(kept.nth(least - 1)).to_be_visible()
    return kept.count()


def told_unsent(page: Page) -> int:
    told = re.match(r"(\d+) not sent", page.get_by_test_id("unsent").inner_text())
    return int(told[1]) if told else 0
