"""A city picks law and policy; people write its name in several ways."""

from functools import cache

from domain.data import read_seed


@cache
def _names() -> dict[str, str]:
    return {
        alias.casefold(): city["name"]
        for city in read_seed("cities")["city"]
        for alias in (city["name"], *city["aliases"])
    }


def city_name(written: str | None) -> str | None:
    """The name that rows use: 北京市 and beijing are Beijing. An unlisted city keeps the name given."""
    tidy = (written or "").strip()
    return _names().get(tidy.casefold(), tidy) or None
