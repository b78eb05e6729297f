"""The desk looks at photos: copies made here, as JPEG and nothing else."""

import asyncio
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.params import PathParameter

from api.problems import ERRORS
from api.queries.photos import shown_photo
from api.routes.given import Asked, GivenDatabase, GivenPhotos
from domain.errors import NotFound

PhotoHash = Annotated[
    str, PathParameter(pattern="^[0-9a-f]{64}$", description="As a sign-off, a refusal or a phone's photo names it")
]

AS_A_PICTURE = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""An <img> shows it; opened by itself it is saved, and no browser takes it for a page."""


@get("/api/v1/photos/{sha256:str}", name="show_photo", media_type="image/jpeg", responses=ERRORS)
async def show_photo(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, sha256: PhotoHash
) -> Response[bytes]:
    """404 also for one that no fact of a visit of theirs names, or that can't be shown (yet)."""
    async with database.read() as session:
        photo = await shown_photo(session, request.user, sha256)
    return await picture(folder.shown(photo.stored_sha256 or ""), sha256)


@get("/api/v1/photos/{sha256:str}/thumbnail", name="photo_thumbnail", media_type="image/jpeg", responses=ERRORS)
async def photo_thumbnail(
    request: Asked, database: GivenDatabase, folder: GivenPhotos, sha256: PhotoHash
) -> Response[bytes]:
    """At most 320 pixels wide and high."""
    async with database.read() as session:
        photo = await shown_photo(session, request.user, sha256)
    return await picture(folder.thumbnail(photo.stored_sha256 or ""), sha256)


async def picture(path: Path, sha256: str) -> Response[bytes]:
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError:
        raise NotFound("The photo's file is missing here. Tell who runs Doorstep.") from None
    named = {"Content-Disposition": f'attachment; filename="{sha256[:16]}.jpg"'}
    return Response(content, media_type="image/jpeg", headers=AS_A_PICTURE | named)


routes = [show_photo, photo_thumbnail]
