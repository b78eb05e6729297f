"""Travel times for planning: by road where a road server answers, else estimated, and said so."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.osrm import Osrm
from api.db.road_times import NO_ROAD, UNKNOWN, RoadTable, recall, remember
from scheduler.travel import WORKDAY, GreatCircle, Matrix, Point

GREAT_CIRCLE, OSRM = "great_circle", "osrm"


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Seconds and metres between places, row = from, column = to, and where they come from.

    `provider` is "osrm", or "great_circle" when no drive is by road. `warnings` are sentences for the
    dispatcher: one for each reason why some times are only estimates.
    """

    durations: Matrix
    distances: Matrix
    provider: str
    warnings: list[str] = field(default_factory=list)


async def travel_matrix(
    points: Sequence[Point],
    *,
    session: AsyncSession,
    osrm_url: str | None,
    departure_s: int | None = None,
) -> TravelMatrix:
    """Travel times between `points` (latitude, longitude; WGS-84) for trips that leave at `departure_s`.

    `departure_s` counts from local midnight. A road network knows no rush hour: its times count as the
    working day's mean and are scaled by the same shares of the hour as the estimate.

    Nothing that a road server does raises: its drives become estimates with a warning. ValueError names a
    point that is not on the earth. The session is written to (the cache) but not committed.
    """
    # In a thread: 2,000 places take a third of a second that the event loop must not wait for.
    durations, distances = await asyncio.to_thread(GreatCircle(speed_kmh=WORKDAY).matrix, points, departure_s)
    if osrm_url is None:
        warning = "Travel times are estimates: no road network is set (DOORSTEP_OSRM_URL)."
        return TravelMatrix(durations, distances, GREAT_CIRCLE, [warning])

    whole = np.round(np.array(points, dtype=np.float64).reshape(-1, 2) * 1e5).astype(np.int64)
    places, place_of = np.unique(whole, axis=0, return_inverse=True)
    table, failure = await _by_road(places, session, osrm_url)
    every_pair = np.ix_(place_of.ravel(), place_of.ravel())
    road_s, road_m = table.durations[every_pair], table.distances[every_pair]

    by_road = road_s >= 0
    hour = WORKDAY.kmh / WORKDAY.at(departure_s)
    np.copyto(durations, np.ceil(road_s * hour).astype(np.int64), where=by_road)
    np.copyto(distances, road_m, where=by_road)
    warnings = []
    if failure:
        estimates = f"{int((road_s == UNKNOWN).sum()):,} of {road_s.size:,} travel times are estimates"
        warnings.append(f"{estimates}: the road server failed ({failure}).")
    if no_road := int((road_s == NO_ROAD).sum()):
        estimates = f"{no_road:,} of {road_s.size:,} travel times are estimates"
        warnings.append(f"{estimates}: the road network has no way there.")
    nothing_by_road = len(places) > 1 and int((table.durations >= 0).sum()) == len(places)
    return TravelMatrix(durations, distances, GREAT_CIRCLE if nothing_by_road else OSRM, warnings)


async def _by_road(places: NDArray[np.int64], session: AsyncSession, osrm_url: str) -> tuple[RoadTable, str | None]:
    async with Osrm(osrm_url) as osrm:
        table = await recall(session, osrm.network, places)
        was_unknown = table.durations == UNKNOWN
        if not was_unknown.any():
            return table, None
        failure = await osrm.fill(table)
        if osrm.data_version is not None and table.data_version not in (None, osrm.data_version):
            # The server has a new map: times of the old one must not be mixed with its own.
            table = RoadTable.between(places)
            was_unknown = table.durations == UNKNOWN
            failure = await osrm.fill(table)
        table.data_version = osrm.data_version
        await remember(session, osrm.network, table, was_unknown)
        return table, failure
