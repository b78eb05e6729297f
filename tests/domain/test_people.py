"""Phone numbers are shown so that nobody could call them."""

import pytest

from domain.people import masked


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812340000", "138****0000"),
        ("+8613812340000", "+86****0000"),
        ("2125550123", "********23"),
        ("62345678", "******78"),
        ("5550123", "*****23"),
        ("110119", "******"),
        ("", ""),
    ],
)
def test_at_least_four_digits_of_a_phone_number_are_hidden(phone: str, shown: str) -> None:
    assert masked(phone) == shown
