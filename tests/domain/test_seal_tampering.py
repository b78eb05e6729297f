"""A thousand times one byte of a sealed sign-off is changed, put in or taken out: each time it is found."""

from random import Random

import pytest
from sealed_samples import a_sealed

from domain.canonical import canonical
from domain.errors import Invalid
from domain.seal_check import check_bytes

SEED = 20261123
TIMES = 1000


def tampered(data: bytes, random: Random) -> bytes:
    at, byte = random.randrange(len(data)), bytes([random.randrange(256)])
    match random.choice(("change", "change", "put in", "take out")):
        case "put in":
            return data[:at] + byte + data[at:]
        case "take out":
            return data[:at] + data[at + 1 :]
        case _:
            return data[:at] + byte + data[at + 1 :]


def found(data: bytes) -> bool:
    try:
        return not check_bytes(data).genuine
    except Invalid:
        return True


def test_every_single_byte_that_was_tampered_with_is_found() -> None:
    random, data = Random(SEED), canonical(a_sealed())
    assert not found(data)
    missed, tried = [], 0
    while tried < TIMES:
        other = tampered(data, random)
        if other == data:  # the byte was what it became
            continue
        tried += 1
        if not found(other):
            missed.append(other)
    assert missed == [], f"seed {SEED}"


@pytest.mark.parametrize("at", range(8))
def test_every_bit_of_every_byte_counts(at: int) -> None:
    data = canonical(a_sealed())
    flipped = (data[:n] + bytes([data[n] ^ 1 << at]) + data[n + 1 :] for n in range(0, len(data), 7))
    assert all(found(other) for other in flipped)
