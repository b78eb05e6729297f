"""Tickets that may have one cause: suggested, linked, taken apart."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from api.actions import investigations as actions
from api.problems import ERRORS
from api.queries.common_causes import Related, related
from api.routes.given import Asked, GivenDatabase


class Link(Struct, forbid_unknown_fields=True):
    """`cause` is the code of a suggestion."""

    ticket_id: UUID
    cause: Annotated[str, Meta(min_length=1, max_length=64)]


@get("/api/v1/tickets/{ticket_id:uuid}/related", name="related_tickets", responses=ERRORS)
async def related_tickets(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> Related:
    async with database.read() as session:
        return await related(session, request.user, ticket_id)


@post("/api/v1/tickets/{ticket_id:uuid}/links", name="link_tickets", status_code=HTTP_200_OK, responses=ERRORS)
async def link_tickets(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID], data: JSONBody[Link]
) -> Related:
    """Linked twice, they are linked."""
    await database.write(actions.link, ticket_id, data.ticket_id, data.cause, request.user)
    async with database.read() as session:
        return await related(session, request.user, ticket_id)


@post("/api/v1/tickets/{ticket_id:uuid}/unlink", name="unlink_ticket", status_code=HTTP_200_OK, responses=ERRORS)
async def unlink_ticket(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> Related:
    await database.write(actions.unlink, ticket_id, request.user)
    async with database.read() as session:
        return await related(session, request.user, ticket_id)


routes = [related_tickets, link_tickets, unlink_ticket]
