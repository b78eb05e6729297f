"""What we ask of WeChat's servers: an access token, the bytes of a picture that somebody sent, to tell a follower."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

HOST = "https://api.weixin.qq.com"
TOKEN_KEY = "wechat:access-token"  # noqa: S105 (where it is kept, not what it is)
PATIENCE_S = 20.0
EARLY_S = 300
"""A token is given up this long before it ends, so that none ends on its way."""
TOKEN_IS_OVER = {40001, 40014, 42001}


class CanNotFetch(Exception):
    """`lasting`: asking again will not help."""

    def __init__(self, why: str, *, lasting: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting


class Told(msgspec.Struct):
    access_token: str = ""
    expires_in: int = 0
    errcode: int = 0
    errmsg: str = ""
    msgid: int | None = None
    """Of a message that it took."""


@dataclass(frozen=True)
class WechatPlatform:
    """Redis only spares calls: `stable_token` gives everybody who asks the same token until it ends."""

    client: httpx.AsyncClient
    redis: Redis
    app_id: str
    secret: str
    host: str = HOST

    async def picture(self, media_id: str, most: int) -> bytes:
        """At most `most` bytes. Raises CanNotFetch."""
        for fresh in (False, True):
            content, told = await self._media(await self._token(fresh=fresh), media_id, most)
            if told is None:
                return content
            if told.errcode not in TOKEN_IS_OVER:
                raise CanNotFetch(f"WeChat says {told.errcode}: {told.errmsg}", lasting=told.errcode == 40007)
            await self._forget()
        raise CanNotFetch("WeChat takes no token that it gives.")

    async def call(self, path: str, body: dict[str, Any]) -> Told:
        """What WeChat answers to a POST, its own errors among it. Raises CanNotFetch where there is no answer."""
        told = Told()
        for fresh in (False, True):
            token = await self._token(fresh=fresh)
            content = msgspec.json.encode(body)  # not \u-escaped, which WeChat would show as it is
            try:
                answer = await self.client.post(f"{self.host}{path}", params={"access_token": token}, content=content)
                answer.raise_for_status()
            except httpx.HTTPError as error:
                raise CanNotFetch(type(error).__name__) from None  # its words hold the token
            told = read(answer.content)
            if told.errcode not in TOKEN_IS_OVER:
                return told
            await self._forget()
        return told

    async def _media(self, token: str, media_id: str, most: int) -> tuple[bytes, Told | None]:
        content = b""
        query = {"access_token": token, "media_id": media_id}
        try:
            async with self.client.stream("GET", f"{self.host}/cgi-bin/media/get", params=query) as answer:
                answer.raise_for_status()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > most:
                        raise CanNotFetch(f"The picture has more than {most} bytes.", lasting=True)
        except httpx.HTTPError as error:
            raise CanNotFetch(type(error).__name__) from None  # its words hold the token
        if answer.headers.get("Content-Type", "").startswith("image/"):
            return content, None
        return b"", read(content)

    async def _token(self, *, fresh: bool) -> str:
        try:
            kept = None if fresh else await self.redis.get(TOKEN_KEY)
        except RedisError:
            kept = None
        if kept:
            return str(kept.decode() if isinstance(kept, bytes) else kept)
        body = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.secret}
        try:
            answer = await self.client.post(f"{self.host}/cgi-bin/stable_token", json=body)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise CanNotFetch(type(error).__name__) from None
        told = read(answer.content)
        if not told.access_token:
            raise CanNotFetch(f"WeChat gives no token: {told.errcode} {told.errmsg}")
        with suppress(RedisError):  # then the next one asks, too
            await self.redis.set(TOKEN_KEY, told.access_token, ex=max(told.expires_in - EARLY_S, 1))
        return told.access_token

    async def _forget(self) -> None:
        with suppress(RedisError):
            await self.redis.delete(TOKEN_KEY)


def read(content: bytes) -> Told:
    """Raises CanNotFetch."""
    try:
        return msgspec.json.decode(content, type=Told)
    except msgspec.DecodeError:
        raise CanNotFetch("WeChat's answer can't be read.") from None
