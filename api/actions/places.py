"""An address gets its place on the map."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.adapters.geocoders import Geocoder
from api.adapters.geocoding import Location, locate
from domain.places import Building, Community


async def locate_building(session: AsyncSession, building_id: UUID, geocoder: Geocoder | None) -> None:
    """Asks the geocoder, and keeps the reason where it doesn't know. What has a place keeps it."""
    building = await session.get(
        Building,
        building_id,
        options=[joinedload(Building.community).joinedload(Community.territory)],
        with_for_update={"of": Building, "key_share": True},  # new homes at that address needn't wait for the answer
    )
    if building is None or not building.needs_location:
        return
    found = await locate(building.address, building.community.territory.city, session=session, geocoder=geocoder)
    if isinstance(found, Location):
        building.latitude, building.longitude, building.location_note = found.lat, found.lon, ""
    else:
        building.location_note = found.reason
