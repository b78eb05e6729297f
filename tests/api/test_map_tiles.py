"""Which tiles maps may fetch: those of the settings, by the pages' content policy, and otherwise none at all."""

from pathlib import Path

import pytest
from litestar.testing import TestClient
from town import Town

from api.app import create_app
from api.map_tiles import map_tiles
from api.routes import board_pages, owner_pages, phone_pages
from api.settings import Settings, SettingsError

TILES = "https://tiles.example.com:8443/{z}/{x}/{y}.png?key=1"
HOST = "https://tiles.example.com:8443"


def policies(town: Town, redis_url: str, folder: Path, **settings: str) -> tuple[dict[str, str], object]:
    """Of each face, and what the maps are told."""
    given = Settings(database_url=town.database_url, redis_url=redis_url, seal_keys=str(folder / "seal"), **settings)
    with TestClient(create_app(given), base_url="http://127.0.0.1") as site:
        told = {at: site.get(at).headers["content-security-policy"] for at in ("/board", "/phone", "/o", "/")}
        return told, site.get("/tiles.json").json()


def test_without_the_setting_nobody_is_asked_for_anything(town: Town, redis_url: str, tmp_path: Path) -> None:
    told, tiles = policies(town, redis_url, tmp_path)
    assert tiles is None
    assert told["/board"] == board_pages.POLICY
    assert told["/phone"] == phone_pages.POLICY
    assert "http" not in "".join(told.values())


def test_the_policy_of_the_pages_with_a_map_names_that_host_and_no_other_page_does(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    told, tiles = policies(town, redis_url, tmp_path, tiles=TILES, tiles_by=" Example ", tiles_datum="gcj02")
    assert tiles == {"url": TILES, "attribution": "Example", "datum": "gcj02"}
    for face in ("/board", "/phone"):
        rules = dict(rule.split(" ", 1) for rule in told[face].split("; "))
        assert rules["connect-src"] == f"'self' {HOST}"
        assert rules["img-src"].endswith(f"data: {HOST}")
        assert told[face].count(HOST) == 2
    assert told["/o"] == owner_pages.POLICY
    assert HOST not in told["/"]


@pytest.mark.parametrize(
    ("url", "by", "datum", "why"),
    [
        ("tiles.example.com/{z}/{x}/{y}.png", "Example", "wgs84", "must be like https://"),
        ("https://tiles.example.com/{z}/{x}.png", "Example", "wgs84", "must be like https://"),
        ("https://tiles.example.com/{z}/{x}/{y}; script-src *", "Example", "wgs84", "must be like https://"),
        ("https://tiles.example.com/{z}/{x}/{y}.png", " ", "wgs84", "DOORSTEP_TILES_BY"),
        ("", "", "bd09", "wgs84 or gcj02"),
    ],
)
def test_what_no_map_could_use_is_refused_with_what_to_do(url: str, by: str, datum: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        map_tiles(url, by, datum)
    named = {"DOORSTEP_TILES": url, "DOORSTEP_TILES_BY": by, "DOORSTEP_TILES_DATUM": datum}
    with pytest.raises(SettingsError, match="DOORSTEP_TILES"):
        Settings.from_environment(named)
