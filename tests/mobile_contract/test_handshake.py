"""Who is too old: compared number by number, never letter by letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile_contract.client import CLIENT_VERSION
from mobile_contract.v1 import too_old

NUMBERS = st.tuples(*[st.integers(0, 9999)] * 3)


@given(one=NUMBERS, other=NUMBERS)
def test_versions_compare_as_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert too_old(".".join(map(str, one)), ".".join(map(str, other))) is (one < other)


@pytest.mark.parametrize("version", [None, "", "1.2", "one.two.three", "1.2.3.4", "1.2.3\n", "１.２.３"])
def test_a_missing_or_unreadable_version_is_too_old(version: str | None) -> None:
    assert too_old(version, "0.0.0")


def test_the_reference_client_says_a_readable_version() -> None:
    assert not too_old(CLIENT_VERSION, "1.0.0")
