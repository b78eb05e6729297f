"""A territory's communities, buildings and homes by name: 20,000 rows find their homes without 60,000 queries."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from api.adapters.sheets.names import key
from api.db.outbox import emit
from domain.places import Building, Community, Home, Territory

Path = tuple[str, ...]
"""Keys of territory, community, address and unit, as far as it goes."""


class Places:
    """Of the communities that a file names. What is made here is added to the session and written when it flushes."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.community_ids: list[UUID] = []
        """Those that were known before."""
        self.communities: dict[Path, Community] = {}
        self.buildings: dict[Path, Building] = {}
        self.homes: dict[Path, Home] = {}

    @classmethod
    async def load(cls, session: AsyncSession, communities: Iterable[str]) -> "Places":
        """All of the communities of those names. What differs only in case or width is the same place."""
        self = cls(session)
        wanted = set(map(key, communities))
        paths: dict[UUID, Path] = {}
        query = select(Community, Territory).join(Community.territory).order_by(Community.id)
        for community, territory in await session.execute(query):
            if key(community.name) in wanted:
                paths[community.id] = (key(territory.name), key(community.name))
                self.communities.setdefault(paths[community.id], community)
        buildings: dict[UUID, tuple[Building, Path]] = {}
        self.community_ids = list(paths)
        of_these = Building.community_id.in_(self.community_ids)
        for building in await session.scalars(select(Building).where(of_these).order_by(Building.id)):
            path = (*paths[building.community_id], key(building.address))
            self.buildings.setdefault(path, building)
            buildings[building.id] = building, path
        for home in await session.scalars(select(Home).join(Home.building).where(of_these).order_by(Home.id)):
            building, path = buildings[home.building_id]
            set_committed_value(home, "building", building)  # known, so that nothing is loaded later
            self.homes.setdefault((*path, key(home.unit)), home)
        return self

    def home(self, territory: Territory, community: str, address: str, unit: str) -> tuple[Home, bool]:
        """And whether it is new."""
        path = path_of(territory, community, address, unit)
        if path in self.homes:
            return self.homes[path], False
        if path[:2] not in self.communities:
            self.communities[path[:2]] = Community(territory=territory, name=community)
            self.session.add(self.communities[path[:2]])
        if path[:3] not in self.buildings:
            self.buildings[path[:3]] = Building(community=self.communities[path[:2]], address=address, postcode="")
            self.session.add(self.buildings[path[:3]])
        self.homes[path] = Home(building=self.buildings[path[:3]], unit=unit, access_notes="")
        self.session.add(self.homes[path])
        return self.homes[path], True


def path_of(territory: Territory, community: str, address: str, unit: str) -> Path:
    return (key(territory.name), key(community), key(address), key(unit))


async def ask_where(session: AsyncSession, buildings: Iterable[Building]) -> list[UUID]:
    """Those of the written `buildings` that need a location: the worker looks them up, if a geocoder is set."""
    ids = [building.id for building in buildings if building.needs_location]
    for building_id in ids:
        await emit(session, "building.unlocated", building_id)
    return ids
