"""AMap (高德) as a geopy geocoder; geopy has none."""

from typing import Any
from urllib.parse import urlencode

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
)
from geopy.geocoders.base import Geocoder
from geopy.location import Location

DOMAIN = "restapi.amap.com"

# Codes of an answer whose status is "0" (https://lbs.amap.com/api/webservice/guide/tools/info).
QUOTA = {"10003", "10004", "10010", "10014", "10015", "10019", "10020", "10021", "10029", "10044", "10045"}
QUOTA |= {"40000", "40002", "40003"}
KEY = {
    "10001",
    "10002",
    "10005",
    "10006",
    "10007",
    "10008",
    "10009",
    "10011",
    "10012",
    "10013",
    "10026",
    "10041",
}
QUERY = {"20000", "20001", "20002", "20011", "20012"}


class AMap(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Geocoding of addresses in China (https://lbs.amap.com/api/webservice/guide/api/georegeo).

    Answers are in GCJ-02, as AMap gives them; `raw["level"]` says how exact they are.
    """

    api_path = "/v3/geocode/geo"

    def __init__(self, api_key: str, *, domain: str = DOMAIN, **options: Any) -> None:
        super().__init__(**options)
        self.api_key = api_key
        self.api = f"{self.scheme}://{domain.strip('/')}{self.api_path}"

    def geocode(self, query: str, *, city: str = "") -> Any:
        """The best match or None, awaitable with an asynchronous adapter. Raises geopy's errors."""
        params = {"key": self.api_key, "address": query, "output": "JSON"} | ({"city": city} if city else {})
        return self._call_geocoder(f"{self.api}?{urlencode(params)}", self._parse)

    def _parse(self, answer: dict[str, Any]) -> Location | None:
        if answer["status"] != "1":
            raise _error(str(answer.get("infocode")), str(answer.get("info")))
        if not answer["geocodes"]:
            return None
        best = answer["geocodes"][0]
        lon, lat = best["location"].split(",")
        return Location(best["formatted_address"], (float(lat), float(lon)), best)


def _error(code: str, info: str) -> GeocoderServiceError:
    said = f"{info} ({code})"
    if code in QUOTA:
        return GeocoderQuotaExceeded(said)
    if code in KEY:
        return GeocoderAuthenticationFailure(said)
    if code in QUERY:
        return GeocoderQueryError(said)
    return GeocoderServiceError(said)
