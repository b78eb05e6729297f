"""The queue of what phones said that contradicts the plan."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import operations
from api.problems import ERRORS
from api.queries import conflicts
from api.routes.given import Asked, GivenDatabase


class Settlement(Struct, forbid_unknown_fields=True):
    """The note is for those who read the audit trail and the ticket later."""

    note: Annotated[str, Meta(max_length=2000, pattern="^[^\u0000]*$")] = ""


@get("/api/v1/conflicts", name="list_conflicts", responses=ERRORS)
async def list_conflicts(request: Asked, database: GivenDatabase) -> list[conflicts.ConflictView]:
    async with database.read() as session:
        return await conflicts.list_conflicts(session, request.user)


@get("/api/v1/conflicts/waiting", name="count_conflicts", responses=ERRORS)
async def count_conflicts(request: Asked, database: GivenDatabase) -> conflicts.Waiting:
    async with database.read() as session:
        return await conflicts.count_conflicts(session, request.user)


@post(
    "/api/v1/conflicts/{op_id:uuid}/settle",
    name="settle_conflict",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def settle_conflict(
    request: Asked, database: GivenDatabase, op_id: FromPath[UUID], data: JSONBody[Settlement | None] = None
) -> None:
    """Somebody has looked at it; both versions stay as they are."""
    await database.write(operations.settle, op_id, request.user, data.note if data else "")


routes = [list_conflicts, count_conflicts, settle_conflict]
