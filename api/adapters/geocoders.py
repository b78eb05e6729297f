"""The geocoders that Doorstep can ask: how often, how, and what their answers mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import prcoords
from geopy.geocoders import Nominatim

from api.adapters import amap, baidu

LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Geocoder:
    """Which provider to ask, as the settings say: one of PROVIDERS.

    `domain` names a server of the company's own (host and port, with `scheme` http if need be); only such a
    server may lie at a private address. ValueError says which part can't be.
    """

    provider: str
    key: str = ""
    domain: str = ""
    scheme: str = "https"

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            raise ValueError(f"geocoder must be one of {', '.join(PROVIDERS)}, not {self.provider!r}")
        if self.provider != "nominatim" and not self.key:
            raise ValueError(f"the geocoder {self.provider} needs a key")
        if self.scheme not in ("http", "https"):
            raise ValueError(f"a geocoder's scheme must be http or https, not {self.scheme!r}")


@dataclass(frozen=True, slots=True)
class Provider:
    """`too_coarse` tells the answers that would send a technician to the middle of a district."""

    per_second: float
    connect: Callable[[Geocoder, dict[str, Any]], Any]
    search: Callable[[Any, str, str], Any]
    too_coarse: Callable[[dict[str, Any]], bool]
    to_wgs84: Callable[[LatLon], LatLon]


def from_gcj02(place: LatLon) -> LatLon:
    """China's official shift of about 500 m undone; outside China nothing was shifted."""
    return tuple(prcoords.gcj_wgs_bored(place)) if _in_china(place) else place


def from_bd09(place: LatLon) -> LatLon:
    """Baidu's shift on top of GCJ-02 undone; outside China nothing was shifted."""
    return tuple(prcoords.bd_wgs_bored(place)) if _in_china(place) else place


def _in_china(place: LatLon) -> bool:
    return bool(prcoords.sanity_in_china_p(prcoords.Coords(*place)))


# Levels of AMap and Baidu (地理编码, "level") that are areas and not addresses.
AREAS = {"国家", "省", "市", "城市", "区县", "开发区", "乡镇", "未知", "UNKNOWN"}

# Nominatim ranks areas up to 25 and streets 26 (https://nominatim.org/release-docs/latest/customize/Ranking/).
STREET_RANK = 26

PROVIDERS = {
    # 3 a second is the free tier of both, an assumption: it changes, and their consoles show it.
    "amap": Provider(
        per_second=3,
        connect=lambda given, options: amap.AMap(given.key, domain=given.domain or amap.DOMAIN, **options),
        search=lambda service, address, city: service.geocode(address, city=city),
        too_coarse=lambda raw: raw["level"] in AREAS,
        to_wgs84=from_gcj02,
    ),
    "baidu": Provider(
        per_second=3,
        connect=lambda given, options: baidu.Baidu(given.key, domain=given.domain or baidu.DOMAIN, **options),
        search=lambda service, address, city: service.geocode(address, city=city),
        too_coarse=lambda raw: raw["level"] in AREAS,
        to_wgs84=from_bd09,
    ),
    "nominatim": Provider(
        per_second=1,  # at most: https://operations.osmfoundation.org/policies/nominatim/
        connect=lambda given, options: Nominatim(**({"domain": given.domain} if given.domain else {}), **options),
        search=lambda service, address, city: service.geocode(f"{address}, {city}" if city else address),
        too_coarse=lambda raw: int(raw["place_rank"]) < STREET_RANK,
        to_wgs84=lambda place: place,
    ),
}
