"""Whether a callback is WeChat's: SHA-1 over the sorted token, timestamp and nonce, and a window of time.

SHA-1 is the protocol's. It is no keyed hash, but the secret token stands among what is hashed.
"""

import re
from hashlib import sha1
from hmac import compare_digest

from api.adapters.wechat.refused import NotFromWechat

WINDOW_S = 300
"""How far WeChat's clock and ours may be apart, either way; an older callback is a replay."""

TIMESTAMP = re.compile(r"[0-9]{1,12}")


def signature(*parts: str) -> str:
    """Of the token, the timestamp, the nonce and, in encrypted mode, the encrypted text."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check(told: str, *parts: str) -> None:
    """In constant time. Raises NotFromWechat."""
    if not compare_digest(told.encode(), signature(*parts).encode()):
        raise NotFromWechat("wrong signature")


def check_time(timestamp: str, now_s: float) -> None:
    """Raises NotFromWechat outside the window; both ends are inside."""
    if not TIMESTAMP.fullmatch(timestamp) or abs(now_s - int(timestamp)) > WINDOW_S:
        raise NotFromWechat("outside the window of time")
