"""A phone sends photos: tus 1.0 (resumable upload) with creation, termination and expiration, at `/mobile/v1/photos`.

The upload's address is the photo's hash: a phone that lost an answer announces it again and goes on where it was.
Source: tus.io, resumable upload protocol 1.0.0.
"""

import asyncio
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Annotated, Any, Literal

from litestar import MediaType, Request, Response, Router, delete, head, patch, post, route
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException, InternalServerException
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.actions import photos
from api.problems import UPLOAD_ERRORS
from api.routes.given import AskedByPhone, GivenDatabase, GivenPhotos, GivenSettings
from domain.errors import Invalid
from domain.photos import PhotoState

VERSION = "1.0.0"
PATH = "/mobile/v1/photos"
SILENT_S = 15.0
"""A connection that brings nothing for so long has broken off, as in a lift; it must not bar the next one."""

BEGUN_BEFORE = {HTTP_200_OK: ResponseSpec(None, generate_examples=False, description="It was announced before")}

Tus = Annotated[Literal["1.0.0"], HeaderParameter(name="Tus-Resumable")]
Length = Annotated[int, HeaderParameter(name="Upload-Length", ge=1)]
Metadata = Annotated[str, HeaderParameter(name="Upload-Metadata", max_length=4096)]
Offset = Annotated[int, HeaderParameter(name="Upload-Offset", ge=0)]
PhotoHash = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$", description="SHA-256 of the original, in hex")]


@route(
    [PATH, f"{PATH}/{{sha256:str}}"],
    name="photo_terms",
    http_method=[HttpMethod.OPTIONS],
    status_code=HTTP_204_NO_CONTENT,
    include_in_schema=False,
)
async def photo_terms(settings: GivenSettings) -> Response[None]:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration",
        "Tus-Max-Size": str(settings.photo_bytes),
    }
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers=headers)


@post(
    PATH,
    name="begin_photo",
    status_code=HTTP_201_CREATED,
    media_type=MediaType.TEXT,
    responses=BEGUN_BEFORE | UPLOAD_ERRORS,
)
async def begin_photo(
    request: AskedByPhone,
    database: GivenDatabase,
    folder: GivenPhotos,
    settings: GivenSettings,
    tus: Tus,
    length: Length,
    metadata: Metadata,
) -> Response[None]:
    """`Upload-Metadata` holds `sha256`, the hash in hex, in base64. 200: it was announced before, and is so far."""
    sha256 = hash_in(metadata)
    photo, new = await database.write(
        photos.begin, request.user, sha256, length, most=settings.photo_bytes, most_a_day=settings.photo_bytes_a_day
    )
    upload = photos.Upload(photo, 0) if new else await photos.look(database, folder, request.user, sha256)
    told = Response(None, status_code=HTTP_201_CREATED if new else HTTP_200_OK, headers=headers_of(upload))
    told.headers["Location"] = f"{PATH}/{sha256}"
    return told


@head(f"{PATH}/{{sha256:str}}", name="photo_offset", media_type=MediaType.TEXT, responses=UPLOAD_ERRORS)
async def photo_offset(
    request: AskedByPhone, database: GivenDatabase, folder: GivenPhotos, tus: Tus, sha256: PhotoHash
) -> Response[None]:
    """How much of it is safe here."""
    upload = await photos.look(database, folder, request.user, sha256)
    told = Response(None, status_code=HTTP_200_OK, headers=headers_of(upload))
    told.headers["Upload-Length"] = str(upload.photo.size)
    return told


@patch(
    f"{PATH}/{{sha256:str}}",
    name="send_photo",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=None,  # what was announced is the limit
    responses=UPLOAD_ERRORS,
)
async def send_photo(
    request: AskedByPhone,
    database: GivenDatabase,
    folder: GivenPhotos,
    tus: Tus,
    sha256: PhotoHash,
    offset: Offset,
) -> Response[None]:
    """The bytes from `Upload-Offset` on, as `application/offset+octet-stream`."""
    if request.headers.get("Content-Type") != "application/offset+octet-stream":
        raise HTTPException("Send the bytes as application/offset+octet-stream.", status_code=415)
    upload = await photos.send(database, folder, request.user, sha256, offset, chunks_of(request))
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers=headers_of(upload))


@delete(f"{PATH}/{{sha256:str}}", name="drop_photo", responses=UPLOAD_ERRORS)
async def drop_photo(
    request: AskedByPhone, database: GivenDatabase, folder: GivenPhotos, tus: Tus, sha256: PhotoHash
) -> None:
    """Ends an upload that isn't whole. A photo that has arrived stays."""
    await photos.drop(database, folder, request.user, sha256)


def hash_in(metadata: str) -> str:
    """Raises Invalid. Keys besides `sha256` say nothing to us."""
    pairs = {key: value for key, _, value in (pair.strip().partition(" ") for pair in metadata.split(","))}
    try:
        sha256 = b64decode(pairs.get("sha256", ""), validate=True).decode("ascii")
    except ValueError:
        sha256 = ""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Invalid("Upload-Metadata must hold sha256 and, in base64, the photo's hash: 64 digits of lower-case hex.")
    return sha256


def headers_of(upload: photos.Upload) -> dict[str, str]:
    """`Photo-State` is ours: a phone may tell the technician that the office can't see a photo."""
    photo = upload.photo
    headers = {"Upload-Offset": str(upload.offset), "Cache-Control": "no-store", "Photo-State": str(photo.state)}
    if photo.state is PhotoState.ARRIVING:
        headers["Upload-Expires"] = format_datetime(photo.expires_at, usegmt=True)
    return headers


async def chunks_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """Ends also when the phone is gone or silent."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                chunk = await anext(stream, None)
        except (TimeoutError, InternalServerException):  # Litestar's word for a client that went away
            return
        if chunk is None:
            return
        yield chunk


async def speaks_tus(request: Request[Any, Any, Any]) -> None:
    if request.method != HttpMethod.OPTIONS and request.headers.get("Tus-Resumable") != VERSION:
        raise HTTPException(f"This is for tus {VERSION}: say so in Tus-Resumable.", status_code=412)


def answering_in_tus(app: ASGIApp) -> ASGIApp:
    """Every answer names the protocol, refusals too."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers["Tus-Resumable"] = VERSION
                if message["status"] == 412:
                    headers["Tus-Version"] = VERSION
            await send(message)

        await app(scope, receive, told)

    return wrapped


router = Router(
    "/",
    route_handlers=[photo_terms, begin_photo, photo_offset, send_photo, drop_photo],
    before_request=speaks_tus,
    middleware=[answering_in_tus],
)
