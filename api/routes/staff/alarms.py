"""Alarms out of hours and the roster of those who are told of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import alarms as actions
from api.problems import ERRORS
from api.queries import alarms as queries
from api.routes.given import Asked, GivenDatabase

Moment = Annotated[datetime, Meta(tz=True)]


class NewTurn(Struct, forbid_unknown_fields=True):
    """From `starts` until before `ends`; position 1 is told first. `reach_at`: as the carrier of notices takes it."""

    territory_id: UUID
    username: Annotated[str, Meta(min_length=1, max_length=100)]
    reach_at: Annotated[str, Meta(min_length=1, max_length=200)]
    position: Annotated[int, Meta(ge=1, le=20)]
    starts: Moment
    ends: Moment


class Added(Struct):
    id: UUID


@get("/api/v1/alarms", name="list_alarms", responses=ERRORS)
async def list_alarms(request: Asked, database: GivenDatabase) -> list[queries.AlarmView]:
    async with database.read() as session:
        return await queries.list_alarms(session, request.user)


@post("/api/v1/alarms/{alarm_id:uuid}/accept", name="accept_alarm", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def accept_alarm(request: Asked, database: GivenDatabase, alarm_id: FromPath[UUID]) -> None:
    """It rings no more, and everybody else who accepts it is told 409."""
    await database.write(actions.accept, alarm_id, request.user)


@get("/api/v1/on-call", name="list_turns", responses=ERRORS)
async def list_turns(request: Asked, database: GivenDatabase) -> list[queries.TurnView]:
    async with database.read() as session:
        return await queries.list_turns(session, request.user)


@post("/api/v1/on-call", name="add_turn", status_code=HTTP_201_CREATED, responses=ERRORS)
async def add_turn(request: Asked, database: GivenDatabase, data: JSONBody[NewTurn]) -> Added:
    turn = await database.write(
        actions.add_turn,
        data.territory_id,
        data.username,
        data.reach_at,
        data.position,
        data.starts,
        data.ends,
        request.user,
    )
    return Added(turn.id)


@post("/api/v1/on-call/{turn_id:uuid}/drop", name="drop_turn", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def drop_turn(request: Asked, database: GivenDatabase, turn_id: FromPath[UUID]) -> None:
    await database.write(actions.drop_turn, turn_id, request.user)


routes = [list_alarms, accept_alarm, list_turns, add_turn, drop_turn]
