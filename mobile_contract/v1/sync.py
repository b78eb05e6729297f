"""How a phone keeps its copy of the route sheets: it asks for what is newer than its cursor.

No timestamp decides anything: `seq` only grows, and the cursor says how far this phone has read.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from mobile_contract.v1.route_sheet import RouteSheet, Stop
from mobile_contract.v1.wire import Answer, Instant, Request

TOMBSTONE = Raw(b"null")


class ChangeKind(StrEnum):
    """What a change's body is."""

    ROUTE_SHEET = "route_sheet"
    STOP = "stop"


class SyncQuery(Request, frozen=True, kw_only=True):
    """`GET /mobile/v1/sync?cursor=`: the cursor of the last answer; empty or absent the first time."""

    cursor: Annotated[str, Meta(max_length=200)] = ""


class Change(Answer, frozen=True, kw_only=True):
    """The newest state of one thing: it replaces what the phone holds under `key`.

    `body` stays JSON until it is read, so that the server passes on what it stored, and a phone keeps what it
    is too old to know. JSON null is a tombstone: the phone should no longer hold it.
    """

    key: str
    seq: int
    kind: Annotated[str, Meta(examples=[str(kind) for kind in ChangeKind])]
    """A ChangeKind, or one that is newer than the reader."""
    body: Annotated[
        Raw,
        Meta(extra_json_schema={"anyOf": [
            {"$ref": "#/$defs/RouteSheet"}, {"$ref": "#/$defs/Stop"}, {"type": "null"},
        ]}),
    ]  # fmt: skip

    @property
    def is_tombstone(self) -> bool:
        return bytes(self.body) == bytes(TOMBSTONE)

    def read(self) -> RouteSheet | Stop | None:
        """None for a tombstone, and for a kind that is newer than this reader. Raises msgspec.DecodeError."""
        if self.is_tombstone or self.kind not in BODIES:
            return None
        return msgspec.json.decode(self.body, type=BODIES[ChangeKind(self.kind)])


BODIES: dict[str, type[RouteSheet] | type[Stop]] = {ChangeKind.ROUTE_SHEET: RouteSheet, ChangeKind.STOP: Stop}


class SyncAnswer(Answer, frozen=True, kw_only=True):
    """`changes` are in the order of `seq`. All the answers of one sync take effect together, or none.

    `more`: ask again at once, with this cursor. `full`: drop what was held before, as the cursor was unknown,
    too old or absent. `minimum_client`: below it, requests are refused with 426, or soon will be.
    """

    cursor: str
    changes: list[Change]
    more: bool
    full: bool
    server_time: Instant
    minimum_client: str
