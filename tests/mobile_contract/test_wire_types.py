"""Every type of the wire, there and back; who is strict and who is tolerant; the schema says the same."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7
from wire_samples import a_complete, a_route_sheet, a_stop, anything

from mobile_contract.schema import schema
from mobile_contract.v1 import (
    ENDPOINTS,
    TOMBSTONE,
    Change,
    ChangeKind,
    ErrorAnswer,
    Operation,
    PairRequest,
    ReasonCode,
    RouteSheet,
    ShownDocument,
    Start,
    Stop,
    SyncAnswer,
    Tier,
    Verdict,
    VerdictStatus,
    VisitState,
    payload_hash,
)

REQUESTS = [endpoint.request for endpoint in ENDPOINTS]
ANSWERS = [endpoint.answer for endpoint in ENDPOINTS] + [ErrorAnswer, RouteSheet, Stop]
SCHEMA = schema()


def says_the_schema(kind: Any, body: bytes) -> bool:
    validator = jsonschema_rs.Draft202012Validator(
        {**SCHEMA, "$ref": f"#/$defs/{kind.__name__}"}, validate_formats=True
    )
    return validator.is_valid(msgspec.json.decode(body))


@pytest.mark.parametrize("kind", [*REQUESTS, *ANSWERS, ShownDocument])
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_type_comes_back_as_it_was_sent_and_the_schema_takes_it(kind: Any, data: st.DataObject) -> None:
    value = data.draw(anything(kind))
    body = msgspec.json.encode(value)
    assert msgspec.json.encode(msgspec.json.decode(body, type=kind)) == body
    assert says_the_schema(kind, body)


@pytest.mark.parametrize("kind", [kind for kind in [*REQUESTS, *ANSWERS] if kind is not SyncAnswer])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_comes_back_equals_what_was_sent(kind: Any, data: st.DataObject) -> None:
    value = data.draw(anything(kind))
    assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value


def from_the_future(value: Any) -> Any:
    """The same JSON with a field that nobody knows yet in every object."""
    if isinstance(value, dict):
        return {"since_v1_9": [1], **{key: from_the_future(part) for key, part in value.items()}}
    return [from_the_future(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", [kind for kind in ANSWERS if kind is not SyncAnswer])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_phone_skips_the_fields_of_a_newer_server(kind: Any, data: st.DataObject) -> None:
    value = data.draw(anything(kind))
    newer = msgspec.json.encode(from_the_future(msgspec.json.decode(msgspec.json.encode(value))))
    assert msgspec.json.decode(newer, type=kind) == value


@pytest.mark.parametrize("kind", REQUESTS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_server_refuses_a_field_that_it_does_not_know(kind: Any, data: st.DataObject) -> None:
    newer = msgspec.to_builtins(data.draw(anything(kind))) | {"since_v1_9": 1}
    body = msgspec.json.encode(newer)
    with pytest.raises(msgspec.ValidationError, match="unknown field `since_v1_9`"):
        msgspec.json.decode(body, type=kind)
    assert not says_the_schema(kind, body)


def test_a_change_is_read_by_its_kind() -> None:
    stop, sheet = a_stop(), a_route_sheet()

    def change(kind: str, body: Any) -> Change:
        sent = Change(key="k", seq=1, kind=kind, body=msgspec.Raw(msgspec.json.encode(body)))
        return msgspec.json.decode(msgspec.json.encode(sent), type=Change)

    assert change(ChangeKind.STOP, stop).read() == stop
    assert change(ChangeKind.ROUTE_SHEET, sheet).read() == sheet
    assert change("message", {"text": "早上好"}).read() is None
    assert not change("message", {"text": "早上好"}).is_tombstone
    assert change(ChangeKind.STOP, None).is_tombstone
    assert change(ChangeKind.STOP, None).read() is None
    with pytest.raises(msgspec.ValidationError, match="visit_id"):
        change(ChangeKind.STOP, sheet).read()


def test_the_server_passes_on_the_json_that_it_stored() -> None:
    stored = msgspec.json.encode(a_stop())
    body = msgspec.json.encode(Change(key="stop:1", seq=9, kind=ChangeKind.STOP, body=msgspec.Raw(stored)))
    assert stored in body
    tombstone = Change(key="stop:1", seq=10, kind=ChangeKind.STOP, body=TOMBSTONE)
    assert msgspec.json.decode(msgspec.json.encode(tombstone))["body"] is None


def test_a_phone_reads_a_reason_newer_than_itself_and_still_knows_what_to_do() -> None:
    operation = a_complete()
    sent = {"op_id": operation.op_id, "status": "rejected", "reason": "frozen_pipes", "detail": "Too cold."}
    verdict = msgspec.json.decode(msgspec.json.encode(sent), type=Verdict)
    assert (verdict.status, verdict.reason, verdict.detail) == (
        VerdictStatus.REJECTED,
        ReasonCode.UNRECOGNISED,
        "Too cold.",
    )


def test_closed_lists_hold_exactly_what_was_promised() -> None:
    assert list(Tier) == ["emergency", "general", "minor"]
    under_way = ["planned", "travelling", "arrived", "started", "paused"]
    assert list(VisitState) == [*under_way, "done", "no_access", "needs_another", "cancelled"]
    assert list(VerdictStatus) == ["applied", "duplicate", "accepted_with_conflict", "rejected", "retry"]
    assert list(ChangeKind) == ["route_sheet", "stop"]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(operation=anything(Operation), data=st.data())
def test_a_payload_hash_sees_the_content_and_not_its_spelling(operation: Any, data: st.DataObject) -> None:
    fields = list(msgspec.to_builtins(operation).items())
    shuffled = dict(data.draw(st.permutations(fields)))
    assert payload_hash(msgspec.convert(shuffled, Operation)) == payload_hash(operation)
    later = msgspec.structs.replace(operation, device_seq=operation.device_seq % 1000 + 1001)
    assert payload_hash(later) != payload_hash(operation) or later == operation


def test_a_field_added_later_leaves_the_hash_of_an_older_payload_alone() -> None:
    class NewerStart(Start, frozen=True, kw_only=True, tag="start"):
        tools: str = ""

    operation = a_complete()
    start = Start(op_id=uuid7(), device_seq=1, visit_id=operation.visit_id, at=operation.at)
    newer = msgspec.json.decode(msgspec.json.encode(start), type=NewerStart)
    assert payload_hash(newer) == payload_hash(start)


def test_a_pairing_request_says_a_version_of_three_numbers() -> None:
    for version in ("1", "1.2", "v1.2.3", "1.2.3-beta", ""):
        body = msgspec.json.encode({"code": "A", "device_name": "P", "client_version": version})
        with pytest.raises(msgspec.ValidationError, match="client_version"):
            msgspec.json.decode(body, type=PairRequest)
