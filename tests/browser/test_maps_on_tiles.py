"""Maps on a tile server of one's own: the board's and the phone's ask it, name its owner, and show who is where."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from built_pages import build_pages
from chromium import launched
from desk_looks import opened_page
from phone_in_chromium import PhoneInChromium, paired
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, StorageState, expect
from town import DAY, Desk, Pocket, Town
from town_site import Office, serving

from api.adapters.servers import Servers

SLOW = 30_000
GREEN = (0, 160, 0)


class TileServer(ThreadingHTTPServer):
    """Every tile is green. `asked` has the paths."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tile)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Tile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, TileServer)
        self.server.asked.append(self.path)
        picture = io.BytesIO()
        Image.new("RGB", (256, 256), GREEN).save(picture, "PNG")
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(picture.getvalue())

    def log_message(self, *told: Any) -> None:
        pass


@pytest.fixture(scope="module")
def tiles() -> Iterator[TileServer]:
    with TileServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def office(
    town: Town, tiles: TileServer, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    build_pages()
    for where in range(1, 5):
        town.report("light-fitting", where=where)
    town.publish(DAY)
    named = {"DOORSTEP_TILES": f"{tiles.address}/{{z}}/{{x}}/{{y}}.png", "DOORSTEP_TILES_BY": "© Green Tiles"}
    with serving(town, servers, tmp_path_factory.mktemp("office"), **named) as office:
        yield office


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """With WebGL, as desks have it."""
    with launched(playwright) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def at_work(office: Office, town: Town) -> Iterator[Pocket]:
    """The first technician with something to do, who has arrived there and told where that is."""
    with httpx.Client(base_url=office.address) as client:
        desk: Any = Desk(client, "dora")  # type: ignore[arg-type]
        pocket = next(one for one in (Pocket(desk, who) for who in town.technicians) if one.stops())
        visit = pocket.stops()[0]["visit_id"]
        pocket.send(pocket.operation("arrive", visit))
        pocket.send(pocket.operation("ping", visit, latitude=41.152, longitude=-8.612))
        yield pocket


def greenish(page: Page, box: Any) -> float:
    """Of its pixels, the share that is more green than anything else, as the tiles are."""
    picture = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB").resize((60, 60))
    pixels = [picture.getpixel((x, y)) for x in range(60) for y in range(60)]
    return sum(green > red + 25 and green > blue + 25 for red, green, blue in pixels) / len(pixels)


def comes_green(page: Page) -> None:
    box = page.locator(".map").bounding_box()
    for _ in range(100):
        if greenish(page, box) > 0.6:
            return
        page.wait_for_timeout(200)
    raise AssertionError("The map never stood on the server's tiles.")


def test_the_board_s_map_stands_on_them_and_shows_who_is_where_and_since_when(
    office: Office, browser: Browser, doras: StorageState, tiles: TileServer, at_work: Pocket
) -> None:
    with opened_page(("en-GB", "light", 1440), office, browser, doras) as page:
        page.goto(f"/board?day={DAY}")
        page.wait_for_selector(".map canvas")
        comes_green(page)
        expect(page.locator(".legend")).to_contain_text("© Green Tiles")
        expect(page.locator(".person")).to_contain_text("Technician T", timeout=SLOW)
        expect(page.locator(".person")).to_contain_text(" min")
    assert all(len(path.split("/")) == 4 for path in tiles.asked)


def test_the_phone_s_map_stands_on_them_too(
    office: Office, playwright: Playwright, tmp_path: Path, town: Town, dora: Desk
) -> None:
    who = next(one for one in town.technicians if Pocket(dora, one).stops())
    code = dora.post(f"/api/v1/technicians/{who}/pairing-codes").json()["code"]
    phone = paired(PhoneInChromium(playwright, tmp_path / "phone", office.address), code)
    page = phone.open("/phone/map")
    try:
        page.wait_for_selector(".map canvas")
        comes_green(page)
        expect(page.get_by_text("© Green Tiles")).to_be_visible()
        assert phone.complaints == []
    finally:
        phone.close()
