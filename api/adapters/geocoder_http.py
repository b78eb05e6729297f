"""How geopy's geocoders reach the network: through httpx, and never into a private one by surprise."""

import json
import ssl
from typing import Any

import httpx
from geopy.adapters import AdapterHTTPError, BaseAsyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

from api.adapters.public_hosts import NotPublic, public_address


class HttpxAdapter(BaseAsyncAdapter):  # type: ignore[misc]  # geopy ships no types
    """`own_server` says that the geocoder's address was configured and may be on the company's own network.

    A public provider's name that resolves to a private address is refused: a poisoned resolver must not turn
    an owner's address into a request to a machine behind the firewall. Redirects are not followed.
    """

    def __init__(self, *, proxies: object, ssl_context: ssl.SSLContext | None, own_server: bool) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._own_server = own_server
        self._client = httpx.AsyncClient(verify=ssl_context or True, trust_env=not own_server)

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    # geopy passes the timeout (seconds) by name.
    async def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:  # noqa: ASYNC109 (as above)
        text = await self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except ValueError as error:
            raise GeocoderParseError("the answer is not JSON") from error

    async def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:  # noqa: ASYNC109 (as above)
        if not self._own_server:
            await _refuse_private(httpx.URL(url).host)
        try:
            response = await self._client.get(url, timeout=timeout, headers=headers)
        except httpx.TimeoutException as error:
            raise GeocoderTimedOut(f"no answer within {timeout:g} s") from error
        except httpx.ConnectError as error:
            raise GeocoderUnavailable("it could not be reached") from error
        except httpx.HTTPError as error:
            raise GeocoderServiceError(str(error) or type(error).__name__) from error
        if not response.is_success:
            raise AdapterHTTPError(
                f"HTTP {response.status_code}",
                status_code=response.status_code,
                headers=response.headers,
                text=response.text,
            )
        return response.text


async def _refuse_private(host: str) -> None:
    try:
        await public_address(host)
    except NotPublic as error:
        raise GeocoderServiceError(str(error)) from error
    except OSError as error:
        raise GeocoderUnavailable(f"{host} could not be found") from error
