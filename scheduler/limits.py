"""The largest problem that is accepted, and the bounded numbers and names a problem is made of.

The bounds are wide enough for any working week of any city, and narrow enough that no sum the planner can
form leaves a signed 64-bit integer: the dearest, 11,000 drives of 10^8 m at 10^6 each, is 1.1 × 10^18.
"""

from typing import Annotated

from msgspec import Meta

MAX_FILE_BYTES = 256 * 2**20
MAX_JOBS = 10_000
MAX_TECHNICIANS = 1_000
MAX_LOCATIONS = 12_000
MAX_RELATIONS = 5_000
MAX_RELATED_JOBS = 100
MAX_WINDOWS = 50  # per job
MAX_BREAKS = 3  # per technician; exact timing tries every set of breaks still to be taken
MAX_TRAVEL_CELLS = 150_000_000  # locations² × distinct speeds: 600 MB

MAX_SECONDS = 10_000_000  # about 115 days, from the start of the problem's clock
MAX_METRES = 100_000_000
MAX_UNSERVED_COST = 10**12
MAX_WEIGHT = 10**6
MAX_LOAD = 10**9

_NO_CONTROL_CHARACTERS = "^[^\x00-\x1f\x7f-\x9f]*$"

Text = Annotated[str, Meta(max_length=200, pattern=_NO_CONTROL_CHARACTERS)]
Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=_NO_CONTROL_CHARACTERS)]
Seconds = Annotated[int, Meta(ge=0, le=MAX_SECONDS)]
Metres = Annotated[int, Meta(ge=0, le=MAX_METRES)]
Index = Annotated[int, Meta(ge=0, le=MAX_LOCATIONS - 1)]
Position = Annotated[int, Meta(ge=0, le=MAX_JOBS - 1)]
Weight = Annotated[int, Meta(ge=0, le=MAX_WEIGHT)]
UnservedCost = Annotated[int, Meta(ge=0, le=MAX_UNSERVED_COST)]
Load = Annotated[int, Meta(ge=0, le=MAX_LOAD)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Speed = Annotated[float, Meta(ge=0.1, le=10)]
