"""A server of raster tiles that maps may stand on, if the settings name one; without it no map asks anybody."""

import re

from msgspec import Struct

TEMPLATE = re.compile(r"(https?://[\w.-]+(?::\d+)?)/[^\s;,'\"]+")
DATUMS = ("wgs84", "gcj02")
"""gcj02 is that of maps of mainland China: what stands on them is shifted by some hundred metres."""


class MapTiles(Struct, frozen=True):
    """`url` has {z}, {x} and {y} in it; `attribution` is what the server's owner wants to be named on each map."""

    url: str
    attribution: str
    datum: str

    @property
    def host(self) -> str:
        """As content policies name it."""
        found = TEMPLATE.fullmatch(self.url)
        assert found  # `map_tiles` has looked
        return found[1]

    def allowed_by(self, policy: str) -> str:
        """The content policy of a page, with these tiles: MapLibre fetches them, and draws what it got."""
        return re.sub(r"\b((?:img|connect)-src [^;]*)", rf"\1 {self.host}", policy)


def map_tiles(url: str, attribution: str, datum: str) -> MapTiles | None:
    """None for an empty `url`. Raises ValueError for what no map could use."""
    if datum not in DATUMS:
        raise ValueError(f"the datum is {datum!r}; it must be {' or '.join(DATUMS)}")
    if not url:
        return None
    if not TEMPLATE.fullmatch(url) or not all(url.count(part) == 1 for part in ("{z}", "{x}", "{y}")):
        raise ValueError("the address must be like https://tiles.example.com/{z}/{x}/{y}.png")
    if not attribution.strip():
        raise ValueError("whose tiles they are must be said in DOORSTEP_TILES_BY")
    return MapTiles(url, attribution.strip(), datum)
