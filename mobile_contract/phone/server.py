"""One call to the server, and the meaning of every way it can end."""

from typing import Any

import httpx
import msgspec

from mobile_contract.phone.errors import Refused, Unreachable
from mobile_contract.v1 import CLIENT_HEADER, Endpoint, ErrorAnswer, ReasonCode

TIMEOUT_S = 30.0


class Server:
    def __init__(self, base_url: str, version: str, http: httpx.Client | None) -> None:
        self._base_url = base_url.rstrip("/")
        self._version = version
        self._given = http is not None
        self._http = http or httpx.Client(timeout=TIMEOUT_S)

    def call(self, endpoint: Endpoint, request: Any, token: str | None = None) -> Any:
        """The endpoint's answer. Raises Unreachable, or Refused with the server's reason.

        Only what is plainly our server's counts: a hotel's portal also answers 200, with a page of its own.
        """
        headers = {CLIENT_HEADER: self._version, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            if endpoint.method == "GET":
                response = self._http.request(
                    endpoint.method,
                    self._base_url + endpoint.path,
                    params=msgspec.to_builtins(request),
                    headers=headers,
                    follow_redirects=False,
                )
            else:
                response = self._http.request(
                    endpoint.method,
                    self._base_url + endpoint.path,
                    content=msgspec.json.encode(request),
                    headers=headers | {"Content-Type": "application/json"},
                    follow_redirects=False,
                )
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise Unreachable(f"{type(failure).__name__}: {failure}") from failure
        if response.status_code != httpx.codes.OK:
            raise _failure(response)
        try:
            return msgspec.json.decode(response.content, type=endpoint.answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
            raise Unreachable(f"the answer can't be read: {broken}") from None

    def close(self) -> None:
        if not self._given:
            self._http.close()


def _failure(response: httpx.Response) -> Unreachable | Refused:
    status = response.status_code
    try:
        refusal = msgspec.json.decode(response.content, type=ErrorAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Unreachable(f"HTTP {status} without a reason")
    if status >= 500 or refusal.code is ReasonCode.TOO_MANY_REQUESTS:
        return Unreachable(f"HTTP {status}, {refusal.code}: {refusal.detail}")
    return Refused(refusal.code, refusal.detail)
