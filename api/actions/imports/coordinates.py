"""Places on the map as a file writes them, brought to WGS-84."""

from collections.abc import Callable
from enum import StrEnum

from api.actions.imports.cells import number
from api.actions.imports.columns import BadValues, Column, Values
from api.adapters.geocoders import LatLon, from_bd09, from_gcj02


class System(StrEnum):
    """Chinese maps are shifted by law (GCJ-02: AMap, Tencent), Baidu's once more (BD-09)."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


TO_WGS84: dict[System, Callable[[LatLon], LatLon]] = {
    System.WGS84: lambda place: place,
    System.GCJ02: from_gcj02,
    System.BD09: from_bd09,
}

LATITUDE = Column("纬度", number(-90, 90), "degrees")
LONGITUDE = Column("经度", number(-180, 180), "degrees")


def place_of(values: Values, system: System) -> LatLon | None:
    """None where neither coordinate is given. Raises BadValues for half a place, and for 0, 0 in the open sea."""
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        missing, given = ("latitude", "longitude") if latitude is None else ("longitude", "latitude")
        raise BadValues({missing: f"is empty, though the {given} is given"})
    if latitude == longitude == 0:
        raise BadValues({"latitude": "0, 0 lies in the open sea; leave both empty if the place is not known"})
    return TO_WGS84[system]((latitude, longitude))
