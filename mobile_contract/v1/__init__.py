"""Version 1 of the wire, frozen: `mobile_contract.compatibility` proves what may still be added."""

from mobile_contract.v1.batches import Batch, Unreadable, read_batch
from mobile_contract.v1.endpoints import ENDPOINTS, OPERATIONS, PAIR, SYNC, Endpoint
from mobile_contract.v1.errors import ErrorAnswer, ReasonCode, VerdictStatus
from mobile_contract.v1.handshake import CLIENT_HEADER, too_old
from mobile_contract.v1.operations import (
    MAX_OPERATIONS,
    MAX_REQUEST_BYTES,
    Arrive,
    Complete,
    Operation,
    OperationsAnswer,
    OperationsRequest,
    Start,
    Verdict,
    payload_hash,
)
from mobile_contract.v1.pairing import PairAnswer, PairRequest
from mobile_contract.v1.route_sheet import (
    Break,
    ChecklistItem,
    Named,
    PastVisit,
    RouteSheet,
    Stop,
    Tier,
    VisitState,
)
from mobile_contract.v1.sign_off import (
    ChecklistAnswer,
    PartUsed,
    Point,
    ShownDocument,
    SignOff,
    Stroke,
    document_hash,
)
from mobile_contract.v1.sync import TOMBSTONE, Change, ChangeKind, SyncAnswer, SyncQuery

__all__ = [
    "CLIENT_HEADER",
    "ENDPOINTS",
    "MAX_OPERATIONS",
    "MAX_REQUEST_BYTES",
    "OPERATIONS",
    "PAIR",
    "SYNC",
    "TOMBSTONE",
    "Arrive",
    "Batch",
    "Break",
    "Change",
    "ChangeKind",
    "ChecklistAnswer",
    "ChecklistItem",
    "Complete",
    "Endpoint",
    "ErrorAnswer",
    "Named",
    "Operation",
    "OperationsAnswer",
    "OperationsRequest",
    "PairAnswer",
    "PairRequest",
    "PartUsed",
    "PastVisit",
    "Point",
    "ReasonCode",
    "RouteSheet",
    "ShownDocument",
    "SignOff",
    "Start",
    "Stop",
    "Stroke",
    "SyncAnswer",
    "SyncQuery",
    "Tier",
    "Unreadable",
    "Verdict",
    "VerdictStatus",
    "VisitState",
    "document_hash",
    "payload_hash",
    "read_batch",
    "too_old",
]
