"""Links by which a home's owner reports: made, listed and withdrawn. A QR code is such a link, printed."""

from datetime import timedelta
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from api.actions import home_links as actions
from api.problems import ERRORS
from api.queries import homes as queries
from api.routes.given import Asked, GivenDatabase, GivenSettings
from api.routes.staff.owner_links import NewLink, new_link


@post(
    "/api/v1/homes/{home_id:uuid}/report-links",
    name="make_home_link",
    status_code=HTTP_201_CREATED,
    responses=ERRORS,
)
async def make_home_link(
    request: Asked, database: GivenDatabase, settings: GivenSettings, home_id: FromPath[UUID]
) -> NewLink:
    lasts = timedelta(days=settings.owner_link_days)
    link, token = await database.write(actions.make_home_link, home_id, lasts, request.user)
    return new_link(link.id, f"{settings.public_address}/o/report/{token}", link.expires_at)


@get("/api/v1/homes/{home_id:uuid}/report-links", name="list_home_links", responses=ERRORS)
async def list_home_links(
    request: Asked, database: GivenDatabase, home_id: FromPath[UUID]
) -> list[queries.HomeLinkView]:
    async with database.read() as session:
        return await queries.home_links(session, request.user, home_id)


@post(
    "/api/v1/report-links/{link_id:uuid}/revoke",
    name="revoke_home_link",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def revoke_home_link(request: Asked, database: GivenDatabase, link_id: FromPath[UUID]) -> None:
    await database.write(actions.revoke_home_link, link_id, request.user)


routes = [make_home_link, list_home_links, revoke_home_link]
