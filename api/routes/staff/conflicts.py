"""The queue of what phones said that contradicts the plan."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_204_NO_CONTENT

from api.actions import operations
from api.problems import ERRORS
from api.queries import conflicts
from api.routes.given import Asked, GivenDatabase


@get("/api/v1/conflicts", name="list_conflicts", responses=ERRORS)
async def list_conflicts(request: Asked, database: GivenDatabase) -> list[conflicts.ConflictView]:
    async with database.read() as session:
        return await conflicts.list_conflicts(session, request.user)


@post(
    "/api/v1/conflicts/{op_id:uuid}/settle",
    name="settle_conflict",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def settle_conflict(request: Asked, database: GivenDatabase, op_id: FromPath[UUID]) -> None:
    """Somebody has looked at it; both versions stay as they are."""
    await database.write(operations.settle, op_id, request.user)


routes = [list_conflicts, settle_conflict]
