"""What a technician did, as the phone recorded it, and the server's verdict on each.

An operation is a fact with an id of its own, made before the first send: sent once or ten times, it counts
once. A new kind is a class with its tag, and its name in `Operation`; nothing else here changes.
"""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from mobile_contract.v1.additions import AddNote, AttachPhoto, FoundDefect, UsePart
from mobile_contract.v1.endings import AnotherVisit, Complete, NoAccess, Refuse
from mobile_contract.v1.errors import ReasonCode, VerdictStatus
from mobile_contract.v1.pings import Ping
from mobile_contract.v1.route_sheet import VisitState
from mobile_contract.v1.steps import Accept, Arrive, Depart, Pause, Start
from mobile_contract.v1.wire import Answer, Instant, Request

MAX_OPERATIONS = 100
MAX_REQUEST_BYTES = 2 * 1024 * 1024
"""The largest legal operation fits twice; a phone with more to say says it in several requests."""

Step = Accept | Depart | Arrive | Start | Pause
Ending = Complete | NoAccess | AnotherVisit | Refuse
Addition = AddNote | UsePart | AttachPhoto | FoundDefect
Operation = Step | Ending | Addition | Ping


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
