"""Prices for work outside cover: offered, listed and withdrawn."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api import clock
from api.actions import quotes as actions
from api.problems import ERRORS
from api.queries import quotes as queries
from api.routes.given import Asked, GivenDatabase
from domain.quotes import MOST_CENTS, MOST_LINES


class LineToQuote(Struct, forbid_unknown_fields=True):
    """`cents` may be below 0: a discount."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    cents: Annotated[int, Meta(ge=-MOST_CENTS, le=MOST_CENTS)]


class QuoteToOffer(Struct, forbid_unknown_fields=True):
    """`valid_until` is the last day; `currency` is ISO 4217."""

    lines: Annotated[list[LineToQuote], Meta(min_length=1, max_length=MOST_LINES)]
    valid_until: date
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"


@post("/api/v1/tickets/{ticket_id:uuid}/quotes", name="offer_quote", status_code=HTTP_201_CREATED, responses=ERRORS)
async def offer_quote(
    request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID], data: JSONBody[QuoteToOffer]
) -> queries.QuoteView:
    """In place of the one before. The work can't be planned until the owner has accepted."""
    lines = tuple((line.text, line.cents) for line in data.lines)
    told = actions.ToldQuote(lines, data.currency, data.valid_until)
    return await database.write(actions.offer, ticket_id, told, request.user)


@get("/api/v1/tickets/{ticket_id:uuid}/quotes", name="list_quotes", responses=ERRORS)
async def list_quotes(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> list[queries.QuoteView]:
    async with database.read() as session:
        return await queries.list_quotes(session, ticket_id, request.user, clock.now())


@post(
    "/api/v1/quotes/{quote_id:uuid}/withdraw",
    name="withdraw_quote",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def withdraw_quote(request: Asked, database: GivenDatabase, quote_id: FromPath[UUID]) -> None:
    await database.write(actions.withdraw, quote_id, request.user)


routes = [offer_quote, list_quotes, withdraw_quote]
