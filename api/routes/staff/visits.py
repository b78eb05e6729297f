"""The running day: how it stands, what a move would cost, and a dispatcher's own edits."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import visits
from api.actions.another_day import to_another_day
from api.problems import ERRORS
from api.queries import live_day, what_if
from api.queries.board_day import BoardDay, board_day
from api.queries.fixes import FoundFixes, fixes
from api.routes.chosen_time import rules
from api.routes.given import Asked, GivenDatabase, GivenSettings, GivenStandingDays
from domain.jobs import Visit

Words = Annotated[str, Meta(max_length=2000, pattern="^[^\u0000]*$")]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Question(Struct, forbid_unknown_fields=True):
    job_id: UUID


class Placing(Struct, forbid_unknown_fields=True):
    """To a technician, at `starts_at` or before the visit that has `position` others to come before it; neither: last.

    `version` is that of the visit that was seen; absent for a job that had none. `override` says why rules are broken.
    """

    day: date
    technician_id: UUID
    position: Annotated[int, Meta(ge=0, le=1000)] | None = None
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    version: Version | None = None
    override: Words = ""


class AnotherDay(Struct, forbid_unknown_fields=True):
    """Without a technician: the cheapest place on that day's plan that breaks no rule, or to wait for that day.

    `version` is that of the visit that was seen; absent for a job that had none. `override` says why a promise or rules
    are broken.
    """

    day: date
    technician_id: UUID | None = None
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    version: Version | None = None
    override: Words = ""


class Placed(Struct):
    visit_id: UUID
    version: int
    technician_id: UUID
    starts_at: datetime
    ends_at: datetime
    locked: bool


class MovedDay(Struct):
    """`placed` is the visit on that day; None: the job waits for it."""

    day: date
    placed: Placed | None


class Seen(Struct, forbid_unknown_fields=True):
    """`version` of the visit that was seen."""

    version: Version


class Cancellation(Seen, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=2000, pattern="^[^\u0000]*$")]


class Locking(Seen, forbid_unknown_fields=True):
    locked: bool


@get("/api/v1/days/{territory_id:uuid}/{day:date}/board", name="board_day", responses=ERRORS)
async def show_board(
    request: Asked,
    database: GivenDatabase,
    standing_days: GivenStandingDays,
    territory_id: FromPath[UUID],
    day: FromPath[date],
) -> BoardDay:
    """All that the board draws of a day: technicians, jobs with their places and clocks, visits, what waits and why."""
    async with database.read() as session:
        return await board_day(session, await standing_days.open(session, request.user, territory_id, day))


@get("/api/v1/days/{territory_id:uuid}/{day:date}", name="live_day", responses=ERRORS)
async def show_day(
    request: Asked,
    database: GivenDatabase,
    standing_days: GivenStandingDays,
    territory_id: FromPath[UUID],
    day: FromPath[date],
) -> live_day.LiveDay:
    """Planned against actual, and when what is still to come is expected now."""
    async with database.read() as session:
        opened = await standing_days.open(session, request.user, territory_id, day)
    return live_day.live_day(opened)


@post("/api/v1/days/{territory_id:uuid}/{day:date}/what-if", name="what_if", status_code=HTTP_200_OK, responses=ERRORS)
async def ask_what_if(
    data: JSONBody[Question],
    request: Asked,
    database: GivenDatabase,
    standing_days: GivenStandingDays,
    territory_id: FromPath[UUID],
    day: FromPath[date],
) -> what_if.WhatIf:
    """For one job and every technician on duty: allowed or why not, and what it would cost. Changes nothing."""
    async with database.read() as session:
        opened = await standing_days.open(session, request.user, territory_id, day)
    return await what_if.what_if(opened, data.job_id)


@post("/api/v1/days/{territory_id:uuid}/{day:date}/fixes", name="find_fixes", status_code=HTTP_200_OK, responses=ERRORS)
async def show_fixes(
    data: JSONBody[Question],
    request: Asked,
    database: GivenDatabase,
    standing_days: GivenStandingDays,
    territory_id: FromPath[UUID],
    day: FromPath[date],
) -> FoundFixes:
    """Ways to place a job that waits, each verified. Changes nothing."""
    async with database.read() as session:
        opened = await standing_days.open(session, request.user, territory_id, day)
    return await fixes(opened, data.job_id)


@post("/api/v1/jobs/{job_id:uuid}/place", name="place_visit", status_code=HTTP_200_OK, responses=ERRORS)
async def place_visit(
    data: JSONBody[Placing], request: Asked, database: GivenDatabase, settings: GivenSettings, job_id: FromPath[UUID]
) -> Placed:
    """Moves the job's visit, or gives it one. 409 `move_refused` says which rules it breaks, `changed_meanwhile` who
    was first."""
    there = visits.Place(data.day, data.technician_id, data.position, data.starts_at)
    visit = await database.write(
        visits.place,
        job_id,
        there,
        data.version,
        request.user,
        override=data.override,
        osrm_url=settings.osrm_url or None,
    )
    return placed(visit)


@post("/api/v1/jobs/{job_id:uuid}/another-day", name="move_day", status_code=HTTP_200_OK, responses=ERRORS)
async def move_day(
    data: JSONBody[AnotherDay], request: Asked, database: GivenDatabase, settings: GivenSettings, job_id: FromPath[UUID]
) -> MovedDay:
    """Off its day and onto another one's plan, or to wait for it, in one step. 409 `move_refused` where a time was
    promised for another day."""
    there = visits.Place(data.day, data.technician_id, None, data.starts_at) if data.technician_id else None
    visit = await database.write(
        to_another_day,
        job_id,
        data.day,
        data.version,
        request.user,
        rules(settings).notice,
        there=there,
        override=data.override,
        osrm_url=settings.osrm_url or None,
    )
    return MovedDay(data.day, placed(visit) if visit else None)


@post("/api/v1/jobs/{job_id:uuid}/unassign", name="unassign_visit", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def unassign_visit(
    data: JSONBody[Seen], request: Asked, database: GivenDatabase, settings: GivenSettings, job_id: FromPath[UUID]
) -> None:
    """The visit is taken back, and the job waits to be planned."""
    osrm_url = settings.osrm_url or None
    await database.write(visits.unassign, job_id, data.version, request.user, osrm_url=osrm_url)


@post("/api/v1/jobs/{job_id:uuid}/cancel", name="cancel_visit", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def cancel_visit(
    data: JSONBody[Cancellation],
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    job_id: FromPath[UUID],
) -> None:
    """The owner called it off: the visit and its job are cancelled."""
    osrm_url = settings.osrm_url or None
    notice = rules(settings).notice
    await database.write(
        visits.cancel, job_id, data.version, request.user, notice, reason=data.reason, osrm_url=osrm_url
    )


@post("/api/v1/jobs/{job_id:uuid}/lock", name="lock_visit", status_code=HTTP_200_OK, responses=ERRORS)
async def lock_visit(
    data: JSONBody[Locking], request: Asked, database: GivenDatabase, job_id: FromPath[UUID]
) -> Placed:
    """No plan and no repair moves a locked visit."""
    return placed(await database.write(visits.lock, job_id, data.version, request.user, locked=data.locked))


def placed(visit: Visit) -> Placed:
    return Placed(visit.id, visit.version, visit.technician_id, visit.starts, visit.ends, visit.locked)


routes = [
    show_board,
    show_day,
    ask_what_if,
    show_fixes,
    place_visit,
    move_day,
    unassign_visit,
    cancel_visit,
    lock_visit,
]
