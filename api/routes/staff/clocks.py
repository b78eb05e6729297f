"""Clocks in danger, the one that a word with the owner stops, and those that stand still because the owner agreed."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from api.actions import contact, pauses
from api.problems import ERRORS
from api.queries.jeopardy import Jeopardy
from api.queries.jeopardy import list_jeopardy as query
from api.queries.tickets import TicketDetail, show_ticket
from api.routes.given import Asked, AtMost, GivenDatabase
from domain.clock_pauses import pause_reasons
from domain.tickets import Channel


class NewPause(Struct, forbid_unknown_fields=True):
    """`agreed_by` is who said yes, such as the owner's name; `channel`, how."""

    reason: Annotated[str, Meta(min_length=1, max_length=64)]
    agreed_by: Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^\u0000]*$")]
    channel: Channel
    note: Annotated[str, Meta(max_length=2000, pattern="^[^\u0000]*$")] = ""


class PauseReason(Struct):
    code: str
    name_en: str
    name_zh: str


@get("/api/v1/jeopardy", name="list_jeopardy", responses=ERRORS)
async def list_jeopardy(request: Asked, database: GivenDatabase, limit: AtMost = 100) -> list[Jeopardy]:
    """Open tickets of which a clock is missed or will be, the first to run out first."""
    async with database.read() as session:
        return await query(session, request.user, limit)


@get("/api/v1/pause-reasons", name="list_pause_reasons", responses=ERRORS)
async def list_pause_reasons() -> list[PauseReason]:
    return [PauseReason(code, names["name_en"], names["name_zh"]) for code, names in pause_reasons().items()]


@post("/api/v1/tickets/{ticket_id:uuid}/contact", name="note_contact", status_code=HTTP_200_OK, responses=ERRORS)
async def note_contact(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> TicketDetail:
    """Somebody at the desk has just spoken with the owner: the contact clock stops."""
    await database.write(contact.spoke, ticket_id, request.user)
    async with database.read() as session:
        return await show_ticket(session, request.user, ticket_id)


@post("/api/v1/tickets/{ticket_id:uuid}/pause", name="pause_clocks", status_code=HTTP_200_OK, responses=ERRORS)
async def pause_clocks(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID], data: JSONBody[NewPause]
) -> TicketDetail:
    """The attend and repair clocks stand still from now on; the contact clock never does."""
    await database.write(pauses.pause, ticket_id, data.reason, data.agreed_by, data.channel, data.note, request.user)
    async with database.read() as session:
        return await show_ticket(session, request.user, ticket_id)


@post("/api/v1/tickets/{ticket_id:uuid}/resume", name="resume_clocks", status_code=HTTP_200_OK, responses=ERRORS)
async def resume_clocks(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> TicketDetail:
    """They go on, later by what they stood still."""
    await database.write(pauses.go_on, ticket_id, request.user)
    async with database.read() as session:
        return await show_ticket(session, request.user, ticket_id)


routes = [list_jeopardy, list_pause_reasons, note_contact, pause_clocks, resume_clocks]
