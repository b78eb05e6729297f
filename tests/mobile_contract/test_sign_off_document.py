"""The hash of what the owner read: the same from any language, another for any other document."""

import json
from hashlib import sha256

import msgspec
from hypothesis import HealthCheck, given, settings
from wire_samples import a_complete, a_stop, anything

from mobile_contract.v1 import ShownDocument, document_hash


def as_another_language_would(document: ShownDocument) -> str:
    plain = msgspec.json.decode(msgspec.json.encode(document))
    return sha256(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=anything(ShownDocument))
def test_sorted_keys_no_spaces_and_utf8_give_the_same_hash_anywhere(document: ShownDocument) -> None:
    assert document_hash(document) == as_another_language_would(document)


def test_whatever_the_owner_reads_is_under_the_seal() -> None:
    stop, work = a_stop(), a_complete()
    shown = ShownDocument.of(stop, work.checklist, work.parts, work.minutes, work.note)
    others = [
        msgspec.structs.replace(shown, **change)
        for change in (
            {"ticket_number": "T-2"},
            {"address": "x"},
            {"unit": "x"},
            {"description": "x"},
            {"checklist": []},
            {"parts": []},
            {"minutes": 41},
            {"note": "x"},
            {"visit_id": stop.job_id},
            {"defect": msgspec.structs.replace(stop.defect, zh="x")},
        )
    ]
    assert len({document_hash(document) for document in [shown, *others]}) == len(others) + 1


def test_the_document_holds_whole_numbers_only() -> None:
    """Languages write fractions differently; a fraction here would make hashes that can't be checked."""
    kinds = json.dumps(msgspec.json.schema(ShownDocument))
    assert '"number"' not in kinds
    assert '"integer"' in kinds
