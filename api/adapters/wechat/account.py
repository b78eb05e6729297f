"""The front door: a callback as it came → what a follower said, and our answer as WeChat reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

from api.adapters.wechat import signing
from api.adapters.wechat.cipher import MessageCipher
from api.adapters.wechat.refused import NotFromWechat
from api.adapters.wechat.xml import read_flat, write_flat

NAMES = ("signature", "msg_signature", "timestamp", "nonce")
APP_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class WechatAccount:
    """Without `cipher` messages come in the clear. Then the signature says nothing about the body: a test account's
    mode. With it, one in the clear is refused."""

    token: str
    cipher: MessageCipher | None

    def echo(self, query: Mapping[str, str], now_s: float) -> str:
        """What the account's page wants to see when the address is entered there. Raises NotFromWechat."""
        self._check(query, now_s)
        return query.get("echostr", "")

    def read(self, query: Mapping[str, str], body: bytes, now_s: float) -> dict[str, str]:
        """The message's tags. Raises NotFromWechat for what is forged, too old, or for another account."""
        self._check(query, now_s)
        told = read_flat(body)
        if self.cipher is None:
            return told
        sealed = told.get("Encrypt", "")
        parts = (self.token, query["timestamp"], query["nonce"], sealed)
        signing.check(query.get("msg_signature", ""), *parts)
        return read_flat(self.cipher.open(sealed))

    def write(self, values: dict[str, str], now_s: float) -> bytes:
        """Tags as a passive reply, encrypted if that is the account's mode."""
        plain = write_flat(values)
        if self.cipher is None:
            return plain
        sealed, timestamp, nonce = self.cipher.seal(plain), str(int(now_s)), token_hex(8)
        return write_flat(
            {
                "Encrypt": sealed,
                "MsgSignature": signing.signature(self.token, timestamp, nonce, sealed),
                "TimeStamp": timestamp,
                "Nonce": nonce,
            }
        )

    def _check(self, query: Mapping[str, str], now_s: float) -> None:
        if any(len(query.get(name, "")) > 128 for name in NAMES):
            raise NotFromWechat("longer than WeChat writes")
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signing.check(query.get("signature", ""), self.token, timestamp, nonce)
        signing.check_time(timestamp, now_s)


def account(token: str, app_id: str, aes_key: str) -> WechatAccount:
    """Raises ValueError, saying which of them can't be used."""
    if not re.fullmatch("[0-9A-Za-z]{3,32}", token):
        raise ValueError("the token is 3 to 32 letters and digits")
    if not APP_ID.fullmatch(app_id):
        raise ValueError("the app id is missing or none")
    try:
        return WechatAccount(token, MessageCipher(aes_key, app_id) if aes_key else None)
    except ValueError:
        raise ValueError("the EncodingAESKey is 43 letters and digits") from None
