"""What the maps of the pages may stand on."""

from litestar import get

from api.map_tiles import MapTiles
from api.routes.given import GivenSettings


@get("/tiles.json", name="map_tiles", include_in_schema=False)
async def map_tiles(settings: GivenSettings) -> MapTiles | None:
    """Nothing that a map doesn't show anyway."""
    return settings.map_tiles()


routes = [map_tiles]
