"""What happens, as it happens: server-sent events for the pages of the desk."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
from litestar import get
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from api.adapters.presence import Said
from api.auth import Person
from api.listeners import Listeners
from api.queries.events import Happened
from api.routes.given import Asked, GivenListeners
from domain.errors import Invalid

HEARTBEAT_S = 15.0
"""Between two signs of life, so that nothing in between takes the connection for dead."""
LONGEST_S = 600.0
"""Then the page connects again, which asks anew who is asking."""
AGAIN_AFTER_MS = 1_000


@get("/api/v1/events", name="hear_events", include_in_schema=False)
async def hear_events(request: Asked, listeners: GivenListeners) -> ServerSentEvent:
    """Each event's id is its number: a page that connects again with Last-Event-ID hears all that it missed.

    `hello` comes first, with the newest number. `reload` says that too much was missed: read everything anew.
    """
    after = number(request.headers.get("Last-Event-ID"))
    return ServerSentEvent(stream(listeners, request.user, after))


def number(told: str | None) -> int | None:
    """Raises Invalid for what never was an event's number."""
    if not told:
        return None
    if not told.isascii() or not told.isdigit() or len(told) > 18:
        raise Invalid("Last-Event-ID is not the number of an event. Connect without it.")
    return int(told)


async def stream(listeners: Listeners, by: Person, after: int | None) -> AsyncIterator[ServerSentEventMessage]:
    if after is not None and await listeners.forgotten(after):
        yield ServerSentEventMessage(event="reload", data="{}", id=str(listeners.newest))
        after = None
    ends = time.monotonic() + LONGEST_S
    heard = listeners.hear(by, after)
    coming = asyncio.ensure_future(anext(heard, Ends()))
    try:
        while (left := ends - time.monotonic()) > 0:
            done, _ = await asyncio.wait({coming}, timeout=min(HEARTBEAT_S, left))
            if not done:
                yield ServerSentEventMessage(comment="still here")
                continue
            event = coming.result()
            if isinstance(event, Ends):
                return
            yield hello(listeners, after) if event is None else message(event)
            coming = asyncio.ensure_future(anext(heard, Ends()))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await heard.aclose()


class Ends:
    """Stands for the end of what is heard."""


def hello(listeners: Listeners, after: int | None) -> ServerSentEventMessage:
    newest = listeners.newest if after is None else after
    return ServerSentEventMessage(event="hello", data="{}", id=str(newest), retry=AGAIN_AFTER_MS)


def message(event: Happened | Said) -> ServerSentEventMessage:
    if isinstance(event, Said):  # no number: nobody asks for it again
        return ServerSentEventMessage(event="here", data=msgspec.json.encode(event))
    return ServerSentEventMessage(event=event.kind, data=msgspec.json.encode(event), id=str(event.number))


routes = [hear_events]
