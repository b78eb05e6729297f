"""What routes are given: the request of somebody who may be signed in, and what the app holds for all of them."""

from typing import Annotated

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from redis.asyncio import Redis

from api.adapters.limits import Limits
from api.auth import Person
from api.db.engine import Database
from api.settings import Settings

Asked = Request[Person, None, State]
AskedByPhone = Request[Person, int, State]
"""With the newest number in that phone's feed."""
GivenDatabase = NamedDependency[Database]
GivenRedis = NamedDependency[Redis]
GivenLimits = NamedDependency[Limits]
GivenSettings = NamedDependency[Settings]
AtMost = Annotated[int, QueryParameter(ge=1, le=500)]
"""How many rows one answer may hold."""
