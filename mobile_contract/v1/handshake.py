"""The version that a client says in every call, and the least one that a server still understands."""

import re
from typing import Annotated

from msgspec import Meta

CLIENT_HEADER = "Doorstep-Client"

_PATTERN = "^[0-9]{1,4}[.][0-9]{1,4}[.][0-9]{1,4}$"

ClientVersion = Annotated[str, Meta(max_length=14, pattern=_PATTERN)]
"""Three numbers, such as 1.4.0."""


def too_old(version: str | None, minimum: str) -> bool:
    """Whether to refuse with 426 `too_old_client`. A missing or unreadable version is too old."""
    if version is None or not re.fullmatch(_PATTERN[1:-1], version):
        return True
    return _numbers(version) < _numbers(minimum)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
