"""Which elements' cover ends within some days, at the edges of those days."""

from datetime import date, timedelta

import pytest

from domain.expiring_cover import ending
from domain.warranty_rules import load_rule_book

RULES = load_rule_book()
HANDED_OVER = date(2024, 3, 1)
LAMPS_END = date(2024, 9, 1)
"""Lamps and switches: 6 months by the developer's letter, and no statutory class."""


def items(on: date, days: int, accepted: date | None = HANDED_OVER, handed_over: date | None = HANDED_OVER) -> set[str]:
    found = ending(accepted, handed_over, on, timedelta(days=days), RULES, None)
    return {one.told.item for one in found if one.until == LAMPS_END}


@pytest.mark.parametrize(
    ("on", "listed"),
    [
        (LAMPS_END - timedelta(days=31), False),
        (LAMPS_END - timedelta(days=30), True),
        (LAMPS_END, True),
        (LAMPS_END + timedelta(days=1), False),
    ],
    ids=["a-day-too-early", "the-first-day", "the-last-day", "over"],
)
def test_an_element_is_listed_from_so_many_days_before_to_its_last_day(on: date, listed: bool) -> None:
    assert bool(items(on, 30)) is listed


def test_the_first_to_end_comes_first_with_its_articles() -> None:
    found = ending(HANDED_OVER, HANDED_OVER, HANDED_OVER, timedelta(days=800), RULES, None)
    assert [one.until for one in found] == sorted(one.until for one in found)
    assert all(one.told.articles and one.name_en and one.name_zh for one in found)


def test_a_home_without_its_dates_is_not_guessed() -> None:
    assert ending(None, None, HANDED_OVER, timedelta(days=3000), RULES, None) == ()
