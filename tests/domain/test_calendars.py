from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import (
    Season,
    SeasonKind,
    WorkingCalendar,
    calendar_for,
    load_calendars,
    load_seasons,
    season_for,
)
from domain.cities import city_name
from domain.errors import Invalid

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
CALENDARS = load_calendars()
CHINA = calendar_for("Asia/Shanghai", "Beijing", CALENDARS)
AMERICA = calendar_for("America/New_York", "New York", CALENDARS)

START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=1000)).map(lambda passed: START + passed)
amounts = st.timedeltas(timedelta(), timedelta(hours=60))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-01", False),
        ("2026-01-04", True),  # a Sunday that makes up for New Year
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday that makes up for the Spring Festival
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-04-06", False),
        ("2026-05-05", False),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2025-01-26", True),
        ("2027-02-08", True),  # no notice yet: by the weekday
    ],
)
def test_the_state_councils_notice_decides_what_is_a_workday(day: str, working: bool) -> None:
    assert CHINA.is_working_day(date.fromisoformat(day)) is working


def test_the_notices_of_a_year_hold_as_many_days_as_they_say() -> None:
    def days(year: int, working: bool) -> int:
        return sum(
            (s.last - s.first).days + 1 for s in CHINA.special_days if s.first.year == year and s.working is working
        )

    assert (days(2025, False), days(2025, True)) == (28, 5)
    assert (days(2026, False), days(2026, True)) == (33, 6)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02 10:00", 4, "2026-03-02 14:00"),
        ("2026-03-02 14:00", 4, "2026-03-02 18:00"),  # ends with the day, not next morning
        ("2026-03-02 16:00", 4, "2026-03-03 11:00"),
        ("2026-03-02 03:00", 4, "2026-03-02 13:00"),
        ("2026-03-02 18:00", 4, "2026-03-03 13:00"),
        ("2026-03-06 17:30", 4, "2026-03-09 12:30"),  # over a weekend
        ("2026-02-14 17:00", 2, "2026-02-24 10:00"),  # over the Spring Festival
        ("2026-02-13 17:00", 2, "2026-02-14 10:00"),  # into a make-up Saturday
        ("2026-03-02 10:00", 20, "2026-03-04 12:00"),
        ("2026-03-02 20:00", 0, "2026-03-03 09:00"),
    ],
)
def test_working_hours_run_only_while_the_office_is_open(start: str, hours: int, due: str) -> None:
    begins = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    assert CHINA.add_working_time(begins, timedelta(hours=hours)) == datetime.fromisoformat(due).replace(
        tzinfo=SHANGHAI
    )


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02 10:00", 1, "2026-03-03 18:00"),  # the first day is not counted
        ("2026-03-02 23:59", 1, "2026-03-03 18:00"),
        ("2026-03-06 10:00", 1, "2026-03-09 18:00"),
        ("2026-03-07 10:00", 1, "2026-03-09 18:00"),
        ("2026-02-13 10:00", 2, "2026-02-24 18:00"),
        ("2026-03-02 10:00", 7, "2026-03-11 18:00"),
    ],
)
def test_working_days_end_at_closing_time_and_do_not_count_the_first(start: str, days: int, due: str) -> None:
    begins = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    assert CHINA.add_working_days(begins, days) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


def test_a_start_in_another_zone_is_read_on_the_calendars_clock() -> None:
    sunday_evening_in_utc = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # Monday 07:30 in Shanghai
    assert CHINA.add_working_time(sunday_evening_in_utc, timedelta(hours=1)) == datetime(
        2026, 3, 2, 10, tzinfo=SHANGHAI
    )


def test_hours_are_true_hours_across_a_change_of_the_clocks() -> None:
    round_the_clock = WorkingCalendar(
        name="every day",
        zone_name="America/New_York",
        weekdays=[0, 1, 2, 3, 4, 5, 6],
        opens=time(0),
        closes=time(23),
        source="test",
    )
    # On 8 March 2026 the clocks go from 02:00 to 03:00: midnight to 23:00 is 22 hours.
    midnight = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    assert round_the_clock.add_working_time(midnight, timedelta(hours=22)) == datetime(2026, 3, 8, 23, tzinfo=NEW_YORK)


@given(start=moments, amount=amounts, calendar=st.sampled_from([CHINA, AMERICA]))
def test_working_time_ends_inside_opening_hours_and_not_before_it_could(
    start: datetime, amount: timedelta, calendar: WorkingCalendar
) -> None:
    due = calendar.add_working_time(start, amount)
    assert calendar.is_working_day(due.date())
    assert calendar.opens <= due.time() <= calendar.closes
    assert due >= start + amount


@given(start=moments, first=amounts, second=amounts)
def test_working_time_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    in_two = CHINA.add_working_time(CHINA.add_working_time(start, first), second)
    at_once = CHINA.add_working_time(start, first + second)
    closing = at_once.time() == CHINA.closes  # then waiting over night costs nothing
    assert in_two == at_once or (closing and CHINA.add_working_time(at_once, timedelta(microseconds=1)) > in_two)


@given(start=moments, later=st.timedeltas(timedelta(), timedelta(days=30)), days=st.integers(1, 30))
def test_a_later_report_is_never_due_earlier(start: datetime, later: timedelta, days: int) -> None:
    assert CHINA.add_working_days(start, days) <= CHINA.add_working_days(start + later, days)


def test_a_calendar_that_never_opens_says_so() -> None:
    start = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
    plain = {"name": "never", "zone_name": "Asia/Shanghai", "source": "test"}
    with pytest.raises(Invalid, match="no working day in the year"):
        WorkingCalendar(weekdays=[], opens=time(9), closes=time(18), **plain).add_working_days(start, 1)
    with pytest.raises(Invalid, match="opens at 18:00:00 and closes at 09:00:00"):
        WorkingCalendar(weekdays=[0], opens=time(18), closes=time(9), **plain).add_working_time(
            start, timedelta(hours=1)
        )


def test_a_city_may_keep_other_hours_than_its_zone() -> None:
    urumqi = WorkingCalendar(
        name="later", zone_name="Asia/Shanghai", city="Urumqi", weekdays=[0, 1, 2, 3, 4],
        opens=time(10), closes=time(19), source="test",
    )  # fmt: skip
    calendars = [*CALENDARS, urumqi]
    assert calendar_for("Asia/Shanghai", "Urumqi", calendars) is urumqi
    assert calendar_for("Asia/Shanghai", "Beijing", calendars) is CALENDARS[0]


def test_a_zone_without_a_calendar_works_plain_weekdays_on_its_own_clock() -> None:
    lisbon = calendar_for("Europe/Lisbon", "Porto", CALENDARS)
    friday_evening = datetime(2026, 3, 6, 20, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert lisbon.add_working_time(friday_evening, timedelta(hours=1)).isoformat() == "2026-03-09T10:00:00+00:00"


@pytest.mark.parametrize("written", ["北京", "北京市", "beijing", " Beijing "])
def test_a_city_is_known_by_the_names_people_write(written: str) -> None:
    assert city_name(written) == "Beijing"


@pytest.mark.parametrize(("written", "name"), [("Porto", "Porto"), ("", None), (None, None)])
def test_an_unlisted_city_keeps_its_name(written: str | None, name: str | None) -> None:
    assert city_name(written) == name


def test_seasons_are_the_citys_own_and_an_unknown_heating_season_is_not_guessed() -> None:
    seasons = load_seasons()
    beijing = season_for(SeasonKind.HEATING, "北京", seasons)
    assert beijing
    assert (beijing.first, beijing.last) == ("11-15", "03-15")
    assert season_for(SeasonKind.HEATING, "Guangzhou", seasons) is None
    assert season_for(SeasonKind.HEATING, None, seasons) is None
    assert season_for(SeasonKind.COOLING, "Guangzhou", seasons)


def test_every_shipped_row_has_its_source_and_every_city_its_canonical_name() -> None:
    seasons = load_seasons()
    assert all(row.source for row in (*CALENDARS, *seasons))
    assert all(day.source for calendar in CALENDARS for day in calendar.special_days)
    assert all(city_name(season.city) == season.city for season in seasons)


@pytest.mark.parametrize("written", ["15 Nov", "13-01", "02-29", "11-1"])
def test_a_season_with_no_such_day_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="month and day"):
        Season(kind=SeasonKind.HEATING, first=written, last="03-15", source="test")
