"""Lists from other systems: uploaded, watched, and the rows that were refused fetched."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from api.actions.imports import uploads
from api.actions.imports.coordinates import System
from api.problems import ERRORS
from api.queries.errands import ErrandView, errand_file, list_errands
from api.routes.given import Asked, GivenDatabase
from api.routes.staff.reports import XLSX
from api.routes.staff.sign_offs import as_file
from domain.errands import ErrandKind

FileName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f/\\]+$")]
Mapping = Annotated[str, Meta(max_length=1_000_000, pattern="^[^\u0000]*$")]


class ListToTakeIn(Struct, forbid_unknown_fields=True):
    """`content` is the CSV or XLSX in base64. `territory` is of rows that name none; `mapping` is for tickets: the name
    of a shipped one, or a mapping file's text. `again`: also if this very file was taken in before."""

    what: uploads.What
    file: FileName
    content: Annotated[str, Meta(max_length=uploads.MOST_BYTES * 4 // 3 + 4)]
    territory: UUID | None = None
    mapping: Mapping = ""
    coordinates: System = System.WGS84
    skip_bad: bool = False
    again: bool = False


class ImportRequested(Struct):
    """Not `new`: this file waits, or was taken in, already."""

    id: UUID
    new: bool


@get("/api/v1/imports", name="list_imports", responses=ERRORS)
async def list_imports(request: Asked, database: GivenDatabase) -> list[ErrandView]:
    """The newest fifty, with the first refused rows of each."""
    async with database.read() as session:
        return await list_errands(session, ErrandKind.IMPORT, request.user)


@post(
    "/api/v1/imports",
    name="request_import",
    status_code=HTTP_202_ACCEPTED,
    request_max_body_size=uploads.MOST_BYTES * 3 // 2,
    responses=ERRORS,
)
async def request_import(data: JSONBody[ListToTakeIn], request: Asked, database: GivenDatabase) -> ImportRequested:
    """A worker takes in all rows or none; with `skip_bad` the good ones."""
    asked = uploads.ImportAsked(data.what, data.file, data.territory, data.mapping, data.coordinates, data.skip_bad)
    content = uploads.decoded(data.content)
    return ImportRequested(*await database.write(uploads.request, asked, content, request.user, anew=data.again))


@get("/api/v1/imports/{import_id:uuid}/file", name="refused_rows", media_type=XLSX, responses=ERRORS)
async def refused_rows(request: Asked, database: GivenDatabase, import_id: FromPath[UUID]) -> Response[bytes]:
    """With the line and reason before each; mended, that file can be taken in."""
    async with database.read() as session:
        content, name = await errand_file(session, ErrandKind.IMPORT, import_id, request.user)
    return as_file(content, XLSX, name)


routes = [list_imports, request_import, refused_rows]
