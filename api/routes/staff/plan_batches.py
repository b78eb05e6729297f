"""A week, or several territories, planned in one act: asked for, watched, stopped."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from api.actions import plan_batches as asked
from api.adapters.progress import Progress, ask
from api.problems import ERRORS
from api.queries import plan_batches as shown
from api.routes.given import Asked, GivenDatabase, GivenRedis, GivenSettings


class BatchRequest(Struct, forbid_unknown_fields=True):
    """`seconds` that each search may take; absent: the setting."""

    territory_ids: Annotated[list[UUID], Meta(min_length=1, max_length=asked.MOST_PLANS)]
    day: date
    days: Annotated[int, Meta(ge=1, le=asked.MOST_DAYS)] = 1
    seconds: Annotated[float, Meta(ge=0.1, le=3600)] | None = None


class BatchAnswer(Struct):
    """`progress` of the searches that run, by plan."""

    batch: shown.BatchView
    progress: dict[str, Progress]


@post("/api/v1/plan-batches", name="request_batch", status_code=HTTP_202_ACCEPTED, responses=ERRORS)
async def request_batch(
    data: JSONBody[BatchRequest], request: Asked, database: GivenDatabase, settings: GivenSettings
) -> shown.BatchView:
    """A plan for each territory's each day, all asked for or none. A territory's days are made in order, and what one
    day serves the next leaves alone; territories spread over all workers."""
    seconds = data.seconds or settings.solve_seconds
    batch_id = await database.write(asked.request_batch, data.territory_ids, data.day, data.days, seconds, request.user)
    async with database.read() as session:
        return await shown.show_batch(session, request.user, batch_id)


@get("/api/v1/plan-batches", name="list_batches", responses=ERRORS)
async def list_batches(request: Asked, database: GivenDatabase) -> list[shown.BatchView]:
    """The newest few first."""
    async with database.read() as session:
        return await shown.list_batches(session, request.user)


@get("/api/v1/plan-batches/{batch_id:uuid}", name="show_batch", responses=ERRORS)
async def show_batch(
    request: Asked, database: GivenDatabase, redis: GivenRedis, batch_id: FromPath[UUID]
) -> BatchAnswer:
    async with database.read() as session:
        batch = await shown.show_batch(session, request.user, batch_id)
    running = [one.plan.id for one in batch.plans if one.plan.state == "solving"]
    told = {str(plan_id): await ask(redis, plan_id) for plan_id in running}
    return BatchAnswer(batch, {plan_id: now for plan_id, now in told.items() if now is not None})


@post("/api/v1/plan-batches/{batch_id:uuid}/stop", name="stop_batch", status_code=HTTP_200_OK, responses=ERRORS)
async def stop_batch(request: Asked, database: GivenDatabase, batch_id: FromPath[UUID]) -> shown.BatchView:
    """Every search that runs or waits ends within a second or two of its turn, with its best plan."""
    await database.write(asked.stop_batch, batch_id, request.user)
    async with database.read() as session:
        return await shown.show_batch(session, request.user, batch_id)


routes = [request_batch, list_batches, show_batch, stop_batch]
