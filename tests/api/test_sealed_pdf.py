"""The page of a sign-off carries its record, and every byte of it is under a seal."""

import hashlib
import re
import zlib
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealed_samples import KEY, a_content, a_sealed, an_entry

from api.adapters.sealed_pdf import attached_records, drawing, font_folder, page_and_seal, sealed_pdf
from domain.canonical import canonical
from domain.seal_check import check_page
from domain.seals import public_of, seal

SEED = 20261123
CHECKS = {"in-uniform": ("In uniform", "着工装"), "tested-with-owner": ("Tested with the owner", "与业主共同测试")}
OURS = frozenset({public_of(KEY).hex()})


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return sealed_pdf(canonical(a_sealed()).decode(), CHECKS, KEY)


def test_the_record_is_attached_byte_for_byte(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    assert b"/EmbeddedFile" in pdf
    assert attached_records(pdf) == [canonical(a_sealed())]


def test_the_page_is_sealed(pdf: bytes) -> None:
    assert check_page(*page_and_seal(pdf), OURS) == ([], public_of(KEY).hex())


def test_a_reader_still_finds_the_end_of_the_file(pdf: bytes) -> None:
    """PDF readers look for the end mark in the last 1,024 bytes."""
    assert b"%%EOF" in pdf[-1024:]


def test_the_same_record_makes_the_same_page(pdf: bytes) -> None:
    assert sealed_pdf(canonical(a_sealed()).decode(), CHECKS, KEY) == pdf


def test_it_is_one_page(pdf: bytes) -> None:
    assert len(re.findall(rb"/Type\s*/Page\b", unpacked(pdf))) == 1


def unpacked(pdf: bytes) -> bytes:
    """With the objects that are packed in streams."""
    whole = pdf
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            whole += zlib.decompressobj().decompress(pdf[start.end() :])
        except zlib.error:
            continue
    return whole


def test_a_thousand_bytes_that_were_tampered_with_are_found(pdf: bytes) -> None:
    random = Random(SEED)
    missed = []
    for _ in range(1000):
        at, mask = random.randrange(len(pdf)), random.randrange(1, 256)
        other = pdf[:at] + bytes([pdf[at] ^ mask]) + pdf[at + 1 :]
        if check_page(*page_and_seal(other), OURS)[0] == []:
            missed.append((at, mask))
    assert missed == [], f"seed {SEED}"


@pytest.mark.parametrize(
    "changes",
    [
        {"accepted": False, "place": None, "photos": []},
        {"photos": ["ab" * 32] * 50},
        {"signer": {"name": '#panic[*_`$"\\ <b>', "relationship": None, "identity": "witnessed"}},
        {
            "signer": {
                "name": "Li",
                "relationship": {"code": "x", "en": "#panic[]", "zh": "妻子"},
                "identity": "witnessed",
            }
        },
        {"signature": {"strokes": [[[5, 5, 0]]]}},
        {"signature": {"strokes": [[[0, 0, 0], [10_000, 20_000, 9]]]}},
    ],
)
def test_whatever_was_signed_has_a_page(changes: dict[str, Any]) -> None:
    content = {name: value for name, value in a_content().items() if name != "audit"} | changes
    record = canonical(seal(content | {"audit": an_entry(content)}, KEY))
    assert attached_records(sealed_pdf(record.decode(), {}, KEY)) == [record]


def test_the_font_is_the_one_whose_licence_was_looked_at() -> None:
    """Noto Sans SC of the noto-cjk project, under the SIL Open Font License 1.1."""
    font = font_folder() / "NotoSansSC-Regular.otf"
    digest = hashlib.sha256(font.read_bytes()).hexdigest()
    assert digest == "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9"


def test_a_stroke_is_a_line_and_a_touch_is_a_dot() -> None:
    told = drawing([[[0, 0, 0], [8000, 0, 5], [8000, 0, 6]], [[4000, 4000, 9]]])
    assert 'd="M0 0 L8000 0 M4000 4000 L4001 4000"' in told
    assert 'viewBox="-100.0 -100.0 8200.0 4200.0"' in told


@given(junk=st.binary(max_size=400))
def test_any_bytes_hold_no_record_and_break_nothing(junk: bytes) -> None:
    assert attached_records(b"%PDF-1.7\nstream\n" + junk) == []
    page_and_seal(junk)


def test_a_stream_that_inflates_to_gigabytes_is_given_up_at_a_record_s_size() -> None:
    bomb = zlib.compress(b'{"doorstep.sealed-sign-off/1' + b" " * 50_000_000, 9)
    [found] = attached_records(b"stream\n" + bomb)
    assert len(found) <= 4_000_000
