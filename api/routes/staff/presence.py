"""Who else has a day open. A page says what it looks at and hears who else is there; changes come as `here` events."""

from datetime import date
from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from api.adapters.presence import Here, Said, say
from api.problems import ERRORS
from api.routes.given import Asked, GivenRedis
from domain.errors import NotFound


class Saying(Struct, forbid_unknown_fields=True):
    """`page` is the page's own, made when it was opened. It `leaves` with its last word."""

    page: UUID
    job_id: UUID | None = None
    dragging: bool = False
    leaves: bool = False


@post("/api/v1/days/{territory_id:uuid}/{day:date}/here", name="say_here", status_code=HTTP_200_OK, responses=ERRORS)
async def say_here(
    data: JSONBody[Saying], request: Asked, redis: GivenRedis, territory_id: FromPath[UUID], day: FromPath[date]
) -> list[Here]:
    """Other people's pages on that day, by name. A page that says nothing for 25 seconds is gone."""
    by = request.user
    if not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    mine = Here(data.page, by.id, by.name, data.job_id, data.dragging)
    everybody = await say(redis, Said(territory_id, day, mine, data.leaves))
    return [one for one in everybody if one.person_id != by.id]


routes = [say_here]
