"""What every way is given, and how it answers."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class WechatForm:
    """One of the account's registered templates, filled in. `path`: of WeChat's API."""

    path: str
    template_id: str
    data: dict[str, str]


@dataclass(frozen=True)
class Outgoing:
    """`key` is the same at every try of one message: 32 hexadecimal digits. `text` and `link` hold secrets."""

    key: str
    kind: str
    to: str
    name: str
    subject: str
    text: str = field(repr=False)
    link: str = field(default="", repr=False)
    wechat: WechatForm | None = field(default=None, repr=False)


class Refused(Exception):
    """This way will not take this message, and why. To ask again is no use."""


class NotNow(Exception):
    """It could not be handed over, or nobody knows whether it was, and why. No secret is in the words."""


class Gateway(Protocol):
    async def send(self, out: Outgoing) -> str:
        """The gateway's own name for it, or "". Raises Refused or NotNow."""
        ...
