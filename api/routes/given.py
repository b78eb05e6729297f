"""What routes are given: the request of somebody who may be signed in, and what the app holds for all of them."""

from datetime import datetime
from typing import Annotated

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta
from redis.asyncio import Redis

from api.actions.delivery import Courier
from api.adapters.limits import Limits
from api.adapters.photos.folder import PhotoFolder
from api.auth import OpenedHome, OpenedLink, Person
from api.db.engine import Database
from api.listeners import Listeners
from api.queries.slots.open_days import OpenDays
from api.queries.standing_days import StandingDays
from api.settings import Settings

Asked = Request[Person, None, State]
AskedByPhone = Request[Person, int, State]
"""With the newest number in that phone's feed."""
AskedByOwner = Request[Person, OpenedLink, State]
AskedByResident = Request[Person, OpenedHome, State]
GivenDatabase = NamedDependency[Database]
GivenRedis = NamedDependency[Redis]
GivenLimits = NamedDependency[Limits]
GivenCourier = NamedDependency[Courier]
GivenPhotos = NamedDependency[PhotoFolder]
GivenListeners = NamedDependency[Listeners]
GivenStandingDays = NamedDependency[StandingDays]
GivenSettings = NamedDependency[Settings]
GivenOpenDays = NamedDependency[OpenDays]
Aware = Annotated[datetime, Meta(tz=True)]
"""A moment that says its zone."""
MailAddress = Annotated[str, Meta(max_length=254, pattern=r"^([^@\s<>,;:]+@[^@\s<>,;:]+)?$")]
"""Or none."""
AtMost = Annotated[int, QueryParameter(ge=1, le=500)]
"""How many rows one answer may hold."""
