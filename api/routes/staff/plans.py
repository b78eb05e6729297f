"""Plans: asked for, watched, stopped, looked at, published."""

import gzip
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from api.actions import planning, publishing
from api.actions.publishing import MOST_AT_ONCE, publish_all
from api.adapters.progress import Progress, ask
from api.problems import ERRORS
from api.queries import plans
from api.queries.plan_comparison import Comparison, compare_plans
from api.queries.plan_picture import picture
from api.queries.variants import Variant
from api.routes.given import Asked, AtMost, GivenDatabase, GivenRedis, GivenSettings


class PlanRequest(Struct, forbid_unknown_fields=True):
    """`seconds` that the search may take; absent: the setting."""

    territory_id: UUID
    day: date
    seconds: Annotated[float, Meta(ge=0.1, le=3600)] | None = None
    variant: Variant | None = None
    """A "what if": the day made different. Such a plan can be compared and never published."""


class PlanAnswer(Struct):
    """`progress` while the search runs."""

    plan: plans.PlanView
    progress: Progress | None


@get("/api/v1/plans", name="list_plans", responses=ERRORS)
async def list_plans(
    request: Asked,
    database: GivenDatabase,
    territory_id: FromQuery[UUID | None] = None,
    day: FromQuery[date | None] = None,
    limit: AtMost = 50,
    variants: FromQuery[bool] = False,
) -> list[plans.PlanHead]:
    """Newest first. What-ifs are told only with `variants`."""
    async with database.read() as session:
        return await plans.list_plans(session, request.user, territory_id, day, limit, variants)


@post("/api/v1/plans", name="request_plan", status_code=HTTP_202_ACCEPTED, responses=ERRORS)
async def request_plan(
    data: JSONBody[PlanRequest], request: Asked, database: GivenDatabase, settings: GivenSettings
) -> plans.PlanHead:
    """The plan is made in the background: look at it until its state is `draft`."""
    plan = await database.write(
        planning.request,
        data.territory_id,
        data.day,
        data.seconds or settings.solve_seconds,
        request.user,
        variant=data.variant,
    )
    return plans.head(plan)


@get("/api/v1/plans/{plan_id:uuid}", name="show_plan", responses=ERRORS)
async def show_plan(request: Asked, database: GivenDatabase, redis: GivenRedis, plan_id: FromPath[UUID]) -> PlanAnswer:
    async with database.read() as session:
        plan = await plans.show_plan(session, request.user, plan_id)
    return PlanAnswer(plan, await ask(redis, plan_id) if plan.plan.state == "solving" else None)


@get(
    "/api/v1/plans/{plan_id:uuid}/picture.svg",
    name="plan_picture",
    media_type="image/svg+xml",
    responses=ERRORS,
)
async def plan_picture(request: Asked, database: GivenDatabase, plan_id: FromPath[UUID]) -> str:
    """The day as a timeline: one row a technician."""
    async with database.read() as session:
        return picture(await plans.show_plan(session, request.user, plan_id))


@get(
    "/api/v1/plans/{plan_id:uuid}/problem",
    name="plan_problem",
    media_type="application/json",
    responses=ERRORS,
)
async def plan_problem(request: Asked, database: GivenDatabase, plan_id: FromPath[UUID]) -> bytes:
    """`doorstep.problem/1`: what the planner was given."""
    async with database.read() as session:
        return gzip.decompress(await plans.plan_file(session, request.user, plan_id, "problem"))


@get(
    "/api/v1/plans/{plan_id:uuid}/solution",
    name="plan_solution",
    media_type="application/json",
    responses=ERRORS,
)
async def plan_solution(request: Asked, database: GivenDatabase, plan_id: FromPath[UUID]) -> bytes:
    """`doorstep.solution/1`: what it answered."""
    async with database.read() as session:
        return gzip.decompress(await plans.plan_file(session, request.user, plan_id, "solution"))


@post(
    "/api/v1/plans/{plan_id:uuid}/stop",
    name="stop_plan",
    status_code=HTTP_202_ACCEPTED,
    responses=ERRORS,
)
async def stop_plan(request: Asked, database: GivenDatabase, plan_id: FromPath[UUID]) -> plans.PlanHead:
    """The search ends within a second or two, and its best plan becomes the draft."""
    return plans.head(await database.write(planning.stop, plan_id, request.user))


@post(
    "/api/v1/plans/{plan_id:uuid}/publish",
    name="publish_plan",
    status_code=HTTP_200_OK,
    responses=ERRORS,
)
async def publish_plan(request: Asked, database: GivenDatabase, plan_id: FromPath[UUID]) -> plans.PlanHead:
    """All or nothing: visits, route sheets and phones. 409 `plan_stale` when the day has moved meanwhile."""
    return plans.head(await database.write(publishing.publish, plan_id, request.user))


class Chosen(Struct, forbid_unknown_fields=True):
    plan_ids: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_AT_ONCE)]


@post("/api/v1/plans/publish", name="publish_plans", status_code=HTTP_200_OK, responses=ERRORS)
async def publish_plans(data: JSONBody[Chosen], request: Asked, database: GivenDatabase) -> list[plans.PlanHead]:
    """Drafts of several territories and days as one act: all of them, or none and why."""
    return [plans.head(plan) for plan in await database.write(publish_all, data.plan_ids, request.user)]


@get("/api/v1/plans/{plan_id:uuid}/against/{other_id:uuid}", name="compare_plans", responses=ERRORS)
async def compare(
    request: Asked, database: GivenDatabase, plan_id: FromPath[UUID], other_id: FromPath[UUID]
) -> Comparison:
    """Two plans of one day side by side; `first` is the plan, `second` the other one."""
    async with database.read() as session:
        return await compare_plans(session, request.user, plan_id, other_id)


routes = [
    list_plans,
    request_plan,
    show_plan,
    plan_picture,
    plan_problem,
    plan_solution,
    stop_plan,
    publish_plan,
    publish_plans,
    compare,
]
