"""Links for owners: made, listed and withdrawn."""

from datetime import datetime, timedelta
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Struct

from api.actions import owner_links as actions
from api.adapters.qr import qr_rows
from api.problems import ERRORS
from api.queries import owner_links as queries
from api.routes.given import Asked, GivenDatabase, GivenSettings


class NewLink(Struct):
    """To be sent to the owner. It can't be shown again. `qr` is the same as a QR code, a string a row, `1` is dark."""

    id: UUID
    url: str
    expires_at: datetime
    qr: list[str]


def new_link(link_id: UUID, url: str, expires_at: datetime) -> NewLink:
    return NewLink(link_id, url, expires_at, qr_rows(url))


@post(
    "/api/v1/tickets/{ticket_id:uuid}/owner-links",
    name="make_owner_link",
    status_code=HTTP_201_CREATED,
    responses=ERRORS,
)
async def make_owner_link(
    request: Asked, database: GivenDatabase, settings: GivenSettings, ticket_id: FromPath[UUID]
) -> NewLink:
    lasts = timedelta(days=settings.owner_link_days)
    link, token = await database.write(actions.make_link, ticket_id, lasts, request.user)
    return new_link(link.id, f"{settings.public_address}/o/{token}", link.expires_at)


@get("/api/v1/tickets/{ticket_id:uuid}/owner-links", name="list_owner_links", responses=ERRORS)
async def list_owner_links(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]
) -> list[queries.LinkView]:
    async with database.read() as session:
        return await queries.list_links(session, ticket_id, request.user)


@post(
    "/api/v1/owner-links/{link_id:uuid}/revoke",
    name="revoke_owner_link",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def revoke_owner_link(request: Asked, database: GivenDatabase, link_id: FromPath[UUID]) -> None:
    await database.write(actions.revoke_link, link_id, request.user)


routes = [make_owner_link, list_owner_links, revoke_owner_link]
