"""The desk looks at photos that an owner sent with a report."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.problems import ERRORS
from api.queries.tickets import seen_ticket
from api.routes.given import Asked, GivenDatabase, GivenPhotos
from api.routes.staff.photos import picture
from domain.errors import NotFound
from domain.ticket_photos import TicketPhoto


async def seen_photo(session: AsyncSession, by: Person, photo_id: UUID) -> str:
    """The hash of its copy. Raises NotFound also for one of a ticket that this person may not see."""
    photo = await session.get(TicketPhoto, photo_id)
    if photo is None:
        raise NotFound("There is no such photo.")
    await seen_ticket(session, by, photo.ticket_id)
    return photo.sha256


@get("/api/v1/ticket-photos/{photo_id:uuid}", name="ticket_photo", media_type="image/jpeg", responses=ERRORS)
async def ticket_photo(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, photo_id: FromPath[UUID]
) -> Response[bytes]:
    async with database.read() as session:
        sha256 = await seen_photo(session, request.user, photo_id)
    return await picture(folder.shown(sha256), sha256)


@get(
    "/api/v1/ticket-photos/{photo_id:uuid}/thumbnail",
    name="ticket_thumbnail",
    media_type="image/jpeg",
    responses=ERRORS,
)
async def ticket_thumbnail(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, photo_id: FromPath[UUID]
) -> Response[bytes]:
    """At most 320 pixels wide and high."""
    async with database.read() as session:
        sha256 = await seen_photo(session, request.user, photo_id)
    return await picture(folder.thumbnail(sha256), sha256)


routes = [ticket_photo, ticket_thumbnail]
