"""Days as they stand, kept ready for questions: read again when anything on them has changed, or a minute has gone."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.auth import Person
from api.queries.running_day import Standing, standing, token_of
from domain.errors import NotFound
from domain.places import Territory
from scheduler.choices import Choices

MOST = 16
"""Days kept, the longest unused given up: one of 60 technicians and 480 jobs takes some 10 MB."""

STALE_S = 60.0
"""Time goes on also where nothing happens."""


@dataclass
class StandingDay:
    """Whoever asks `choices` holds the lock: it answers one question at a time."""

    stands: Standing
    choices: Choices
    made: float
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class StandingDays:
    """Of one process. What it keeps can be lost at any time and is never older than the token says."""

    def __init__(self, osrm_url: str | None) -> None:
        self._osrm_url = osrm_url
        self._days: OrderedDict[tuple[UUID, date], StandingDay] = OrderedDict()
        self._opening: dict[tuple[UUID, date], asyncio.Lock] = {}

    async def open(self, session: AsyncSession, by: Person, territory_id: UUID, day: date) -> StandingDay:
        """Raises NotFound unless this person may see the territory."""
        if not by.sees(territory_id):
            raise NotFound("There is no such territory.")
        token, key = await token_of(session, territory_id, day), (territory_id, day)
        if (known := self._fresh(key, token)) is not None:
            return known
        async with self._opening.setdefault(key, asyncio.Lock()):  # a crowd reads it once
            if (known := self._fresh(key, token)) is not None:
                return known
            territory = await session.get(Territory, territory_id)
            if territory is None:
                raise NotFound("There is no such territory.")
            stands = await standing(session, territory, day, self._osrm_url, clock.now())
            opened = StandingDay(stands, await asyncio.to_thread(Choices, stands.running), time.monotonic())
            self._days[key] = opened
            self._days.move_to_end(key)
            while len(self._days) > MOST:
                old, _ = self._days.popitem(last=False)
                self._opening.pop(old, None)
            return opened

    def _fresh(self, key: tuple[UUID, date], token: str) -> StandingDay | None:
        known = self._days.get(key)
        if known is None or known.stands.token != token or time.monotonic() - known.made > STALE_S:
            return None
        self._days.move_to_end(key)
        return known
