"""Bounds of what a phone may send: named in the error, said by the schema, none of them a way to crash."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from uuid_utils.compat import uuid7
from wire_samples import a_complete

from mobile_contract.schema import schema
from mobile_contract.v1 import (
    MAX_REQUEST_BYTES,
    ChecklistAnswer,
    Operation,
    OperationsRequest,
    PartUsed,
    Point,
    SignOff,
    read_batch,
)

VALIDATOR = jsonschema_rs.Draft202012Validator({**schema(), "$ref": "#/$defs/OperationsRequest"}, validate_formats=True)

Mutation = Callable[[dict[str, Any]], Any]


def put(*path: Any, value: Any) -> Mutation:
    def change(operation: dict[str, Any]) -> None:
        place: Any = operation
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    change.__name__ = f"{'.'.join(map(str, path))}={str(value)[:40]}"
    return change


def without(field: str) -> Mutation:
    def change(operation: dict[str, Any]) -> None:
        del operation[field]

    change.__name__ = f"without {field}"
    return change


SHA = "0" * 64
BROKEN = [
    # (change of a good `complete`, what the error says, whether JSON Schema can say it too)
    (put("kind", value="explode"), "Invalid value 'explode' - at `$.kind`", True),
    (without("kind"), "missing required field `kind`", True),
    (without("device_seq"), "missing required field `device_seq`", True),
    (put("surprise", value=1), "unknown field `surprise`", True),
    (put("op_id", value="018f-nonsense"), "Invalid UUID - at `$.op_id`", True),
    (put("op_id", value="5f0b2c8e-8d55-4b0e-9f2e-0c9f6b1f7a11"), "UUID of version 7", False),
    (put("device_seq", value=0), "`int` >= 1 - at `$.device_seq`", True),
    (put("device_seq", value=2**31), "`int` <= 2147483647", True),
    (put("device_seq", value=True), "Expected `int`, got `bool`", True),
    (put("at", value="2026-03-03T08:00:00"), "timezone component - at `$.at`", True),
    (put("at", value="0001-01-01T00:00:00+14:00"), "between the years 2 and 9998", False),
    (put("at", value="yesterday"), "Invalid RFC3339 encoded datetime - at `$.at`", True),
    (put("latitude", value=31.2), "come together or not at all", False),
    (put("latitude", value=90.5), "`float` <= 90.0 - at `$.latitude`", True),
    (put("longitude", value=-180.5), "`float` >= -180.0 - at `$.longitude`", True),
    (put("minutes", value=-1), "`int` >= 0 - at `$.minutes`", True),
    (put("minutes", value=1441), "`int` <= 1440 - at `$.minutes`", True),
    (put("note", value="x" * 2001), "length <= 2000 - at `$.note`", True),
    (put("note", value="a\0b"), "matching regex", True),
    (put("checklist", value=[{"code": "a", "done": True, "note": ""}] * 101), "length <= 100", True),
    (put("checklist", 0, "done", value="yes"), "Expected `bool`, got `str` - at `$.checklist[0].done`", True),
    (put("parts", 0, "quantity", value=0), "`int` >= 1 - at `$.parts[0].quantity`", True),
    (put("parts", 0, "quantity", value=1.5), "Expected `int`, got `float`", True),
    (put("parts", 0, "code", value=""), "length >= 1 - at `$.parts[0].code`", True),
    (put("sign_off", "signer_name", value=""), "length >= 1 - at `$.sign_off.signer_name`", True),
    (put("sign_off", "signer_name", value=" \u3000"), "matching regex", True),
    (put("sign_off", "signer_name", value="王" * 101), "length <= 100", True),
    (put("sign_off", "strokes", value=[]), "length >= 1 - at `$.sign_off.strokes`", True),
    (put("sign_off", "strokes", value=[[]]), "length >= 1 - at `$.sign_off.strokes[0]`", True),
    (put("sign_off", "strokes", value=[[[1, 1, 1]]] * 201), "length <= 200", True),
    (put("sign_off", "strokes", value=[[[1, 1, 1]] * 10_001] * 2), "at most 20000 points in total", False),
    (put("sign_off", "strokes", value=[[[1, 1, 1, 1]]]), "at most length 3", True),
    (put("sign_off", "strokes", value=[[[1, 1]]]), "at least length 3", True),
    (put("sign_off", "strokes", value=[[[10_001, 1, 1]]]), "`int` <= 10000", True),
    (put("sign_off", "strokes", value=[[[1, -1, 1]]]), "`int` >= 0", True),
    (put("sign_off", "document_hash", value="0" * 63), "length >= 64", True),
    (put("sign_off", "document_hash", value="0" * 63 + "G"), "matching regex", True),
    (put("sign_off", "document_hash", value=SHA + "\n"), "length <= 64", True),
    (put("sign_off", "accepted", value=None), "Expected `bool`, got `null`", True),
    (put("sign_off", "photos", value=[SHA] * 51), "length <= 50 - at `$.sign_off.photos`", True),
    (put("sign_off", "photos", value=["../../etc"]), "length >= 64", True),
]


@pytest.mark.parametrize(("change", "says", "in_schema"), BROKEN, ids=[row[0].__name__ for row in BROKEN])
def test_every_bound_is_enforced_and_named(change: Mutation, says: str, in_schema: bool) -> None:
    good = a_complete()
    operation = msgspec.to_builtins(good)
    assert msgspec.json.decode(msgspec.json.encode(operation), type=Operation) == good
    change(operation)
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.json.decode(msgspec.json.encode(operation), type=Operation)
    assert says in str(refusal.value)
    assert VALIDATOR.is_valid({"operations": [operation]}) is not in_schema


COMMON = {"op_id": "0195583c-2f00-7a10-8000-000000000002", "device_seq": 1, "at": "2026-03-03T09:58:12+08:00"}
VISIT = {"visit_id": "0195583c-2f00-7a10-8000-000000000001"}
WORK = {"checklist": [], "parts": [], "minutes": 5, "note": ""}

OTHER_KINDS = [
    ("pause", VISIT | {"reason": "unsafe"}, {"reason": "tired"}, "Invalid enum value 'tired' - at `$.reason`"),
    ("pause", VISIT | {"reason": "unsafe"}, {"note": "x" * 501}, "length <= 500 - at `$.note`"),
    ("no_access", VISIT | {"reason": "no_key"}, {"reason": "parts_missing"}, "Invalid enum value 'parts_missing'"),
    ("no_access", VISIT | {"reason": "no_key"}, {"visit_id": None}, "got `null` - at `$.visit_id`"),
    (
        "another_visit",
        VISIT | {"reason": "drying", "done": "", "needed": ""},
        {"minutes": 1441},
        "`int` <= 1440 - at `$.minutes`",
    ),
    (
        "refuse",
        VISIT | WORK | {"reason": "payment", "witness_name": "李强", "document_hash": SHA},
        {"witness_name": " "},
        "matching regex",
    ),
    ("add_note", VISIT | {"text": "水"}, {"text": ""}, "length >= 1 - at `$.text`"),
    ("add_note", VISIT | {"text": "水"}, {"text": " \n\u3000"}, "matching regex"),
    ("add_note", VISIT | {"text": " \n水 "}, {"text": "水\0"}, "matching regex"),
    ("use_part", VISIT | {"code": "a", "name": "b", "quantity": 1}, {"quantity": 0}, "`int` >= 1 - at `$.quantity`"),
    ("attach_photo", VISIT | {"photo": SHA, "shows": "before"}, {"photo": "../x"}, "length >= 64 - at `$.photo`"),
    ("attach_photo", VISIT | {"photo": SHA, "shows": "other"}, {"shows": "during"}, "Invalid enum value 'during'"),
    ("found_defect", VISIT | {"defect": "leak", "description": ""}, {"tier": "worst"}, "Invalid enum value 'worst'"),
    ("found_defect", VISIT | {"defect": "leak", "description": ""}, {"defect": ""}, "length >= 1 - at `$.defect`"),
    ("ping", {"latitude": 1.5, "longitude": 2.5}, {"latitude": 91}, "`float` <= 90.0 - at `$.latitude`"),
    ("ping", {"latitude": 1.5, "longitude": 2.5}, {"latitude": None}, "Expected `float`, got `null`"),
    ("ping", {"latitude": 1.5, "longitude": 2.5}, {"accuracy_m": -1}, "`int` >= 0 - at `$.accuracy_m`"),
    ("ping", {"latitude": 1.5, "longitude": 2.5}, {"speed": 3}, "unknown field `speed`"),
]


@pytest.mark.parametrize(("kind", "good", "change", "says"), OTHER_KINDS)
def test_every_bound_of_the_other_kinds_is_enforced_and_named(
    kind: str, good: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    operation = COMMON | {"kind": kind} | good
    read = msgspec.json.decode(msgspec.json.encode(operation), type=Operation)
    assert read.__struct_config__.tag == kind
    assert VALIDATOR.is_valid({"operations": [operation]})
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.json.decode(msgspec.json.encode(operation | change), type=Operation)
    assert says in str(refusal.value)
    assert not VALIDATOR.is_valid({"operations": [operation | change]})


def test_a_long_hostile_note_is_judged_in_one_pass() -> None:
    for text in ("水" * 1999 + "\0", " " * 2000, " " * 1999 + "\0"):
        operation = COMMON | VISIT | {"kind": "add_note", "text": text}
        begun = perf_counter()
        with pytest.raises(msgspec.ValidationError, match="matching regex"):
            msgspec.json.decode(msgspec.json.encode(operation), type=Operation)
        assert perf_counter() - begun < 0.1


def test_a_batch_holds_1_to_100_operations() -> None:
    operation = msgspec.to_builtins(a_complete())
    for count, says in ((0, "length >= 1"), (101, "length <= 100")):
        body = msgspec.json.encode({"operations": [operation] * count})
        with pytest.raises(msgspec.ValidationError, match=says):
            msgspec.json.decode(body, type=OperationsRequest)
        with pytest.raises(msgspec.ValidationError, match=says):
            read_batch(body)
    assert len(read_batch(msgspec.json.encode({"operations": [operation] * 100})).operations) == 100


def test_one_bad_operation_is_one_rejection_and_its_neighbours_are_read_in_the_device_order() -> None:
    later, earlier = a_complete(device_seq=9), a_complete(device_seq=8)
    broken = msgspec.to_builtins(a_complete()) | {"minutes": -1}
    newer = {"kind": "measure_moisture", "op_id": str(uuid7()), "percent": 12}
    batch = read_batch(msgspec.json.encode({"operations": [later, broken, earlier, newer]}))
    assert batch.operations == [earlier, later]
    assert [(str(one.op_id), one.detail) for one in batch.unreadable] == [
        (broken["op_id"], "Expected `int` >= 0 - at `$.minutes`"),
        (newer["op_id"], "Invalid value 'measure_moisture' - at `$.kind`"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b'"\xff"', b"null", b"[]", b"{}", b'{"operations": 3}', b'{"operations": [3]}',
        b'{"operations": [{}]}', b'{"operations": [{"op_id": 7}]}', b'{"operations": [{"op_id": "\\ud800"}]}',
        b'{"operations": [{"op_id": "018f0000-0000-7000-8000-000000000000", "kind": "\xff"}]}',
        b'{"operations": [' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
        b'{"operations": [' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"]}",
        b'{"operations": [{"op_id": "018f0000-0000-7000-8000-000000000000"}], "extra": 1}',
    ],
    ids=lambda body: body[:60].decode("latin-1"),
)  # fmt: skip
def test_a_body_that_can_not_be_told_apart_is_one_clear_error(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError) as refusal:
        read_batch(body)
    assert str(refusal.value)


def test_the_largest_legal_operation_fits_into_a_request_twice() -> None:
    # \x01 is legal and takes six bytes in JSON: nothing takes more.
    worst = a_complete(
        checklist=[ChecklistAnswer(code="\x01" * 64, done=False, note="\x01" * 500)] * 100,
        parts=[PartUsed(code="\x01" * 64, name="\x01" * 100, quantity=10_000)] * 100,
        note="\x01" * 2000,
        sign_off=SignOff(
            signer_name="\x01" * 100,
            strokes=[[Point(10_000, 20_000, 3_600_000)] * 100] * 200,
            document_hash=SHA,
            accepted=False,
            photos=[SHA] * 50,
        ),
    )
    body = msgspec.json.encode(worst)
    assert msgspec.json.decode(body, type=Operation) == worst
    assert 2 * len(body) < MAX_REQUEST_BYTES


def test_a_long_hostile_text_is_refused_before_its_pattern_is_tried() -> None:
    operation = msgspec.to_builtins(a_complete())
    operation["sign_off"]["signer_name"] = " " * 2_000_000
    begun = perf_counter()
    with pytest.raises(msgspec.ValidationError, match="length <= 100"):
        msgspec.json.decode(msgspec.json.encode(operation), type=Operation)
    assert perf_counter() - begun < 1
