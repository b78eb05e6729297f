"""Messages to owners and people on call: what became of them, once more, and their words."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import UNSET, Meta, Struct, UnsetType

from api.actions import message_templates as templates
from api.actions import messages as actions
from api.problems import ERRORS
from api.queries import messages as queries
from api.routes.given import Asked, GivenDatabase
from domain.errors import NotFound
from domain.message_templates import MOST_WORDS, Language, MessageKind, WechatSends, Words

Line = Annotated[str, Meta(min_length=1, max_length=MOST_WORDS)]


class OwnWords(Struct, forbid_unknown_fields=True):
    """Names in braces are filled in; the list of templates says which."""

    subject: Line
    text: Line
    seen: datetime | UnsetType | None = UNSET
    """`changed_at` of the words that were looked at, null for the shipped ones: 409 if they are others by now."""


class OwnWechat(Struct, forbid_unknown_fields=True):
    """A template that is registered with the account; `fields` are its keywords, such as {"thing1": "{defect}"}."""

    template_id: Annotated[str, Meta(min_length=1, max_length=100)]
    fields: Annotated[
        dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=100)]], Meta(max_length=10)
    ]
    sends: WechatSends = WechatSends.TEMPLATE


class SentAgain(Struct):
    id: UUID


@get("/api/v1/tickets/{ticket_id:uuid}/messages", name="list_messages", responses=ERRORS)
async def list_messages(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]
) -> list[queries.DeliveryView]:
    async with database.read() as session:
        return await queries.list_messages(session, ticket_id, request.user)


@post(
    "/api/v1/messages/{message_id:uuid}/again",
    name="send_message_again",
    status_code=HTTP_201_CREATED,
    responses=ERRORS,
)
async def send_message_again(request: Asked, database: GivenDatabase, message_id: FromPath[UUID]) -> SentAgain:
    """By every way anew, in quiet hours too. The first one and its tries stay as they are."""
    return SentAgain(await database.write(actions.send_again, message_id, request.user))


@get("/api/v1/message-templates", name="list_message_templates", responses=ERRORS)
async def list_message_templates(request: Asked, database: GivenDatabase) -> queries.Templates:
    async with database.read() as session:
        return await queries.list_templates(session)


@put(
    "/api/v1/message-templates/{kind:str}/{language:str}",
    name="change_message_template",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def change_message_template(
    request: Asked, database: GivenDatabase, kind: FromPath[str], language: FromPath[str], data: JSONBody[OwnWords]
) -> None:
    """For messages from now on. A name in braces that isn't known there is refused, and said."""
    words = Words(data.subject, data.text)
    seen = templates.UNSAID if data.seen is UNSET else data.seen
    await database.write(templates.change, kind_called(kind), language_called(language), words, request.user, seen)


@delete("/api/v1/message-templates/{kind:str}/{language:str}", name="drop_message_template", responses=ERRORS)
async def drop_message_template(
    request: Asked,
    database: GivenDatabase,
    kind: FromPath[str],
    language: FromPath[str],
    seen: FromQuery[datetime | None] = None,
) -> None:
    """The shipped words again. With `seen`, 409 if the words are others by now."""
    known = templates.UNSAID if seen is None else seen
    await database.write(templates.drop, kind_called(kind), language_called(language), request.user, known)


@put(
    "/api/v1/wechat-templates/{kind:str}",
    name="change_wechat_template",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def change_wechat_template(
    request: Asked, database: GivenDatabase, kind: FromPath[str], data: JSONBody[OwnWechat]
) -> None:
    await database.write(
        templates.change_wechat, kind_called(kind), data.template_id, data.sends, data.fields, request.user
    )


@delete("/api/v1/wechat-templates/{kind:str}", name="drop_wechat_template", responses=ERRORS)
async def drop_wechat_template(request: Asked, database: GivenDatabase, kind: FromPath[str]) -> None:
    await database.write(templates.drop_wechat, kind_called(kind), request.user)


def kind_called(name: str) -> MessageKind:
    if name not in tuple(MessageKind):
        raise NotFound(f"There is no such message. There are: {', '.join(MessageKind)}.")
    return MessageKind(name)


def language_called(name: str) -> Language:
    if name not in ("zh", "en"):
        raise NotFound("Messages have words in zh and en.")
    return Language(name)


routes = [
    list_messages,
    send_message_again,
    list_message_templates,
    change_message_template,
    drop_message_template,
    change_wechat_template,
    drop_wechat_template,
]
