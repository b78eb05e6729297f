"""Homes whose cover ends soon: listed, as a table, and offered an inspection."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from api import clock
from api.actions import inspections
from api.adapters.sheets import Table, write_table
from api.problems import ERRORS
from api.queries import expiring_cover as queries
from api.routes.given import Asked, GivenDatabase, GivenSettings
from api.routes.staff.sign_offs import as_file

Ahead = Annotated[int | None, QueryParameter(ge=1, le=3650)]
"""Days; without it, those of the setting."""


class InspectionOffered(Struct):
    """`people` are owners that a message goes to."""

    people: int


@get("/api/v1/expiring-cover", name="list_expiring_cover", responses=ERRORS)
async def list_expiring_cover(
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    days: Ahead = None,
    territory: FromQuery[UUID | None] = None,
) -> queries.ExpiringCover:
    """By element, with its last day and the articles; the first to end first."""
    ahead = days or settings.expiry_days
    async with database.read() as session:
        return queries.page(await queries.expiring(session, request.user, clock.now(), ahead, territory))


@get(
    "/api/v1/expiring-cover/table",
    name="expiring_cover_table",
    media_type="application/octet-stream",
    responses=ERRORS,
)
async def expiring_cover_table(
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    days: Ahead = None,
    territory: FromQuery[UUID | None] = None,
    kind: FromQuery[Literal["csv", "xlsx"]] = "csv",
) -> Response[bytes]:
    """All of it as a file, a row for each element."""
    ahead = days or settings.expiry_days
    async with database.read() as session:
        found = await queries.expiring(session, request.user, clock.now(), ahead, territory)
    return as_file(written(queries.table(found), kind), "application/octet-stream", f"expiring-cover.{kind}")


def written(table: Table, kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        write_table(path, table)
        return path.read_bytes()


@post(
    "/api/v1/homes/{home_id:uuid}/inspection-offer",
    name="offer_inspection",
    status_code=HTTP_200_OK,
    responses=ERRORS,
)
async def offer_inspection(
    request: Asked, database: GivenDatabase, settings: GivenSettings, home_id: FromPath[UUID], days: Ahead = None
) -> InspectionOffered:
    """A message to the home's owners with a link to report from. 409 where all that ends was offered before."""
    ahead = days or settings.expiry_days
    return InspectionOffered(await database.write(inspections.offer_to, home_id, ahead, request.user))


routes = [list_expiring_cover, expiring_cover_table, offer_inspection]
