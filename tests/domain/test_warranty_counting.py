"""民法典 arts. 200–204."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import SeasonKind, load_calendars, load_seasons, season_for
from domain.errors import Invalid
from domain.warranty import verdict
from domain.warranty_periods import months_after
from domain.warranty_rules import load_rule_book

DAYS = st.dates(date(1990, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        ("2020-02-29", 12, "2021-02-28"),  # no 29 February: the month's last day
        ("2020-02-29", 48, "2024-02-29"),
        ("2021-02-28", 36, "2024-02-28"),  # the corresponding day, not the month's end
        ("2021-08-31", 6, "2022-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2021-12-31", 2, "2022-02-28"),
        ("2021-12-15", 2, "2022-02-15"),
        ("2021-10-31", 1, "2021-11-30"),
        ("2020-12-31", 12, "2021-12-31"),
        ("2020-01-01", 24, "2022-01-01"),
    ],
)
def test_a_period_ends_with_the_corresponding_day_or_the_months_last(start: str, months: int, last_day: str) -> None:
    assert months_after(date.fromisoformat(start), months) == date.fromisoformat(last_day)


@given(start=DAYS, months=st.integers(0, 1200))
def test_a_period_ends_that_many_months_on_and_never_on_a_later_day_of_the_month(start: date, months: int) -> None:
    end = months_after(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day


@pytest.mark.parametrize(
    ("city", "since", "number", "last_day"),
    [
        ("Beijing", "2023-11-15", 1, "2024-03-15"),  # begins on the start day: counts
        ("Beijing", "2023-11-16", 1, "2025-03-15"),  # inside the season: that one isn't used up
        ("Beijing", "2024-03-15", 1, "2025-03-15"),
        ("Beijing", "2024-03-16", 2, "2026-03-15"),
        ("Beijing", "2023-01-01", 1, "2024-03-15"),
        ("Harbin", "2023-10-20", 2, "2025-04-20"),
        ("Qingdao", "2023-11-16", 1, "2024-04-05"),
        ("New York", "2023-06-01", 1, "2024-05-31"),
    ],
)
def test_only_whole_heating_seasons_count(city: str, since: str, number: int, last_day: str) -> None:
    season = season_for(SeasonKind.HEATING, city, load_seasons())
    assert season is not None
    assert season.end_of_whole(number, date.fromisoformat(since)) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("since", "last_day"),
    [("2024-06-01", "2024-09-30"), ("2024-06-02", "2025-09-30"), ("2024-12-31", "2025-09-30")],
)
def test_a_cooling_season_lies_within_one_year(since: str, last_day: str) -> None:
    season = season_for(SeasonKind.COOLING, "a city without a row", load_seasons())
    assert season is not None
    assert season.end_of_whole(1, date.fromisoformat(since)) == date.fromisoformat(last_day)


@given(since=DAYS, number=st.integers(1, 5), city=st.sampled_from(["Beijing", "Harbin", "Dalian"]))
def test_a_season_period_lasts_its_number_of_winters(since: date, number: int, city: str) -> None:
    season = season_for(SeasonKind.HEATING, city, load_seasons())
    assert season is not None
    end = season.end_of_whole(number, since)
    assert f"{end:%m-%d}" == season.last
    assert number - 1 < (end - since).days / 365 < number + 1


def test_a_last_day_off_moves_to_the_next_working_day_only_when_asked() -> None:
    # 2026-02-15 is the first day of the Spring Festival, whose next working day is Tuesday 2026-02-24.
    china = load_calendars()[0]
    moved, plain = (
        verdict(
            "lamps-switches",
            accepted=None,
            handed_over=date(2025, 8, 15),
            on=date(2026, 2, 20),
            rules=load_rule_book(),
            last_day_moves=calendar,
        )
        for calendar in (china, None)
    )
    assert (moved.until, moved.covered) == (date(2026, 2, 24), True)
    assert (plain.until, plain.covered) == (date(2026, 2, 15), False)


@pytest.mark.parametrize("item", ["roof-leak", "heating-system"])
def test_a_period_beyond_the_calendar_is_refused_in_words(item: str) -> None:
    last = date(9999, 12, 1)
    with pytest.raises(Invalid, match="beyond year 9999"):
        verdict(item, accepted=last, handed_over=last, on=last, rules=load_rule_book(), city="Beijing")
