"""SMS by an HTTP gateway: one POST a message, signed, with a key by which the gateway knows it again.

Gateways differ; this is the one contract that Doorstep speaks, told in docs/operations.md. A provider with another one
gets a small program between, which is also where its templates and signatures are registered.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import msgspec

from api.adapters.messages.gateway import NotNow, Outgoing, Refused

SIGNATURE = "Doorstep-Signature"
MOST_BYTES = 65_536


class Taken(msgspec.Struct):
    """What a gateway answers that has it."""

    id: str


@dataclass(frozen=True)
class SmsGateway:
    """In `url`, {to} and {id} are filled in, for gateways that want them there. `key` signs the body, or, with
    `bearer`, is sent as it is."""

    client: httpx.AsyncClient
    url: str
    key: str
    bearer: bool

    async def send(self, out: Outgoing) -> str:
        url = self.url.replace("{to}", quote(out.to, safe="")).replace("{id}", out.key)
        body = msgspec.json.encode({"id": out.key, "to": out.to, "text": out.text, "kind": out.kind})
        headers = {"Content-Type": "application/json", "Idempotency-Key": out.key} | self._signed(body)
        try:
            async with self.client.stream("POST", url, content=body, headers=headers) as answer:
                content = await at_most(answer)
        except httpx.HTTPError as error:
            raise NotNow(f"The SMS gateway does not answer: {type(error).__name__}.") from None
        if answer.status_code == 409:  # it has this key already
            return ""
        if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
            raise NotNow(f"The SMS gateway answers {answer.status_code}.")
        if not answer.is_success:
            raise Refused(f"The SMS gateway answers {answer.status_code}.")
        try:
            return msgspec.json.decode(content, type=Taken).id[:200]
        except msgspec.DecodeError:
            raise NotNow("The SMS gateway's answer can't be read.") from None

    def _signed(self, body: bytes) -> dict[str, str]:
        if not self.key:
            return {}
        if self.bearer:
            return {"Authorization": f"Bearer {self.key}"}
        at = str(int(time.time()))
        signature = hmac.new(self.key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {SIGNATURE: f"t={at},v1={signature}"}


async def at_most(answer: httpx.Response) -> bytes:
    """Raises NotNow for an answer that doesn't end."""
    content = b""
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise NotNow(f"The answer has more than {MOST_BYTES} bytes.")
    return content
