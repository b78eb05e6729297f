"""Repairs of a running day: asked for, looked at, decided line by line."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta, Struct

from api.actions import repairs
from api.actions.upsets import Upset
from api.problems import ERRORS
from api.queries import repairs as shown
from api.routes.chosen_time import rules
from api.routes.given import Asked, GivenDatabase, GivenSettings

Jobs = Annotated[list[str], Meta(max_length=1000)]


class Decision(Struct, forbid_unknown_fields=True):
    """Job ids of lines. An accepted line takes along what it needs, a rejected one what needs it."""

    accept: Jobs = []
    reject: Jobs = []


@get("/api/v1/days/{territory_id:uuid}/{day:date}/repairs", name="list_repairs", responses=ERRORS)
async def list_repairs(
    request: Asked, database: GivenDatabase, territory_id: FromPath[UUID], day: FromPath[date]
) -> list[shown.RepairView]:
    async with database.read() as session:
        return await shown.list_repairs(session, request.user, territory_id, day)


@post(
    "/api/v1/days/{territory_id:uuid}/{day:date}/repairs",
    name="propose_repair",
    status_code=HTTP_201_CREATED,
    responses=ERRORS,
)
async def propose_repair(
    data: JSONBody[Upset],
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    territory_id: FromPath[UUID],
    day: FromPath[date],
) -> shown.RepairView:
    """Somebody is ill, a visit overruns, nobody opened, a pipe bursts: what to do, and its price. Changes nothing."""
    osrm_url = settings.osrm_url or None
    return shown.view(await database.write(repairs.propose, territory_id, day, data, request.user, osrm_url=osrm_url))


@post("/api/v1/repairs/{repair_id:uuid}/decide", name="decide_repair", status_code=HTTP_200_OK, responses=ERRORS)
async def decide_repair(
    data: JSONBody[Decision],
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    repair_id: FromPath[UUID],
) -> shown.RepairView:
    """The first decision makes the event a fact. 409 `plan_stale` when the day has changed since the proposal."""
    osrm_url = settings.osrm_url or None
    notice = rules(settings).notice
    return shown.view(
        await database.write(
            repairs.decide, repair_id, data.accept, data.reject, request.user, notice, osrm_url=osrm_url
        )
    )


routes = [list_repairs, propose_repair, decide_repair]
