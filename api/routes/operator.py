"""For the operator: is the process alive, is it ready to serve, what has it done."""

import os

from litestar import Response, get
from litestar.exceptions import ServiceUnavailableException
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.db.migrate import newest_revision
from api.problems import ERRORS
from api.routes.given import GivenDatabase, GivenRedis


class Ready(Struct):
    """`redis` may be down: plans wait for it, nothing is lost."""

    database: str
    redis: str


@get("/health", name="health")
async def health() -> dict[str, str]:
    return {"status": "alive"}


@get("/ready", name="ready", responses={503: ERRORS[503]})
async def ready(database: GivenDatabase, redis: GivenRedis) -> Ready:
    """503 unless the database answers and is at this version's migrations."""
    try:
        async with database.read() as session:
            revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        raise ServiceUnavailableException("The database does not answer.") from error
    if revision != newest_revision():
        raise ServiceUnavailableException("The database is not at this version: run `doorstep migrate`.")
    try:
        await redis.ping()
        waking = "answers"
    except RedisError:
        waking = "does not answer"
    return Ready(database="answers", redis=waking)


@get("/metrics", name="metrics", media_type="text/plain")
async def metrics() -> Response[bytes]:
    """Prometheus text format, of all API processes on this machine together."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))


routes = [health, ready, metrics]
