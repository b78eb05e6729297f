import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.travel import HOURS, WORKDAY, WORKDAY_BY_HOUR, GreatCircle, SpeedProfile, TravelTimes

BEIJING, SHANGHAI = (39.9042, 116.4074), (31.2304, 121.4737)
LONDON, NEW_YORK = (51.5074, -0.1278), (40.7128, -74.0060)

places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
city = st.tuples(st.floats(31.0, 31.5), st.floats(121.2, 121.8))


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [(BEIJING, SHANGHAI, 1067.3), (LONDON, NEW_YORK, 5570.2), ((0.0, 179.5), (0.0, -179.5), 111.195)],
)
def test_the_straight_line_is_the_one_on_the_globe(start, end, km):
    _, metres = GreatCircle(detour=1).matrix([start, end])
    assert metres[0, 1] / 1000 == pytest.approx(km, rel=2e-4)


def test_neighbours_a_metre_apart_are_told_apart():
    _, metres = GreatCircle(detour=1).matrix([(31.0, 121.0), (31.00001, 121.0)])
    assert metres[0, 1] == math.ceil(1.112)


def test_a_detour_lengthens_the_way_and_a_speed_shortens_the_time():
    points = [(31.0, 121.0), (31.1, 121.1)]
    _, straight = GreatCircle(detour=1).matrix(points)
    seconds, metres = GreatCircle(detour=1.5, speed_kmh=36.0).matrix(points)
    assert metres[0, 1] == pytest.approx(1.5 * straight[0, 1], abs=2)
    assert seconds[0, 1] == math.ceil(metres[0, 1] / 10)


@given(st.lists(places, max_size=12))
def test_a_matrix_is_whole_symmetric_and_zero_only_where_nobody_moves(points):
    for matrix in GreatCircle().matrix(points):
        assert matrix.dtype == np.int32
        assert matrix.shape == (len(points), len(points))
        assert (matrix >= 0).all()
        assert (matrix == matrix.T).all()
        assert (np.diag(matrix) == 0).all()


@given(city, city, city)
def test_a_way_through_a_third_place_is_never_shorter(a, b, c):
    for matrix in GreatCircle().matrix([a, b, c]):
        assert matrix[0, 1] + matrix[1, 2] >= matrix[0, 2]


@given(city)
def test_the_same_coordinates_are_no_drive_apart(point):
    seconds, metres = GreatCircle().matrix([point, (31.2, 121.5), point])
    assert seconds[0, 2] == metres[0, 2] == 0


def test_more_places_than_a_block_give_the_same_as_two():
    points = [(31 + i / 1000, 121 + i % 7 / 100) for i in range(300)]
    seconds, metres = GreatCircle().matrix(points)
    for i, j in ((0, 299), (127, 128), (290, 3)):
        pair_s, pair_m = GreatCircle().matrix([points[i], points[j]])
        assert (seconds[i, j], metres[i, j]) == (pair_s[0, 1], pair_m[0, 1])


def test_no_places_make_an_empty_matrix():
    seconds, metres = GreatCircle().matrix([])
    assert seconds.shape == metres.shape == (0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        (91.0, 0.0),
        (0.0, -180.5),
        (math.nan, 0.0),
        (0.0, math.inf),
        (1.0,),
        (1.0, 2.0, 3.0),
        ("a", "b"),
        None,
        7,
    ],
)
def test_a_point_that_is_not_on_the_earth_is_named_by_its_index(bad):
    with pytest.raises(ValueError, match=r"points\[2\] is not \(latitude, longitude\)"):
        GreatCircle().matrix([(31.0, 121.0), (31.1, 121.1), bad])


def test_rush_hour_takes_longer_than_the_night_and_the_mean_lies_between():
    points = [(31.0, 121.0), (31.2, 121.3)]
    travel = GreatCircle(speed_kmh=WORKDAY)
    night, mean, evening = (
        int(travel.matrix(points, departure_s)[0][0, 1]) for departure_s in (3 * 3600, None, 18 * 3600)
    )
    assert night < mean < evening
    # Published rush-hour delays against an empty road: 1.6 to 1.9.
    assert 1.6 <= evening / night <= 1.9


def test_the_hour_changes_the_time_but_not_the_way():
    points = [(31.0, 121.0), (31.2, 121.3)]
    travel = GreatCircle(speed_kmh=WORKDAY)
    assert (travel.matrix(points, 3 * 3600)[1] == travel.matrix(points, 18 * 3600)[1]).all()


@given(st.integers(0, 3 * 86_400))
def test_every_day_is_alike(departure_s):
    assert WORKDAY.at(departure_s) == WORKDAY.at(departure_s + 86_400)


def test_a_plain_speed_is_driven_at_every_hour():
    points = [(31.0, 121.0), (31.2, 121.3)]
    hours = {int(GreatCircle().matrix(points, hour * 3600)[0][0, 1]) for hour in range(HOURS)}
    assert hours == {int(GreatCircle().matrix(points)[0][0, 1])}


def test_the_shares_of_the_working_day_average_to_its_mean():
    assert sum(WORKDAY_BY_HOUR[8:18]) / 10 == pytest.approx(1)
    assert min(range(HOURS), key=lambda hour: WORKDAY_BY_HOUR[hour]) == 18


@pytest.mark.parametrize("kmh", [0, -5, math.nan, math.inf])
def test_a_speed_that_goes_nowhere_is_refused(kmh):
    with pytest.raises(ValueError, match="speed"):
        SpeedProfile(kmh)
    with pytest.raises(ValueError, match="speed"):
        GreatCircle(speed_kmh=kmh)


def test_a_profile_with_a_missing_or_standing_hour_is_refused():
    with pytest.raises(ValueError, match="24 shares"):
        SpeedProfile(25, by_hour=(1.0,) * 23)
    with pytest.raises(ValueError, match="hour 5 "):
        SpeedProfile(25, by_hour=(*(1.0,) * 5, 0.0, *(1.0,) * 18))


@pytest.mark.parametrize("detour", [0.9, math.nan, math.inf])
def test_a_road_shorter_than_the_straight_line_is_refused(detour):
    with pytest.raises(ValueError, match="detour"):
        GreatCircle(detour=detour)


def test_the_great_circle_keeps_the_protocol():
    travel: TravelTimes = GreatCircle()
    assert travel.matrix([BEIJING], departure_s=0)[0].tolist() == [[0]]
