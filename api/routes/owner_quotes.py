"""An owner's answer to a price, with a proven number."""

from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from msgspec import Struct

from api.actions import quotes
from api.problems import ERRORS
from api.routes.given import AskedByOwner, GivenDatabase


class ReadQuote(Struct, forbid_unknown_fields=True):
    """The one that the owner read: an answer to another one counts for nothing."""

    quote: UUID


@post("/api/v1/owner/quote/accept", name="accept_quote", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def accept_quote(data: JSONBody[ReadQuote], request: AskedByOwner, database: GivenDatabase) -> None:
    """From now on a time can be chosen."""
    await database.write(quotes.answer, data.quote, request.auth, request.user, accepted=True)


@post("/api/v1/owner/quote/decline", name="decline_quote", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def decline_quote(data: JSONBody[ReadQuote], request: AskedByOwner, database: GivenDatabase) -> None:
    """The ticket stays; the office calls."""
    await database.write(quotes.answer, data.quote, request.auth, request.user, accepted=False)


routes = [accept_quote, decline_quote]
