"""The calls of v1: the schema, the reference client and the page for other clients are made from these."""

from dataclasses import dataclass

from mobile_contract.v1.errors import ReasonCode
from mobile_contract.v1.operations import OperationsAnswer, OperationsRequest
from mobile_contract.v1.pairing import PairAnswer, PairRequest
from mobile_contract.v1.sync import SyncAnswer, SyncQuery
from mobile_contract.v1.wire import Answer, Request

ANY_CALL = (
    ReasonCode.MALFORMED_REQUEST,
    ReasonCode.TOO_OLD_CLIENT,
    ReasonCode.TOO_MANY_REQUESTS,
    ReasonCode.TEMPORARILY_UNAVAILABLE,
)
PAIRED_CALL = (*ANY_CALL, ReasonCode.NOT_PAIRED, ReasonCode.DEVICE_REVOKED)


@dataclass(frozen=True)
class Endpoint:
    """A GET's request is its query, any other's is its body. Every answer that is not a refusal is a 200."""

    method: str
    path: str
    request: type[Request]
    answer: type[Answer]
    refusals: tuple[ReasonCode, ...]


PAIR = Endpoint("POST", "/mobile/v1/pair", PairRequest, PairAnswer, (*ANY_CALL, ReasonCode.PAIRING_CODE_REFUSED))
SYNC = Endpoint("GET", "/mobile/v1/sync", SyncQuery, SyncAnswer, PAIRED_CALL)
OPERATIONS = Endpoint(
    "POST",
    "/mobile/v1/operations",
    OperationsRequest,
    OperationsAnswer,
    (*PAIRED_CALL, ReasonCode.REQUEST_TOO_LARGE),
)
ENDPOINTS = (PAIR, SYNC, OPERATIONS)
