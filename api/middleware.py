"""Around every request: a line in the log, a count in the metrics, and the headers that browsers obey.

The log holds method, route, status and time: no bodies, no cookies, no query strings, no phone numbers.
"""

import time
from uuid import uuid4

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

log = structlog.get_logger()

SECONDS = Histogram("doorstep_request_seconds", "Time to answer a request", ["method", "route", "status"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

SAFE = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def around_requests(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        # Anyone can make up a method, and each would be a new line of the metrics for as long as the process lives.
        method = scope["method"] if scope["method"] in METHODS else "other"
        began, status, request_id = time.perf_counter(), 500, uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
            await send(message)

        try:
            await app(scope, receive, told)
        finally:
            handler = scope.get("route_handler")
            route = str(getattr(handler, "name", None) or "unknown")
            seconds = time.perf_counter() - began
            SECONDS.labels(method, route, str(status)).observe(seconds)
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.unbind_contextvars("request_id")

    return wrapped
