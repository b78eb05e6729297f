"""The work in the background, for whoever must see that it gets done."""

from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from api.actions import queue
from api.problems import ERRORS
from api.queries.queue import Kind, QueueView, show_queue
from api.routes.given import Asked, GivenDatabase, GivenSettings


class Task(Struct, forbid_unknown_fields=True):
    kind: Kind
    id: UUID


@get("/api/v1/queue", name="show_queue", responses=ERRORS)
async def show(request: Asked, database: GivenDatabase, settings: GivenSettings) -> QueueView:
    """What waits, runs or failed. It stands in PostgreSQL: emptying Redis changes nothing of it."""
    async with database.read() as session:
        return await show_queue(session, request.user, settings.chosen_geocoder() is not None)


@post("/api/v1/queue/retry", name="retry_task", status_code=HTTP_200_OK, responses=ERRORS)
async def retry(data: JSONBody[Task], request: Asked, database: GivenDatabase, settings: GivenSettings) -> QueueView:
    """Tries it again now; a plan becomes a new version. 409 for what did not fail."""
    await database.write(queue.retry, data.kind, data.id, request.user)
    async with database.read() as session:
        return await show_queue(session, request.user, settings.chosen_geocoder() is not None)


@post("/api/v1/queue/drop", name="drop_task", status_code=HTTP_200_OK, responses=ERRORS)
async def drop(data: JSONBody[Task], request: Asked, database: GivenDatabase, settings: GivenSettings) -> QueueView:
    """Nobody tries it any more. A search that runs is ended without a plan."""
    await database.write(queue.drop, data.kind, data.id, request.user)
    async with database.read() as session:
        return await show_queue(session, request.user, settings.chosen_geocoder() is not None)


routes = [show, retry, drop]
