"""From an address to a place on the map, in WGS-84, or the reason why not."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeopyError,
)
from geopy.extra.rate_limiter import AsyncRateLimiter
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.geocoder_http import HttpxAdapter
from api.adapters.geocoders import PROVIDERS, Geocoder
from api.db import geocode_cache

TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Location:
    """Degrees, WGS-84. `said` is the address as the provider understood it."""

    lat: float
    lon: float
    said: str


@dataclass(frozen=True, slots=True)
class NotLocated:
    """The ticket "needs a location". `again` is true when the same question may be answered later."""

    reason: str
    again: bool


async def locate(address: str, city: str, *, session: AsyncSession, geocoder: Geocoder | None) -> Location | NotLocated:
    """Where `address` is; `city` narrows the search and may be empty.

    Whatever the provider or the network does becomes a NotLocated. The session is written to (the cache)
    but not committed; failures that may pass are not cached.
    """
    address, city = _tidy(address), _tidy(city)
    if not address:
        return NotLocated("There is no address.", again=False)
    if geocoder is None:
        return NotLocated("No geocoder is set.", again=True)
    # A server of one's own may know other places than the public one of the same kind.
    key = (f"{geocoder.provider} {geocoder.domain}".strip(), city.casefold(), address.casefold())
    if known := await geocode_cache.recall(session, *key):
        if known.lat is None or known.lon is None:
            return NotLocated(known.said, again=False)
        return Location(known.lat, known.lon, known.said)
    answer = await _asked(geocoder, address, city)
    if isinstance(answer, Location):
        await geocode_cache.remember(session, *key, place=(answer.lat, answer.lon), said=answer.said)
    elif not answer.again:
        await geocode_cache.remember(session, *key, place=None, said=answer.reason)
    return answer


async def _asked(geocoder: Geocoder, address: str, city: str) -> Location | NotLocated:
    name, provider = geocoder.provider, PROVIDERS[geocoder.provider]
    try:
        found = await _paced(name, geocoder.domain)(geocoder, address, city)
        if found is None:
            return NotLocated("The address is not on the map.", again=False)
        if provider.too_coarse(found.raw):
            return NotLocated(f"Only the area was found: {found.address}.", again=False)
        lat, lon = provider.to_wgs84((found.latitude, found.longitude))
    except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges) as error:
        return NotLocated(f"The geocoder {name} refuses the key: {error}.", again=True)
    except GeocoderQueryError as error:
        return NotLocated(f"The geocoder {name} refuses the address: {error}.", again=False)
    except GeopyError as error:
        return NotLocated(f"The geocoder {name} failed: {error}.", again=True)
    except (AttributeError, LookupError, TypeError, ValueError):
        # What geopy's parsers raise on JSON that is not what the provider documents.
        return NotLocated(f"The geocoder {name} gave an answer that makes no sense.", again=True)
    return Location(lat, lon, str(found.address))


@cache
def _paced(provider: str, domain: str) -> AsyncRateLimiter:
    """One a server, for all callers in this process; a server of one's own needs no sparing."""
    pause_s = 0 if domain else 1 / PROVIDERS[provider].per_second
    return AsyncRateLimiter(_ask, min_delay_seconds=pause_s, max_retries=0, swallow_exceptions=False)


async def _ask(geocoder: Geocoder, address: str, city: str) -> Any:
    provider = PROVIDERS[geocoder.provider]
    options = {
        "scheme": geocoder.scheme,
        "timeout": TIMEOUT_S,
        "user_agent": f"doorstep/{version('doorstep')}",
        "adapter_factory": lambda **given: HttpxAdapter(**given, own_server=bool(geocoder.domain)),
    }
    async with provider.connect(geocoder, options) as service:
        return await provider.search(service, address, city)


def _tidy(text: str) -> str:
    """Full-width digits and letters and doubled spaces do not make another address."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
