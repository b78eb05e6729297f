"""Every kind of change to v1, made to a copy of it: what breaks a phone is caught, what doesn't may pass."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from mobile_contract.compatibility import breaks
from mobile_contract.schema import schema

Change = Callable[[dict[str, Any]], Any]


def field(kind: str, name: str, definition: dict[str, Any], required: bool = False) -> Change:
    def change(defs: dict[str, Any]) -> None:
        defs[kind]["properties"][name] = definition
        if required:
            defs[kind]["required"].append(name)

    return change


def removed(kind: str, name: str) -> Change:
    def change(defs: dict[str, Any]) -> None:
        del defs[kind]["properties"][name]
        if name in defs[kind]["required"]:
            defs[kind]["required"].remove(name)

    return change


def now(kind: str, name: str, **keywords: Any) -> Change:
    return lambda defs: defs[kind]["properties"][name].update(keywords)


def need(kind: str, name: str) -> Change:
    return lambda defs: defs[kind]["required"].append(name)


def optional(kind: str, name: str) -> Change:
    return lambda defs: defs[kind]["required"].remove(name)


def values(kind: str, *more: str, without: str = "") -> Change:
    def change(defs: dict[str, Any]) -> None:
        defs[kind]["enum"] = [value for value in [*defs[kind]["enum"], *more] if value != without]

    return change


def kinds_of(defs: dict[str, Any]) -> list[dict[str, Any]]:
    return defs["OperationsRequest"]["properties"]["operations"]["items"]["anyOf"]


def new_kind_of_operation(defs: dict[str, Any]) -> None:
    defs["MeasureMoisture"] = deepcopy(defs["Arrive"])
    defs["MeasureMoisture"]["title"] = "MeasureMoisture"
    defs["MeasureMoisture"]["properties"]["kind"] = {"enum": ["measure_moisture"]}
    kinds_of(defs).append({"$ref": "#/$defs/MeasureMoisture"})


def start_is_gone(defs: dict[str, Any]) -> None:
    kinds_of(defs).remove({"$ref": "#/$defs/Start"})


def start_is_renamed(defs: dict[str, Any]) -> None:
    defs["Start"]["properties"]["kind"] = {"enum": ["begin"]}


def position(kind: str, at: int, **keywords: Any) -> Change:
    return lambda defs: defs[kind]["prefixItems"][at].update(keywords)


def items(kind: str, name: str, definition: dict[str, Any]) -> Change:
    return lambda defs: defs[kind]["properties"][name].update(items=definition)


NULLABLE_DATE = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None}
STRING = {"type": "string"}

BREAKING = {
    "a request's field is gone": (removed("Complete", "note"), "Complete.note: written but not read"),
    "a request's optional field is gone": (removed("Arrive", "latitude"), "Arrive.latitude: written but not"),
    "an answer's field is gone": (removed("Stop", "unit"), "Stop.unit: read but not written"),
    "an answer's optional field is gone": (removed("Verdict", "detail"), "Verdict.detail: read but not"),
    "a request needs a new field": (field("Start", "tools", STRING, required=True), "Start.tools: read but"),
    "a request needs an optional field": (need("Start", "latitude"), "Start.latitude: required but not"),
    "an answer no longer always has a field": (optional("Stop", "tier"), "Stop.tier: required but not"),
    "an answer's new field has no default": (
        field("Stop", "parking", STRING, required=True),
        "Stop.parking: needs a default",
    ),
    "a request's type changed": (
        field("Complete", "minutes", STRING),
        "Complete.minutes: a integer is written where a string is read",
    ),
    "an answer's type changed": (
        field("Stop", "position", STRING),
        "Stop.position: a string is written where a integer is read",
    ),
    "a request's number became whole": (
        field("Arrive", "latitude", {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
        "Arrive.latitude: number may be written but is not read",
    ),
    "an answer's whole number became any": (
        field("Stop", "travel_m", {"type": "number"}),
        "a number is written where a integer is read",
    ),
    "an answer's field may be null": (field("Stop", "tier", NULLABLE_DATE), "Stop.tier"),
    "an answer's time may be null": (field("Stop", "planned_start", NULLABLE_DATE), "null may be written"),
    "a request's field may not be null": (
        field("OperationsRequest", "sent_at", {"type": "string", "format": "date-time", "default": None}),
        "OperationsRequest.sent_at: null may be written",
    ),
    "a request's minimum rose": (
        now("Complete", "minutes", minimum=1),
        "minimum 0 is written where minimum 1",
    ),
    "a request's maximum fell": (now("Complete", "minutes", maximum=720), "maximum 1440 is written where"),
    "a request's text got shorter": (now("Complete", "note", maxLength=100), "Complete.note: maxLength 2000"),
    "a request's text got a least length": (
        now("Complete", "note", minLength=1),
        "minLength None is written",
    ),
    "a request's list got shorter": (now("OperationsRequest", "operations", maxItems=5), "maxItems 100"),
    "a request's pattern changed": (now("SignOff", "document_hash", pattern="^[A-F]$"), "pattern"),
    "a request's format came": (now("Complete", "note", format="uuid"), "Complete.note: format None"),
    "an answer's format changed": (now("Stop", "visit_id", format="uri"), "Stop.visit_id: format uri"),
    "an answer's format is gone": (
        lambda defs: defs["Stop"]["properties"]["visit_id"].pop("format"),
        "Stop.visit_id: format None is written where format uuid is read",
    ),
    "a request's default changed": (now("SignOff", "accepted", default=False), "accepted: its default"),
    "a closed list of an answer grew": (values("VisitState", "asleep"), "'asleep' may be written"),
    "a closed list of an answer shrank": (values("VisitState", without="paused"), "'paused' is gone"),
    "a reason code is gone": (values("ReasonCode", without="visit_moved"), "'visit_moved' is gone"),
    "a verdict got a new status": (values("VerdictStatus", "maybe"), "'maybe' may be written"),
    "any text where a closed list was": (field("Stop", "tier", STRING), "only listed values are read"),
    "a kind of operation is gone": (start_is_gone, "Start may be written but is not read"),
    "a kind of operation has another tag": (start_is_renamed, "'start' may be written but is not read"),
    "a point got another range": (position("Point", 0, maximum=500), "Point[0]: maximum 10000"),
    "a point got a fourth number": (
        lambda defs: defs["Point"]["prefixItems"].append({"type": "integer"}),
        "Point: 3 positions are written where 4 are read",
    ),
    "a tuple became a list": (
        lambda defs: defs["Point"].pop("prefixItems"),
        "Point: a list is written where a tuple is read",
    ),
    "an answer's list holds something else": (
        items("Stop", "skills", {"type": "integer"}),
        "Stop.skills[]: a integer is written where a string is read",
    ),
    "a body in a change is gone": (removed("RouteSheet", "zone"), "RouteSheet.zone: read but not written"),
    "what is hashed got a field": (field("ShownDocument", "price", STRING), "ShownDocument: a hashed"),
    "what is hashed lost a field": (removed("ShownDocument", "description"), "ShownDocument: a hashed"),
    "what is hashed changed deep inside": (now("PartUsed", "quantity", maximum=20_000), "ShownDocument: a"),
}

COMPATIBLE = {
    "a request's new optional field": field("Start", "tools", {"type": "string", "default": ""}),
    "an answer's new field with a default": field("Stop", "parking", {"type": "string", "default": ""}),
    "a new kind of operation": new_kind_of_operation,
    "a new reason code": values("ReasonCode", "frozen_pipes"),
    "a request's bounds are wider": now("Complete", "minutes", maximum=2880, minimum=-1),
    "a request's longer list": now("OperationsRequest", "operations", maxItems=200),
    "a request's bound is gone": lambda defs: defs["Complete"]["properties"]["note"].pop("pattern"),
    "a request's field may be left out": optional("Complete", "note"),
    "a request's whole number may be any": now("Complete", "minutes", type="number"),
    "an answer never says null any more": field("Stop", "due", {"type": "string", "format": "date-time"}),
    "other words for people": lambda defs: defs["Stop"].update(description="A visit.", title="Visit"),
    "nothing at all": lambda defs: None,
}


def after(change: Change) -> dict[str, Any]:
    document = schema()
    change(document["$defs"])
    return document


@pytest.mark.parametrize(("change", "says"), BREAKING.values(), ids=BREAKING)
def test_what_breaks_a_phone_is_caught_and_named(change: Change, says: str) -> None:
    found = breaks(schema(), after(change))
    assert any(says in line for line in found), found


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_what_breaks_no_phone_may_pass(change: Change) -> None:
    assert breaks(schema(), after(change)) == []


def test_an_endpoint_may_come_but_not_go() -> None:
    more = schema()
    more["x-endpoints"]["GET /mobile/v1/news"] = deepcopy(more["x-endpoints"]["GET /mobile/v1/sync"])
    assert breaks(schema(), more) == []
    assert breaks(more, schema()) == ["GET /mobile/v1/news: the endpoint is gone"]


def test_a_type_that_holds_itself_is_compared_once() -> None:
    document = schema()
    document["$defs"]["Stop"]["properties"]["follows"] = {
        "anyOf": [{"$ref": "#/$defs/Stop"}, {"type": "null"}],
        "default": None,
    }
    assert breaks(document, document) == []
    changed = deepcopy(document)
    changed["$defs"]["Stop"]["properties"]["unit"] = {"type": "integer"}
    assert breaks(document, changed) == ["Stop.unit: a integer is written where a string is read"]
