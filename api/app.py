"""The whole wiring of the web server on one page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_urlsafe

import httpx
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

from api import clock, logs
from api.actions.delivery import PATIENCE_S
from api.adapters.limits import Limits
from api.adapters.photos.folder import PhotoFolder
from api.adapters.seal_keys import newest_or_made, seal_folder
from api.adapters.servers.process import hear_stops
from api.auth import CSRF_COOKIE, CSRF_HEADER, OWNER_HEADER, SESSION_COOKIE, WhoIsAsking, guard
from api.couriers import courier_of
from api.db.engine import Database
from api.listeners import Listeners
from api.middleware import around_requests
from api.problems import EXCEPTION_HANDLERS
from api.queries.slots.open_days import OpenDays
from api.queries.standing_days import StandingDays
from api.routes import (
    board_pages,
    map_tiles,
    operator,
    owner,
    owner_care,
    owner_home,
    owner_pages,
    owner_photos,
    owner_quotes,
    phone,
    phone_pages,
    photos,
    push,
    site,
    wechat,
)
from api.routes.staff import (
    accounts,
    alarms,
    bookings,
    clocks,
    comebacks,
    conflicts,
    events,
    expiring_cover,
    follow_ups,
    home_links,
    imports,
    intakes,
    investigations,
    messages,
    owner_links,
    people,
    persons,
    plan_batches,
    plans,
    presence,
    queue,
    quotes,
    repairs,
    reports,
    sign_offs,
    ticket_photos,
    tickets,
    visits,
)
from api.routes.staff import photos as staff_photos
from api.settings import Settings
from mobile_contract.v1.operations import MAX_REQUEST_BYTES

STARTED_AFTER_S = 1.0
"""After the connections are there, Granian has long begun to serve."""

OPEN: list[ControllerRouterHandler] = [
    *operator.routes,
    *site.routes,
    *phone_pages.routes,
    *owner_pages.routes,
    *board_pages.routes,
    *map_tiles.routes,
    *wechat.routes,
    accounts.sign_in,
    phone.pair,
    owner.open_owner_link,
    *owner_home.doors,
]
DESK: list[ControllerRouterHandler] = [
    *accounts.routes,
    *people.routes,
    *persons.routes,
    *tickets.routes,
    *plans.routes,
    *plan_batches.routes,
    *queue.routes,
    *visits.routes,
    *events.routes,
    *presence.routes,
    *repairs.routes,
    *bookings.routes,
    *owner_links.routes,
    *home_links.routes,
    *ticket_photos.routes,
    *quotes.routes,
    *comebacks.routes,
    *follow_ups.routes,
    *expiring_cover.routes,
    *conflicts.routes,
    *alarms.routes,
    *clocks.routes,
    *intakes.routes,
    *investigations.routes,
    *messages.routes,
    *reports.routes,
    *imports.routes,
    *sign_offs.routes,
    *staff_photos.routes,
]
ROUTES: list[ControllerRouterHandler] = [
    *OPEN,
    Router("/", route_handlers=DESK, security=[{"session": [], "csrf": []}]),
    Router("/", route_handlers=[*phone.routes, *push.routes, photos.router], security=[{"device": []}]),
    Router(
        "/",
        route_handlers=[
            *owner.routes,
            *owner_home.routes,
            *owner_photos.routes,
            *owner_quotes.routes,
            *owner_care.routes,
        ],
        security=[{"owner": []}],
    ),
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
        "owner": SecurityScheme(
            type="apiKey",
            security_scheme_in="header",
            name=OWNER_HEADER,
            description="The secret that opening a link gave.",
        ),
    }
)


def create_app(settings: Settings | None = None) -> Litestar:
    """The settings default to the environment's; DATABASE_URL and REDIS_URL must be given by then."""
    settings = settings or Settings.from_environment()
    clock.follow(settings.clock)
    database = Database(settings.database_url)
    redis = Redis.from_url(settings.redis_url)
    listeners = Listeners(database, redis)
    open_days = OpenDays(database, settings.osrm_url or None)
    standing_days = StandingDays(settings.osrm_url or None)
    gateways = httpx.AsyncClient(timeout=PATIENCE_S)
    courier = courier_of(settings, gateways, redis, database)

    @asynccontextmanager
    async def connections(app: Litestar) -> AsyncIterator[None]:
        logs.configure(settings.log)
        app.state.database = database
        app.state.seal_key = newest_or_made(seal_folder(settings.seal_keys))
        database.seal_with(app.state.seal_key)
        listening = asyncio.create_task(listeners.run())
        asyncio.get_running_loop().call_later(STARTED_AFTER_S, hear_stops)
        yield
        await listeners.end(listening)
        await gateways.aclose()
        await database.close()
        await redis.aclose()

    app = Litestar(
        route_handlers=[Router("/", guards=[guard], route_handlers=ROUTES)],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "open_days": Provide(lambda: open_days, sync_to_thread=False),
            "redis": Provide(lambda: redis, sync_to_thread=False),
            "limits": Provide(lambda: Limits(redis), sync_to_thread=False),
            "folder": Provide(lambda: PhotoFolder(settings.photo_folder), sync_to_thread=False),
            "courier": Provide(lambda: courier, sync_to_thread=False),
            "listeners": Provide(lambda: listeners, sync_to_thread=False),
            "standing_days": Provide(lambda: standing_days, sync_to_thread=False),
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
            exclude=["^/mobile/", "^/phone", "^/api/v1/owner/", "^/o/", "^/wechat/"],
        ),
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=1000,
            gzip_compress_level=1,
            # a JPEG gets no smaller, and an event must not wait
            exclude=["^/api/v1/photos/", "^/api/v1/intakes/pictures/", "^/api/v1/events"],
        ),
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
