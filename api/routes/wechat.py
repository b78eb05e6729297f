"""WeChat's callback: what followers of the official account say. Answered within 5 seconds, whatever the database does.

WeChat calls again when it hears nothing for 5 s, and tells the person that the service is broken. So what can't be
kept in time is not kept, and the answer asks for it once more: nobody believes a word stored that isn't.
"""

import asyncio
import time
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from msgspec import Meta, Struct
from sqlalchemy.exc import SQLAlchemyError

from api import clock
from api.actions import intakes
from api.adapters.wechat import replies
from api.adapters.wechat.account import WechatAccount
from api.adapters.wechat.messages import said_in
from api.adapters.wechat.refused import NotFromWechat
from api.db.engine import Database
from api.routes.given import GivenDatabase, GivenLimits, GivenSettings
from api.settings import Settings
from domain.errors import DomainError, NotAllowed, NotFound
from domain.intakes import Said

log = structlog.get_logger()

PATH = "/wechat/callback"
MOST_BYTES = 65_536
MOST_FIELDS = 20
READ_S, KEEP_S = 1.0, 3.0
"""Seconds for the body and for the database; together well under WeChat's 5."""

late: set[asyncio.Task[intakes.Heard]] = set()
"""Writes that were given up and are still ending: their connection is not waited for."""

SITE = files("api") / "site"

AskedByWechat = Request[None, None, State]


class Who(Struct, kw_only=True):
    name: Annotated[str, Meta(max_length=100)] = ""
    phone: Annotated[str, Meta(min_length=3, max_length=30)]
    address: Annotated[str, Meta(min_length=1, max_length=400)]


@get(PATH, name="wechat_echo", media_type=MediaType.TEXT, include_in_schema=False)
async def wechat_echo(request: AskedByWechat, settings: GivenSettings) -> str:
    try:
        return account_of(settings).echo(query_of(request), time.time())
    except NotFromWechat as refused:
        raise refuse(refused) from None


@post(PATH, name="wechat_message", status_code=200, include_in_schema=False, request_max_body_size=MOST_BYTES)
async def wechat_message(request: AskedByWechat, database: GivenDatabase, settings: GivenSettings) -> Response[bytes]:
    account = account_of(settings)
    try:
        async with asyncio.timeout(READ_S):
            body = await request.body()
        tags = account.read(query_of(request), body, time.time())
        said = said_in(tags, clock.now())
    except TimeoutError:
        raise refuse(NotFromWechat("its body took too long")) from None
    except NotFromWechat as refused:
        raise refuse(refused) from None
    if said is None:
        return Response(b"success", media_type=MediaType.TEXT)
    words = await answer_to(database, said, settings)
    reply = {
        "ToUserName": said.sender,
        "FromUserName": tags.get("ToUserName", ""),
        "CreateTime": str(int(time.time())),
        "MsgType": "text",
        "Content": words,
    }
    return Response(account.write(reply, time.time()), media_type="application/xml")


async def answer_to(database: Database, said: Said, settings: Settings) -> str:
    """Never longer than KEEP_S, and never an error: what isn't kept is asked for again."""
    keeping = asyncio.create_task(database.write(intakes.hear, said))
    await asyncio.wait({keeping}, timeout=KEEP_S)
    if not keeping.done():
        late.add(keeping)
        keeping.add_done_callback(given_up)
        keeping.cancel()
        log.error("wechat_message_not_kept", error="the database is slow")
        return replies.NOT_KEPT
    try:
        heard = keeping.result()
    except (SQLAlchemyError, DomainError, OSError) as error:
        log.error("wechat_message_not_kept", error=type(error).__name__)
        return replies.NOT_KEPT
    link = f"{settings.site_url.rstrip('/')}/wechat/who/{heard.link}" if heard.link and settings.site_url else None
    return replies.to(heard.intake, heard.ticket, link)


def given_up(keeping: asyncio.Task[intakes.Heard]) -> None:
    late.discard(keeping)
    if not keeping.cancelled():
        keeping.exception()  # looked at, so that nothing complains of it


@get("/wechat/who/{token:str}", name="wechat_who", media_type=MediaType.HTML, include_in_schema=False)
async def wechat_who(token: FromPath[str]) -> Response[bytes]:
    """The same page for every link: it says nothing about whom it was sent to."""
    return page("who.html")


@post("/wechat/who/{token:str}", name="wechat_tell_who", status_code=200, include_in_schema=False)
async def wechat_tell_who(
    token: FromPath[str],
    data: Annotated[Who, Body(media_type=RequestEncodingType.URL_ENCODED)],
    database: GivenDatabase,
    limits: GivenLimits,
) -> Response[bytes]:
    await limits.count("wechat-who", token[:64], most=20, seconds=3600)
    try:
        await database.write(intakes.tell_who, token, data.name.strip(), data.phone.strip(), data.address.strip())
    except NotFound:
        return page("who-over.html", 404)
    return page("who-told.html")


def page(name: str, status: int = 200) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response((SITE / name).read_bytes(), status_code=status, media_type=MediaType.HTML, headers=headers)


def account_of(settings: Settings) -> WechatAccount:
    """Raises NotFound where no official account is set."""
    if (account := settings.wechat_account()) is None:
        raise NotFound("No WeChat official account is set here.")
    return account


def query_of(request: AskedByWechat) -> dict[str, str]:
    """As it came. A name that stands there twice could mean one thing to us and another to who signed it."""
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise NotFromWechat("a query that can't be read") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise NotFromWechat("a name twice in the query")
    return dict(pairs)


def refuse(refused: NotFromWechat) -> NotAllowed:
    log.warning("wechat_refused", why=refused.why)
    return NotAllowed("This is not from WeChat, or not from now.")


routes = [wechat_echo, wechat_message, wechat_who, wechat_tell_who]
