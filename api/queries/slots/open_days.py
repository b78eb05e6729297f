"""Days ready for questions: each territory's coming days in memory, as the database has them at that moment.

PostgreSQL is the truth. A day's stamp (`api/db/day_versions.py`) tells whether what is here still stands; what has
changed since is read and followed, and a day that can't be followed is opened anew.
"""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from api import clock
from api.db.day_versions import Stamp, stamps
from api.db.engine import Database
from api.queries.day_problem import Point
from api.queries.slots.booked_day import booked, booked_jobs, empty_day, held
from api.queries.slots.drives import TerritoryDrives
from api.queries.slots.filled_day import FilledDay
from domain.places import Territory
from scheduler.slots import PlanDoesNotFit


class OpenDays:
    """One a process. A day that it gives is right until the next await of whoever has asked."""

    def __init__(self, database: Database, osrm_url: str | None) -> None:
        self._database = database
        self._drives = TerritoryDrives(database, osrm_url)
        self._kept: dict[tuple[UUID, date], FilledDay] = {}
        self._one_at_a_time: defaultdict[tuple[UUID, date], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ready(self, territory: Territory, days: Sequence[date], place: Point) -> list[FilledDay]:
        """Each with `place` among its own."""
        stands = await self._stamps(territory, days)
        for day in days:
            filled = self._kept.get((territory.id, day))
            if filled is None or filled.stamp != stands[day] or place not in filled.index:
                await self._bring_up(territory, day, place)
        moment = clock.now()
        ready = [self._kept[territory.id, day] for day in days]
        for filled in ready:
            filled.forget_expired(moment)
        return ready

    async def _stamps(self, territory: Territory, days: Sequence[date]) -> dict[date, Stamp]:
        async with self._database.look() as connection:
            return await stamps(connection, territory.id, days)

    async def _bring_up(self, territory: Territory, day: date, place: Point) -> None:
        key = (territory.id, day)
        async with self._one_at_a_time[key]:
            stamp = (await self._stamps(territory, [day]))[day]  # somebody else may have brought it up meanwhile
            filled = self._kept.get(key)
            if filled is not None and place in filled.index and filled.stamp[1] == stamp[1]:
                try:
                    if filled.stamp == stamp:
                        return
                    await self._follow(filled, territory, stamp)
                    return
                except PlanDoesNotFit:
                    pass
            self._kept[key] = await self._opened(territory, day, stamp, place)
            gc.freeze()  # so many objects that stay: to look through them again and again would cost 50 ms each time
            self._forget_before(clock.now().date() - timedelta(days=1))

    async def _opened(self, territory: Territory, day: date, stamp: Stamp, place: Point) -> FilledDay:
        async with self._database.read() as session:
            jobs = await booked_jobs(session, territory.id, day)
            empty = await empty_day(session, territory, day)
        homes = [(technician.latitude, technician.longitude) for technician, _ in empty.duties]
        drives = await self._drives.between(territory.id, [place, *homes, *(one.place for one in jobs)])
        filled = await asyncio.to_thread(FilledDay, empty, drives, jobs)
        await self._follow(filled, territory, stamp)
        return filled

    async def _follow(self, filled: FilledDay, territory: Territory, stamp: Stamp) -> None:
        """What is read may be newer than the stamp, never older: then the next question reads it once more."""
        day = filled.day.day
        async with self._database.read() as session:
            routes = await booked(session, territory.id, day)
            holds = await held(session, territory.id, day, clock.now())
            unknown = filled.unknown(routes)
            jobs = await booked_jobs(session, territory.id, day, unknown) if unknown else []
        filled.follow(routes, jobs, holds)
        filled.stamp = stamp

    def _forget_before(self, today: date) -> None:
        for key in [key for key in self._kept if key[1] < today]:
            del self._kept[key]
            self._one_at_a_time.pop(key, None)
