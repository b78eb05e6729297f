"""The desk's inbox: what people said by a channel, read, made into a ticket, or put aside."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import intakes as actions
from api.problems import ERRORS
from api.queries import intakes as queries
from api.queries.tickets import TicketDetail, show_ticket
from api.routes.given import Asked, GivenDatabase, GivenPhotos
from api.routes.staff.photos import picture
from api.routes.staff.tickets import TOLD_BEFORE, NewTicket, told_in
from domain.intakes import IntakeState


class Dismissal(Struct, forbid_unknown_fields=True):
    """What it was instead of a report; for those who read the audit trail."""

    note: Annotated[str, Meta(min_length=1, max_length=2000, pattern="^[^\u0000]*$")]


@get("/api/v1/intakes", name="list_intakes", responses=ERRORS)
async def list_intakes(
    request: Asked,
    database: GivenDatabase,
    intake_state: Annotated[IntakeState | None, QueryParameter(name="state")] = None,
) -> list[queries.IntakeView]:
    """Without a state: those that wait for the desk, the longest first."""
    async with database.read() as session:
        return await queries.list_intakes(session, request.user, intake_state)


@get("/api/v1/intakes/waiting", name="count_intakes", responses=ERRORS)
async def count_intakes(request: Asked, database: GivenDatabase) -> queries.InboxCount:
    async with database.read() as session:
        return await queries.count_intakes(session, request.user)


@post(
    "/api/v1/intakes/{intake_id:uuid}/ticket",
    name="ticket_of_intake",
    status_code=HTTP_201_CREATED,
    responses=TOLD_BEFORE | ERRORS,
)
async def ticket_of_intake(
    request: Asked, database: GivenDatabase, intake_id: FromPath[UUID], data: JSONBody[NewTicket]
) -> Response[TicketDetail]:
    """The clocks run since the conversation began; a contact that is left out is the sender's."""
    ticket, new = await database.write(actions.complete, intake_id, told_in(data), request.user)
    async with database.read() as session:
        detail = await show_ticket(session, request.user, ticket.id)
    return Response(detail, status_code=HTTP_201_CREATED if new else HTTP_200_OK)


@post(
    "/api/v1/intakes/{intake_id:uuid}/dismiss",
    name="dismiss_intake",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def dismiss_intake(
    request: Asked, database: GivenDatabase, intake_id: FromPath[UUID], data: JSONBody[Dismissal]
) -> None:
    await database.write(actions.dismiss, intake_id, data.note, request.user)


@post("/api/v1/intakes/{intake_id:uuid}/read", name="read_intake", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def read_intake(request: Asked, database: GivenDatabase, intake_id: FromPath[UUID]) -> None:
    """What was said until now has been read; an open one waits on."""
    await database.write(actions.read_on, intake_id, request.user)


@get("/api/v1/tickets/{ticket_id:uuid}/conversation", name="ticket_conversation", responses=ERRORS)
async def ticket_conversation(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]
) -> list[queries.IntakeView]:
    """What was said in a channel that became this ticket; empty for tickets that came another way."""
    async with database.read() as session:
        return await queries.conversation_of(session, request.user, ticket_id)


@get("/api/v1/intakes/pictures/{message_id:uuid}", name="intake_picture", media_type="image/jpeg", responses=ERRORS)
async def intake_picture(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, message_id: FromPath[UUID]
) -> Response[bytes]:
    async with database.read() as session:
        sha256 = await queries.said_picture(session, request.user, message_id)
    return await picture(folder.shown(sha256), sha256)


@get(
    "/api/v1/intakes/pictures/{message_id:uuid}/thumbnail",
    name="intake_thumbnail",
    media_type="image/jpeg",
    responses=ERRORS,
)
async def intake_thumbnail(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, message_id: FromPath[UUID]
) -> Response[bytes]:
    """At most 320 pixels wide and high."""
    async with database.read() as session:
        sha256 = await queries.said_picture(session, request.user, message_id)
    return await picture(folder.thumbnail(sha256), sha256)


routes = [
    list_intakes,
    count_intakes,
    ticket_of_intake,
    dismiss_intake,
    read_intake,
    ticket_conversation,
    intake_picture,
    intake_thumbnail,
]
