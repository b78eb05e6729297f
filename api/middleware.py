"""Around every request: a line in the log, a count in the metrics, and the headers that browsers obey.

The log holds method, route, status and time: no bodies, no cookies, no query strings, no phone numbers.
"""

import asyncio
import time
from contextlib import suppress
from uuid import uuid4

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send
from prometheus_client import Histogram

log = structlog.get_logger()

SECONDS = Histogram("doorstep_request_seconds", "Time to answer a request", ["method", "route", "status"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

GONE = 499
"""In log and metrics, after nginx: the client left before it had asked to the end, or before the answer began."""

READ_ON_BYTES, READ_ON_S = 2_000_000, 10.0

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
        began, status, request_id = time.perf_counter(), 0, uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request_id=request_id)

        unread = has_body(scope)

        async def heard() -> ReceiveMessage:
            nonlocal status, unread
            message = await receive()
            if message["type"] == "http.request":
                unread = unread and message["more_body"]
            if message["type"] == "http.disconnect":
                status = status or GONE
            return message

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                if unread:
                    await read_on(heard)
                status = status or message["status"]
                headers = MutableScopeHeaders.from_message(message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
            await send(message)

        try:
            await app(scope, heard, told)
        finally:
            status = status or 500
            handler = scope.get("route_handler")
            route = str(getattr(handler, "name", None) or "unknown")
            seconds = time.perf_counter() - began
            SECONDS.labels(method, route, str(status)).observe(seconds)
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.unbind_contextvars("request_id")

    return wrapped


def has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


async def read_on(receive: Receive) -> None:
    """Of a request that is answered before its end, as a refusal is: with bytes still coming, Granian closes the
    connection, and the answer may be lost. A phone would never learn that it is refused."""
    left, more = READ_ON_BYTES, True
    with suppress(TimeoutError):
        async with asyncio.timeout(READ_ON_S):
            while more and left > 0:
                message = await receive()
                if message["type"] != "http.request":
                    return
                left, more = left - len(message["body"]), message["more_body"]
