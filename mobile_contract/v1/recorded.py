"""What every operation holds, whatever its kind."""

from datetime import MAXYEAR, MINYEAR
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from mobile_contract.v1.wire import Instant, Request

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Recorded(Request, frozen=True, kw_only=True, tag_field="kind"):
    """`device_seq` counts this device's operations from 1 and orders them.

    `at` is the device's clock: evidence of when, never of what came first. The place is where the device
    believed it was (WGS-84, degrees), both or neither.
    """

    op_id: UUID
    device_seq: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    at: Instant
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    def __post_init__(self) -> None:
        if self.op_id.version != 7:
            raise ValueError("op_id must be a UUID of version 7")
        # A dead battery may bring back 1970, which is accepted; these years can't be converted to UTC.
        if self.at.year in (MINYEAR, MAXYEAR):
            raise ValueError("at must lie between the years 2 and 9998")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together or not at all")


class OnVisit(Recorded, frozen=True, kw_only=True):
    """All but a ping belong to one visit."""

    visit_id: UUID
