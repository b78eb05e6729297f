"""A clock that stood still gets back what it stood still, counted as it counts; what was missed stays missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import calendar_for, load_calendars
from domain.clock_pauses import moved, pause_reasons
from domain.jeopardy import ClockState, clock_state

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = calendar_for("Europe/Berlin", None, ())
DAYS = st.floats(0, 330).map(lambda days: timedelta(days=days))
MOMENTS = DAYS.map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + days)
LENGTHS = st.sampled_from(["2 h", "3 days", "4 working hours", "3 working days"])


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


WEEKDAYS = calendar_for("Asia/Shanghai", "Nowhere", ())  # 9 to 18; 2 March 2026 is a Monday


@pytest.mark.parametrize(
    ("length", "due", "starts", "ends", "then"),
    [
        ("2 h", at(2, 11), at(2, 10), at(2, 15), at(2, 16)),
        ("3 days", at(5, 9), at(2, 10), at(4, 10), at(7, 9)),
        ("4 working hours", at(2, 13), at(2, 10), at(2, 12), at(2, 15)),
        ("4 working hours", at(2, 17), at(2, 16), at(3, 10), at(3, 11)),  # 3 h of work between, 1 of them is left today
        ("4 working hours", at(6, 17), at(6, 18), at(9, 9), at(6, 17)),  # it had run out on Friday
        ("4 working hours", at(9, 11), at(6, 18), at(9, 9), at(9, 11)),  # nobody would have worked meanwhile
        ("3 working days", at(5, 18), at(3, 10), at(5, 9), at(9, 18)),  # Tuesday and Wednesday; a weekend between
        ("3 working days", at(5, 18), at(3, 10), at(3, 16), at(5, 18)),  # it went on the same day
    ],
)
def test_a_clock_goes_on_where_it_stood_still(
    length: str, due: datetime, starts: datetime, ends: datetime, then: datetime
) -> None:
    assert moved(due, length, starts, ends, WEEKDAYS) == then


@given(LENGTHS, MOMENTS, MOMENTS, MOMENTS)
def test_a_pause_never_brings_a_due_forward_and_one_of_no_length_changes_nothing(
    length: str, due: datetime, one: datetime, other: datetime
) -> None:
    starts, ends = sorted((one, other))
    assert moved(due, length, starts, ends, PLAIN) >= due
    assert moved(due, length, starts, starts, PLAIN) == due
    if due <= starts:
        assert moved(due, length, starts, ends, PLAIN) == due


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_and_is_what_add_working_time_adds(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    calendar = calendar_for("Asia/Shanghai", None, load_calendars())
    total = calendar.working_time(first, last)
    assert total == calendar.working_time(first, middle) + calendar.working_time(middle, last)
    assert calendar.working_time(first, calendar.add_working_time(first, total)) == total


NOON, HOUR = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "met_at", "planned", "paused", "state"),
    [
        (2.9, None, None, False, ClockState.FINE),
        (3.0, None, None, False, ClockState.FINE),  # a quarter of the four hours is left
        (3.01, None, None, False, ClockState.WILL_MISS),
        (4.0, None, None, False, ClockState.WILL_MISS),
        (4.01, None, None, False, ClockState.MISSED),
        (3.9, None, 4.0, False, ClockState.FINE),
        (0.1, None, 4.01, False, ClockState.WILL_MISS),
        (3.9, None, None, True, ClockState.PAUSED),
        (4.01, None, None, True, ClockState.MISSED),
        (9.0, 4.0, None, False, ClockState.MET),
        (9.0, 4.01, None, True, ClockState.MET_LATE),
    ],
)
def test_how_a_clock_of_four_hours_stands(
    now: float, met_at: float | None, planned: float | None, paused: bool, state: ClockState
) -> None:
    moments = [None if hours is None else NOON + hours * HOUR for hours in (met_at, planned)]
    due = NOON + 4 * HOUR
    told = clock_state(began=NOON, due=due, met_at=moments[0], now=NOON + now * HOUR, planned=moments[1], paused=paused)
    assert told is state


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(names["name_en"] and names["name_zh"] for names in pause_reasons().values())
