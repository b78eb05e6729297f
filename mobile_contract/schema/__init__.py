"""The wire as one JSON Schema document, for phones that are not written in Python.

`v1.json` is what the code says today. `v1.frozen.json` is what phones in the field were built against: the
code may only ever add to it. `python -m mobile_contract.schema` writes the first, with `--freeze` also the
second.
"""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from mobile_contract.v1.endpoints import ENDPOINTS
from mobile_contract.v1.errors import ErrorAnswer, ReasonCode
from mobile_contract.v1.reasons import Worded
from mobile_contract.v1.route_sheet import RouteSheet, Stop
from mobile_contract.v1.sign_off import ShownDocument

CURRENT = Path(__file__).with_name("v1.json")
FROZEN = Path(__file__).with_name("v1.frozen.json")


def schema() -> dict[str, Any]:
    """`x-endpoints` says which type travels which way, `x-hashed` what is hashed, `x-words` what people read for a
    code; the rest is JSON Schema."""
    travelling = [kind for endpoint in ENDPOINTS for kind in (endpoint.request, endpoint.answer)]
    roots = [*travelling, ErrorAnswer, RouteSheet, Stop, ShownDocument]
    references, definitions = msgspec.json.schema_components(roots, ref_template="#/$defs/{name}")
    reference = dict(zip(roots, references, strict=True))
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])
    worded: list[type[Worded] | type[ReasonCode]] = [*Worded.__subclasses__(), ReasonCode]
    for codes in worded:
        definitions[codes.__name__]["x-words"] = {code.value: {"en": code.en, "zh": code.zh} for code in codes}
    # The one list that a reader must expect to grow: it has a member for what it doesn't know yet.
    definitions[ReasonCode.__name__]["x-open"] = True
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Doorstep mobile contract v1",
        "x-endpoints": {
            f"{endpoint.method} {endpoint.path}": {
                "request": reference[endpoint.request],
                "answer": reference[endpoint.answer],
                "refused": reference[ErrorAnswer],
            }
            for endpoint in ENDPOINTS
        },
        "x-hashed": [reference[ShownDocument]],
        "$defs": dict(sorted(definitions.items())),
    }


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
