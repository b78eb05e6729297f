"""Reading a batch as the server must: one bad operation is one rejection, and never stops its neighbours."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct, ValidationError

from mobile_contract.v1.operations import MAX_OPERATIONS, Operation
from mobile_contract.v1.wire import Instant, Request


class Unreadable(Struct, frozen=True, kw_only=True):
    """An operation that breaks the contract but says its id: its verdict is rejected, `invalid_operation`.

    `raw` is what came, so that it can be kept: somebody did something.
    """

    op_id: UUID
    detail: str
    raw: bytes


class Batch(Struct, frozen=True, kw_only=True):
    """`operations` are in the device's order, whatever order they were sent in."""

    operations: list[Operation]
    unreadable: list[Unreadable]
    sent_at: Instant | None


class _Envelope(Request, frozen=True, kw_only=True):
    operations: Annotated[list[Raw], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    sent_at: Instant | None = None


class _Identity(Struct, frozen=True):
    op_id: UUID


def read_batch(body: bytes) -> Batch:
    """Raises msgspec.ValidationError when no single operation can be told apart: the request is malformed."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
        operations: list[Operation] = []
        unreadable: list[Unreadable] = []
        for raw in envelope.operations:
            try:
                operations.append(msgspec.json.decode(raw, type=Operation))
            except ValidationError as broken:
                identity = msgspec.json.decode(raw, type=_Identity)
                unreadable.append(Unreadable(op_id=identity.op_id, detail=str(broken), raw=bytes(raw)))
    except ValidationError:
        raise
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as broken:
        raise ValidationError(f"Not readable as JSON: {broken}") from None
    operations.sort(key=lambda operation: operation.device_seq)
    return Batch(operations=operations, unreadable=unreadable, sent_at=envelope.sent_at)
