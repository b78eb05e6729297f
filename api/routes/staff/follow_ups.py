"""Calls after a repair: what is due, what the owner said, and that it rained."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api import clock
from api.actions import follow_ups as actions
from api.problems import ERRORS
from api.queries import follow_ups as queries
from api.routes.given import Asked, GivenDatabase
from domain.follow_ups import Outcome


class Called(Struct, forbid_unknown_fields=True):
    outcome: Outcome
    note: Annotated[str, Meta(max_length=2000, pattern="^[^\u0000]*$")] = ""


class RainToMark(Struct, forbid_unknown_fields=True):
    day: date


class RainMarked(Struct):
    """`calls` are those that are due on the day after, or that wait for rain again."""

    calls: int


@get("/api/v1/follow-ups", name="list_follow_ups", responses=ERRORS)
async def list_follow_ups(request: Asked, database: GivenDatabase) -> queries.CallsDue:
    """Numbers are whole here, for whoever calls. Calls after bad ratings are a manager's."""
    async with database.read() as session:
        return await queries.calls_due(session, request.user, clock.now())


@post(
    "/api/v1/follow-ups/{follow_up_id:uuid}/outcome",
    name="settle_follow_up",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def settle_follow_up(
    request: Asked, database: GivenDatabase, follow_up_id: FromPath[UUID], data: JSONBody[Called]
) -> None:
    """Come back, the ticket opens again; not reached, the call is due again tomorrow, three times in all."""
    await database.write(actions.settle, follow_up_id, data.outcome, data.note, request.user)


@post(
    "/api/v1/territories/{territory_id:uuid}/rainy-days",
    name="mark_rainy_day",
    status_code=HTTP_200_OK,
    responses=ERRORS,
)
async def mark_rainy_day(
    request: Asked, database: GivenDatabase, territory_id: FromPath[UUID], data: JSONBody[RainToMark]
) -> RainMarked:
    """Leaks that were repaired before that day are called about on the next."""
    return RainMarked(await database.write(actions.mark_rainy, territory_id, data.day, request.user))


@post(
    "/api/v1/territories/{territory_id:uuid}/rainy-days/{day:date}/unmark",
    name="unmark_rainy_day",
    status_code=HTTP_200_OK,
    responses=ERRORS,
)
async def unmark_rainy_day(
    request: Asked, database: GivenDatabase, territory_id: FromPath[UUID], day: FromPath[date]
) -> RainMarked:
    """Marked by mistake: who has not been asked about it yet waits for rain again; `calls` are those."""
    return RainMarked(await database.write(actions.unmark_rainy, territory_id, day, request.user))


routes = [list_follow_ups, settle_follow_up, mark_rainy_day, unmark_rainy_day]
