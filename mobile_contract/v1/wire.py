"""What all wire types share: who is strict, who is tolerant, and the small types that check themselves.

A *request* travels from phone to server and may hold nothing that the server doesn't know: a field that is
silently ignored is work that is silently lost. An *answer* travels from server to phone, and the phone skips
fields that it doesn't know: phones are updated weeks after servers.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Defaults stay off the wire, so that a field added later doesn't change the hash of an older payload."""


class Answer(Struct, frozen=True, kw_only=True):
    """A field added to v1 later needs a default: stored bodies and older servers don't carry it."""


Instant = Annotated[datetime, Meta(tz=True)]
"""A moment, RFC 3339 with its offset. Without an offset it is refused."""

# PostgreSQL's text can't hold U+0000: let through, it would be a server error on every try, for ever.
_NO_NUL = "^[^\u0000]*$"

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NO_NUL)]
"""The stable name of a thing in a catalogue, or a code that a person types in."""

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^\u0000]*[^\u0000\\s][^\u0000]*$")]
"""1–100 characters, not all of them blank."""

Remark = Annotated[str, Meta(max_length=500, pattern=_NO_NUL)]

Text = Annotated[str, Meta(max_length=2000, pattern=_NO_NUL)]

# In this form the pattern is tried in one pass: the text may be long and hostile.
Words = Annotated[str, Meta(min_length=1, max_length=2000, pattern="^\\s*[^\u0000\\s][^\u0000]*$")]
"""A Text that says something."""

# Both lengths, since `$` alone would let a trailing newline through.
Sha256 = Annotated[str, Meta(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
"""SHA-256 in 64 lower-case hex digits."""
