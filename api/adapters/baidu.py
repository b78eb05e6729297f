"""Baidu Maps through geopy's geocoder, with the city apart from the address and "no result" understood."""

from typing import Any

from geopy.geocoders import BaiduV3
from geopy.location import Location

DOMAIN = "api.map.baidu.com"


class Baidu(BaiduV3):  # type: ignore[misc]  # geopy ships no types
    """Answers are in BD-09, as Baidu gives them, and without an address: only `level` says what was found.

    `address` may be 84 bytes long, about 28 characters (https://lbsyun.baidu.com, 地理编码), so the city has
    a parameter of its own.
    """

    def __init__(self, api_key: str, *, domain: str = DOMAIN, **options: Any) -> None:
        super().__init__(api_key, **options)
        self.api = f"{self.scheme}://{domain.strip('/')}{self.api_path}"

    def geocode(self, query: str, *, city: str = "") -> Any:
        """The best match or None, awaitable with an asynchronous adapter. Raises geopy's errors."""
        params = {"ak": self.api_key, "output": "json", "address": query} | ({"city": city} if city else {})
        return self._call_geocoder(self._construct_url(self.api, self.api_path, params), self._parse)

    def _parse(self, answer: dict[str, Any]) -> Location | None:
        # Version 3 says that there is no such address with the status of an internal error.
        if answer["status"] == 1 and "无相关结果" in str(answer.get("msg", "")):
            return None
        self._check_status(answer["status"])
        best = answer["result"]
        place = float(best["location"]["lat"]), float(best["location"]["lng"])
        return Location(best["level"], place, best)
