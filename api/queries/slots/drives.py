"""Drives between all the places of a territory, computed once for all its days."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from api.adapters.roads import TravelMatrix, travel_matrix
from api.db.engine import Database
from api.queries.day_problem import Point
from api.queries.slots.booked_day import known_places

MOST_BUILDINGS = 2_000
"""Of a territory, that are ready before anybody asks: their drives take 32 MB. Others are added when needed."""


@dataclass(frozen=True)
class Drives:
    """Row and column of `travel` by place."""

    index: dict[Point, int]
    travel: TravelMatrix


class TerritoryDrives:
    """Kept by territory; a place that is new is added with all that were there."""

    def __init__(self, database: Database, osrm_url: str | None) -> None:
        self._database, self._osrm_url = database, osrm_url
        self._kept: dict[UUID, Drives] = {}
        self._one_at_a_time = asyncio.Lock()

    async def between(self, territory_id: UUID, places: Iterable[Point]) -> Drives:
        needed = dict.fromkeys(places)
        async with self._one_at_a_time:
            kept = self._kept.get(territory_id)
            if kept is not None and needed.keys() <= kept.index.keys():
                return kept
            async with self._database.read() as session:
                known = await known_places(session, territory_id, MOST_BUILDINGS)
                points = list(dict.fromkeys([*(kept.index if kept else ()), *needed, *known]))
                travel = await travel_matrix(points, session=session, osrm_url=self._osrm_url)
            self._kept[territory_id] = Drives({point: at for at, point in enumerate(points)}, travel)
            return self._kept[territory_id]
