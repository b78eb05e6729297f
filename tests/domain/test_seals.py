"""A sealed sign-off shows what was done to it, field by field."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealed_samples import KEY, OTHER_KEY, a_content, a_sealed, an_entry

from domain.canonical import canonical
from domain.errors import Invalid
from domain.seal_check import Fault, Finding, check, check_bytes, check_page
from domain.seal_words import FIELDS, SENTENCES, sentence
from domain.seals import key_id, leaves, page_seal, public_of, seal

OURS = frozenset({public_of(KEY).hex()})
PATHS = [path for path, _ in leaves(a_content())]


def test_what_was_sealed_and_left_alone_is_genuine() -> None:
    report = check_bytes(canonical(a_sealed()), OURS)
    assert (report.findings, report.trusted) == ((), True)


def test_without_a_key_to_compare_nobody_is_trusted() -> None:
    report = check_bytes(canonical(a_sealed()))
    assert (report.genuine, report.trusted) == (True, None)


def changed(record: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy in which the field at this path holds something else."""
    record = copy.deepcopy(record)
    *way, last = path.replace("[", ".[").split(".")
    holder: Any = record
    for step in way:
        holder = holder[int(step[1:-1]) if step.startswith("[") else step]
    before = holder[last]
    match before:
        case bool():
            holder[last] = not before
        case int():
            holder[last] = before + 1
        case str():
            holder[last] = before + "x"
        case list():
            holder[last] = [*before, 1]
        case _:
            holder[last] = "x"
    return record


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_field_is_named(path: str) -> None:
    assert check(changed(a_sealed(), path), OURS).findings == (Finding(Fault.CHANGED, path),)


def test_a_field_that_was_added_or_taken_out_is_named() -> None:
    record = a_sealed()
    record["signer"]["title"] = "Dr."
    del record["place"]["latitude"]
    record["document"]["shown"]["parts"].append({"code": "pump", "name": "泵", "quantity": 1})
    found = check(record).findings
    assert Finding(Fault.ADDED, "signer.title") in found
    assert Finding(Fault.MISSING, "place.latitude") in found
    assert Finding(Fault.ADDED, "document.shown.parts[1].name") in found


@pytest.mark.parametrize("part", ["algorithm", "key_id", "public_key", "sha256", "signature"])
def test_a_changed_part_of_the_seal_is_named(part: str) -> None:
    record = a_sealed()
    record["seal"][part] = record["seal"][part][:-1] + ("0" if record["seal"][part][-1] != "0" else "1")
    assert Finding(Fault.SEAL, part) in check(record).findings or part == "public_key"
    assert not check(record).genuine


def test_a_hash_that_was_changed_in_the_seal_is_not_blamed_on_the_field() -> None:
    record = a_sealed()
    record["seal"]["fields"]["signer.name"] = "0" * 64
    assert check(record).findings == (Finding(Fault.SEAL, "fields.signer.name"),)


def test_hashes_made_anew_without_the_key_are_found_by_the_signature() -> None:
    record, forged = a_sealed(), seal(a_content() | {"accepted": False}, OTHER_KEY)
    record["accepted"] = False
    for part in ("fields", "sha256"):
        record["seal"][part] = forged["seal"][part]
    assert check(record).findings == (Finding(Fault.SEAL, "signature"),)


def test_a_seal_by_somebody_else_is_told_when_the_keys_are_known() -> None:
    forged = seal(a_content(), OTHER_KEY)
    assert check(forged).genuine
    assert check(forged, OURS).findings == (Finding(Fault.OTHER_KEY),)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"hash_on_phone": "0" * 64}, "document.agrees"), ({"hash": "0" * 64}, "document.hash")],
)
def test_a_document_that_is_not_the_hashed_one_is_found_even_when_it_was_sealed_so(
    changes: dict[str, str], field: str
) -> None:
    content = a_content()
    content["document"] |= changes
    content["audit"] = an_entry({name: value for name, value in content.items() if name != "audit"})
    assert Finding(Fault.DISAGREES, field) in check(seal(content, KEY)).findings


def test_a_content_that_the_audit_trail_never_saw_is_found_even_when_it_was_sealed() -> None:
    assert check(a_sealed(accepted=False)).findings == (Finding(Fault.DISAGREES, "audit.hash"),)


def test_a_file_written_anew_says_so_and_that_its_content_is_the_same() -> None:
    import json

    anew = json.dumps(a_sealed(), indent=1, ensure_ascii=False).encode()
    assert check_bytes(anew).findings == (Finding(Fault.LAYOUT),)


def test_a_key_is_named_by_its_public_half() -> None:
    assert a_sealed()["seal"]["key_id"] == key_id(public_of(KEY)) != key_id(public_of(OTHER_KEY))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"seal":1}', b'{"seal":{}}', b'{"a":1.5}', b'{"a":NaN}', b'{"a":1,"a":1}',
        b"\xff", b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_sealed_record_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"[.]$"):
        check_bytes(data)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(part=st.sampled_from(sorted(a_sealed())), value=any_json)
def test_any_value_in_the_place_of_any_part_is_judged_and_never_taken_for_genuine(part: str, value: Any) -> None:
    record = a_sealed()
    if canonical(record[part]) == canonical(value):
        return
    record[part] = value
    try:
        assert not check(record, OURS).genuine
    except Invalid:
        assert part == "seal"


@given(name=st.sampled_from(sorted(a_sealed()["seal"])), value=any_json)
def test_any_value_in_the_place_of_any_part_of_the_seal_likewise(name: str, value: Any) -> None:
    record = a_sealed()
    if canonical(record["seal"][name]) == canonical(value):
        return
    record["seal"][name] = value
    try:
        assert not check(record, OURS).genuine
    except Invalid:
        assert name == "fields"


def test_a_page_is_sealed_to_its_last_byte() -> None:
    page = b"%PDF-1.7 ... %%EOF\n"
    line = page_seal(page, KEY).decode()[1:-1]
    assert check_page(page, line, OURS) == ([], public_of(KEY).hex())
    assert check_page(page + b" ", line, OURS)[0] == [Finding(Fault.PAGE)]
    assert check_page(page, "", OURS)[0] == [Finding(Fault.PAGE)]
    by_another = page_seal(page, OTHER_KEY).decode()[1:-1]
    assert check_page(page, by_another, OURS)[0] == [Finding(Fault.OTHER_KEY, "page")]


def test_every_fault_and_every_part_has_words_in_both_languages() -> None:
    assert set(SENTENCES) == set(Fault)
    parts = {path.split(".")[0].split("[")[0] for path in leaves_of_a_sealed()} - {"sign_off_id", "op_id"}
    assert parts <= {prefix.split(".")[0] for prefix, *_ in FIELDS}
    told = Finding(Fault.CHANGED, "signer.name")
    assert sentence(told, "en") == "Changed: who signed (signer.name)."
    assert sentence(told, "zh") == "被改动：签字人（signer.name）。"


def leaves_of_a_sealed() -> list[str]:
    return [path for path, _ in leaves(a_sealed())]
