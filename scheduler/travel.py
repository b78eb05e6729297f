"""Travel times between places: the protocol the planner asks, and the estimate that needs no road network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int32]
Point = tuple[float, float]  # (latitude, longitude), WGS-84 degrees

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS-84 ellipsoid (IUGG)
HOURS = 24
_BLOCK_ROWS = 128  # keeps the float64 temporaries of 2,000 columns (2 MB each) within the processor's cache

# Speed by local hour, as a share of the mean between 08:00 and 18:00 (those ten shares average to 1).
# An assumption, drawn to fit published figures: rush hour takes 1.6 to 1.9 times as long as an empty road,
# and 18:00 is the worst hour (AMap, Traffic Analysis Reports of China's Major Cities, 2016 and Q3 2020).
# Replace it with the city's own figures: SpeedProfile(kmh, by_hour=…).
WORKDAY_BY_HOUR = (
    *(1.50, 1.50, 1.50, 1.50, 1.50, 1.40),
    *(1.20, 0.90, 0.85, 0.95, 1.05, 1.05),
    *(1.10, 1.10, 1.05, 1.05, 0.95, 0.85),
    *(0.80, 0.90, 1.10, 1.20, 1.30, 1.40),
)


class TravelTimes(Protocol):
    """Anything that knows how long the drive between any two of some places takes."""

    def matrix(self, points: Sequence[Point], departure_s: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), row = from, column = to; not symmetric where roads are one-way.

        `departure_s` counts from local midnight; None asks for the mean over the working day.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """Mean driving speed of the working day, and the share of it driven in each local hour of the day."""

    kmh: float
    by_hour: tuple[float, ...] = WORKDAY_BY_HOUR

    def __post_init__(self) -> None:
        if not 0 < self.kmh < float("inf"):
            raise ValueError(f"speed must be a number of km/h above 0, not {self.kmh}")
        if len(self.by_hour) != HOURS:
            raise ValueError(f"a speed profile has {HOURS} shares, one an hour, not {len(self.by_hour)}")
        for hour, share in enumerate(self.by_hour):
            if not 0 < share < float("inf"):
                raise ValueError(f"the speed share of hour {hour} must be above 0, not {share}")

    def at(self, departure_s: int | None) -> float:
        """Km/h for a trip that leaves `departure_s` seconds after local midnight; every day is alike."""
        if departure_s is None:
            return self.kmh
        return self.kmh * self.by_hour[departure_s // 3600 % HOURS]


WORKDAY = SpeedProfile(25.0)


class GreatCircle:
    """The straight line over the earth, lengthened by a detour factor and driven at a city's speed.

    `detour` 1.35: road ÷ straight line is 1.343 on average over 300 European cities (Environment and
    Planning B, 2023, doi:10.1177/23998083231168870). `speed_kmh` 25: rush hour in large Chinese cities is
    driven at 23 to 28 km/h (AMap, as above), and parking and gates cost the rest of the day its advantage.
    A plain number is driven at every hour; a `SpeedProfile` varies with the hour of departure.

    Seconds and metres are rounded up: nobody is promised too early, and a detour through a third place
    never becomes shorter than the direct way.
    """

    def __init__(self, detour: float = 1.35, speed_kmh: SpeedProfile | float = 25.0) -> None:
        if not 1 <= detour < float("inf"):
            raise ValueError(f"a road is never shorter than the straight line: detour must be 1 or more, not {detour}")
        self.detour = detour
        self.speed = (
            speed_kmh if isinstance(speed_kmh, SpeedProfile) else SpeedProfile(speed_kmh, by_hour=(1.0,) * HOURS)
        )

    def matrix(self, points: Sequence[Point], departure_s: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), symmetric, 0 between places at the same coordinates.

        ValueError names the first point that is not a pair of numbers within ±90 and ±180 degrees.
        """
        lat, lon = np.radians(checked_points(points)).T
        metres_per_s = self.speed.at(departure_s) / 3.6
        durations = np.empty((lat.size, lat.size), dtype=np.int32)
        distances = np.empty_like(durations)
        for start in range(0, lat.size, _BLOCK_ROWS):
            rows = slice(start, start + _BLOCK_ROWS)
            # Haversine: unlike the law of cosines, it is exact for neighbours a few metres apart.
            h = np.sin((lat[rows, None] - lat) / 2) ** 2
            h += np.cos(lat[rows, None]) * np.cos(lat) * np.sin((lon[rows, None] - lon) / 2) ** 2
            metres = np.arcsin(np.sqrt(np.minimum(h, 1.0)))
            metres *= 2 * EARTH_RADIUS_M * self.detour
            durations[rows] = np.ceil(metres / metres_per_s)
            distances[rows] = np.ceil(metres)
        return durations, distances


def checked_points(points: Sequence[Point]) -> NDArray[np.float64]:
    """The points as an array of shape (n, 2); ValueError names the first that can't be on the earth."""
    for index, point in enumerate(points):
        try:
            lat, lon = point
            on_earth = -90 <= lat <= 90 and -180 <= lon <= 180  # False for NaN
        except (TypeError, ValueError):
            on_earth = False
        if not on_earth:
            raise ValueError(f"points[{index}] is not (latitude, longitude) in degrees: {point!r}")
    return np.array(points, dtype=np.float64).reshape(-1, 2)
