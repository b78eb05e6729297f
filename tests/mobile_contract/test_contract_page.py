"""docs/mobile-contract.md says what the code does, or these fail."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from mobile_contract.client import CLIENT_VERSION
from mobile_contract.phone.optimistic import ENDS, state_after
from mobile_contract.v1 import (
    CLIENT_HEADER,
    ENDPOINTS,
    MAX_OPERATIONS,
    MAX_REQUEST_BYTES,
    ChangeKind,
    Operation,
    OperationsRequest,
    PhotoShows,
    ReasonCode,
    Relationship,
    ShownDocument,
    VerdictStatus,
    VisitState,
    document_hash,
)
from mobile_contract.v1.sign_off import MAX_LINES, MAX_PHOTOS, MAX_POINTS, MAX_STROKES

PAGE = Path(__file__).parents[2].joinpath("docs/mobile-contract.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


WORK = {"checklist": [], "parts": [], "minutes": 5, "note": ""}
SIGNED = {"signer_name": "王芳", "strokes": [[[1, 1, 1]]], "document_hash": "0" * 64}
COMMON = {
    "op_id": "0195583c-2f00-7a10-8000-000000000002",
    "device_seq": 1,
    "visit_id": "0195583c-2f00-7a10-8000-000000000001",
    "at": "2026-03-03T09:58:12+08:00",
}
SAID: dict[str, dict[str, Any]] = {
    "accept": {},
    "depart": {},
    "arrive": {},
    "start": {},
    "pause": {"reason": "unsafe"},
    "complete": WORK | {"sign_off": SIGNED},
    "no_access": {"reason": "no_key"},
    "another_visit": {"reason": "drying", "done": "", "needed": ""},
    "refuse": WORK | {"reason": "payment", "witness_name": "李强", "document_hash": "0" * 64},
}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its header."""
    section = re.split(rf"^#+ {re.escape(heading)}$", PAGE, flags=re.MULTILINE)[1]
    rows = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in rows[0].splitlines()[2:]]


def test_the_calls_are_those_of_the_code() -> None:
    assert table("Calls") == [
        [
            f"`{endpoint.method} {endpoint.path}`",
            f"`{endpoint.request.__name__}`",
            f"`{endpoint.answer.__name__}`",
            ", ".join(map(str, sorted({reason.http for reason in endpoint.refusals if reason.http}))),
        ]
        for endpoint in ENDPOINTS
    ]
    assert f"`{CLIENT_HEADER}: {CLIENT_VERSION}`" in PAGE


def test_the_reasons_are_those_of_the_code() -> None:
    assert table("Reasons") == [
        [
            f"`{reason}`",
            ", ".join([f"`{status}`" for status in reason.verdicts] + ([str(reason.http)] if reason.http else [])),
            "yes" if reason.final else "no",
            reason.en,
            reason.zh,
        ]
        for reason in ReasonCode
        if reason is not ReasonCode.UNRECOGNISED
    ]


def test_the_verdicts_are_those_of_the_code() -> None:
    said = [(row[0], row[1]) for row in table("Verdicts")]
    assert said == [(f"`{status}`", "yes" if status.durable else "no") for status in VerdictStatus]


def test_the_kinds_of_change_are_those_of_the_code() -> None:
    assert [row[0] for row in table("Sync")] == [*[f"`{kind}`" for kind in ChangeKind], "any"]


def test_the_kinds_of_operation_and_their_fields_are_those_of_the_code() -> None:
    kinds = get_args(Operation)
    common = set.intersection(*[set(kind.__struct_fields__) for kind in kinds])
    assert [(row[0], row[2] if len(row) > 2 else "") for row in table("Operations")] == [
        (
            f"`{kind.__struct_config__.tag}`",
            " ".join(f"`{name}`" for name in kind.__struct_fields__ if name not in common),
        )
        for kind in kinds
    ]
    for name in common:
        assert f"`{name}`" in PAGE


def test_the_reasons_of_a_technician_are_those_of_the_code() -> None:
    reasons = {kind.__struct_config__.tag: fields(kind).get("reason") for kind in get_args(Operation)}
    assert table("Why") == [
        [f"`{kind}`", f"`{reason}`", reason.en, reason.zh] for kind, why in reasons.items() if why for reason in why
    ]
    assert ", ".join(f"`{shows}`" for shows in PhotoShows) in PAGE
    assert table("The signature and what it seals") == [[f"`{who}`", who.en, who.zh] for who in Relationship]


def fields(kind: type[Operation]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize("state", [state for state in VisitState if state not in ENDS])
def test_what_each_kind_leads_to_is_what_the_phone_shows(state: VisitState) -> None:
    rows = [row for row in table("What each leads to") if "," not in row[0]]
    assert [row[0] for row in rows] == [f"`{kind}`" for kind in SAID]
    for kind, said_in, leads_to in rows:
        operation = msgspec.convert(COMMON | SAID[kind.strip("`")] | {"kind": kind.strip("`")}, Operation)
        allowed, _, but = said_in.partition(" but an end")
        may = f"`{state}`" not in but if allowed == "any state" else f"`{state}`" in said_in
        seen = state_after(state, [operation])
        if leads_to == "the same" or not may:
            assert seen is state, kind
        else:
            assert f"`{seen}`" == leads_to.split(";")[0].split(",")[0], kind


def test_the_limits_are_those_of_the_code() -> None:
    limits = [MAX_OPERATIONS, MAX_REQUEST_BYTES, MAX_LINES, MAX_STROKES, MAX_POINTS, MAX_PHOTOS]
    assert [int(row[1]) for row in table("Limits")] == limits


def test_the_example_of_a_request_is_one() -> None:
    request = msgspec.json.decode(EXAMPLES[0].encode(), type=OperationsRequest)
    assert request.operations[0].device_seq == 41


def test_the_example_of_a_document_has_the_hash_that_the_page_says() -> None:
    line = EXAMPLES[1].strip()
    (said,) = re.findall(r"has the hash `([0-9a-f]{64})`", PAGE)
    assert sha256(line.encode()).hexdigest() == said
    assert document_hash(msgspec.json.decode(line, type=ShownDocument)) == said
    assert set(json.loads(line)) == set(ShownDocument.__struct_fields__)


def test_every_file_the_page_names_is_there() -> None:
    links = re.findall(r"\]\(\.\./([^)]+)\)", PAGE)
    assert links
    for link in links:
        assert Path(__file__).parents[2].joinpath(link).exists(), link
