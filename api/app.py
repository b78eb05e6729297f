"""The whole wiring of the web server on one page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_urlsafe

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler
from redis.asyncio import Redis

from api import logs
from api.adapters.limits import Limits
from api.auth import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE, WhoIsAsking, guard
from api.db.engine import Database
from api.middleware import around_requests
from api.problems import EXCEPTION_HANDLERS
from api.routes import operator, phone, site
from api.routes.staff import accounts, conflicts, people, plans, tickets
from api.settings import Settings
from mobile_contract.v1.operations import MAX_REQUEST_BYTES

OPEN: list[ControllerRouterHandler] = [*operator.routes, *site.routes, accounts.sign_in, phone.pair]
DESK: list[ControllerRouterHandler] = [
    *accounts.routes,
    *people.routes,
    *tickets.routes,
    *plans.routes,
    *conflicts.routes,
]
ROUTES: list[ControllerRouterHandler] = [
    *OPEN,
    Router("/", route_handlers=DESK, security=[{"session": [], "csrf": []}]),
    Router("/", route_handlers=phone.routes, security=[{"device": []}]),
]
SECURITY = Components(
    security_schemes={
        "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name=SESSION_COOKIE),
        "csrf": SecurityScheme(
            type="apiKey",
            security_scheme_in="header",
            name=CSRF_HEADER,
            description=f"The cookie {CSRF_COOKIE}'s value.",
        ),
        "device": SecurityScheme(type="http", scheme="bearer", description="The token that pairing gave."),
    }
)


def create_app(settings: Settings | None = None) -> Litestar:
    """The settings default to the environment's; DATABASE_URL and REDIS_URL must be given by then."""
    settings = settings or Settings.from_environment()
    database = Database(settings.database_url)
    redis = Redis.from_url(settings.redis_url)

    @asynccontextmanager
    async def connections(app: Litestar) -> AsyncIterator[None]:
        logs.configure(settings.log)
        app.state.database = database
        yield
        await database.close()
        await redis.aclose()

    app = Litestar(
        route_handlers=[Router("/", guards=[guard], route_handlers=ROUTES)],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "redis": Provide(lambda: redis, sync_to_thread=False),
            "limits": Provide(lambda: Limits(redis), sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
        },
        middleware=[DefineMiddleware(WhoIsAsking)],
        exception_handlers=EXCEPTION_HANDLERS,
        csrf_config=CSRFConfig(
            secret=settings.secret or token_urlsafe(32),
            cookie_name=CSRF_COOKIE,
            header_name=CSRF_HEADER,
            cookie_samesite="strict",
            cookie_secure=settings.secure,
            exclude=["^/mobile/"],
        ),
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000, gzip_compress_level=1),
        request_max_body_size=MAX_REQUEST_BYTES,
        lifespan=[connections],
        openapi_config=OpenAPIConfig(
            title="Doorstep",
            version="1",
            path="/api",
            components=SECURITY,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            operation_id_creator=lambda handler, _, __: str(handler.name),
        ),
        logging_config=None,
    )
    app.asgi_handler = around_requests(app.asgi_handler)
    return app
