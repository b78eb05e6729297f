"""An owner's photos of their own ticket. The page has made them small, so each is one request and needs no resuming."""

from litestar import Response, post
from litestar.status_codes import HTTP_201_CREATED

from api.actions import ticket_photos
from api.problems import UPLOAD_ERRORS
from api.routes.given import AskedByOwner, GivenDatabase, GivenLimits, GivenPhotos
from api.routes.owner import address_of
from domain.errors import Invalid

MOST_BYTES = 8 * 1024 * 1024


@post(
    "/api/v1/owner/photos",
    name="send_ticket_photo",
    status_code=HTTP_201_CREATED,
    request_max_body_size=MOST_BYTES,
    responses=UPLOAD_ERRORS,
)
async def send_ticket_photo(
    request: AskedByOwner, database: GivenDatabase, folder: GivenPhotos, limits: GivenLimits
) -> Response[None]:
    """The bytes of a JPEG, PNG or WebP as `application/octet-stream`; at most six of a ticket."""
    await limits.count("owner-photo", address_of(request), most=60, seconds=600)
    if not (content := await request.body()):
        raise Invalid("There is no photo in this request.")
    await database.write(ticket_photos.add_photo, content, folder, request.auth)
    return Response(None, status_code=HTTP_201_CREATED)


routes = [send_ticket_photo]
