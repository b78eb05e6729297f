"""What a technician did, as the phone recorded it, and the server's verdict on each.

An operation is a fact with an id of its own, made before the first send: sent once or ten times, it counts
once. A new kind is a class with its tag, and its name in `Operation`; nothing else here changes.
"""

from datetime import MAXYEAR, MINYEAR
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from mobile_contract.v1.errors import ReasonCode, VerdictStatus
from mobile_contract.v1.route_sheet import VisitState
from mobile_contract.v1.sign_off import MAX_LINES, ChecklistAnswer, PartUsed, SignOff
from mobile_contract.v1.wire import Answer, Instant, Request, Text

MAX_OPERATIONS = 100
MAX_REQUEST_BYTES = 2 * 1024 * 1024
"""The largest legal operation fits twice; a phone with more to say says it in several requests."""


class Recorded(Request, frozen=True, kw_only=True, tag_field="kind"):
    """What every operation holds. `device_seq` counts this device's operations from 1 and orders them.

    `at` is the device's clock: evidence of when, never of what came first. The place is where the device
    believed it was (WGS-84, degrees), both or neither.
    """

    op_id: UUID
    device_seq: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    visit_id: UUID
    at: Instant
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None

    def __post_init__(self) -> None:
        if self.op_id.version != 7:
            raise ValueError("op_id must be a UUID of version 7")
        # A dead battery may bring back 1970, which is accepted; these years can't be converted to UTC.
        if self.at.year in (MINYEAR, MAXYEAR):
            raise ValueError("at must lie between the years 2 and 9998")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together or not at all")


class Arrive(Recorded, frozen=True, kw_only=True, tag="arrive"):
    """The technician is at the door."""


class Start(Recorded, frozen=True, kw_only=True, tag="start"):
    """Work has begun."""


class Complete(Recorded, frozen=True, kw_only=True, tag="complete"):
    """The work is done and was shown to the owner, who accepted, or refused: then it needs another visit."""

    checklist: Annotated[list[ChecklistAnswer], Meta(max_length=MAX_LINES)]
    parts: Annotated[list[PartUsed], Meta(max_length=MAX_LINES)]
    minutes: Annotated[int, Meta(ge=0, le=1440)]
    """Time worked, breaks left out."""
    note: Text
    sign_off: SignOff


Operation = Arrive | Start | Complete


class OperationsRequest(Request, frozen=True, kw_only=True):
    """`sent_at` is the device's clock at sending: beside the server's, it gives the skew of each `at`."""

    operations: Annotated[list[Operation], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    sent_at: Instant | None = None


class Verdict(Answer, frozen=True, kw_only=True):
    """`reason` is given unless the operation was applied; `visit_state` is the visit's state after it."""

    op_id: UUID
    status: VerdictStatus
    reason: ReasonCode | None = None
    detail: str = ""
    visit_state: VisitState | None = None


class OperationsAnswer(Answer, frozen=True, kw_only=True):
    """One verdict an operation. One without a verdict was not judged, whatever the cause: send it again."""

    verdicts: list[Verdict]
    server_time: Instant


def payload_hash(operation: Operation) -> str:
    """SHA-256, in hex, over the operation's content, whatever the order and spacing it was sent in."""
    return sha256(msgspec.json.encode(operation, order="sorted")).hexdigest()
