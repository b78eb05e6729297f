"""Where a technician on shift is, for the board and the owner's "on the way"."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from mobile_contract.v1.recorded import Latitude, Longitude, Recorded


class Ping(Recorded, frozen=True, kw_only=True, tag="ping"):
    """The one operation that needs no visit. `accuracy_m` is the device's own estimate, in metres.

    Kept for a short time only (see the page on the contract), and not at all off shift.
    """

    visit_id: UUID | None = None
    latitude: Latitude
    longitude: Longitude
    accuracy_m: Annotated[int, Meta(ge=0, le=100_000)] | None = None
