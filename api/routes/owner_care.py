"""After the repair, on the owner's own ticket: it stayed fixed, or it came back."""

from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import follow_ups, owner_care
from api.problems import ERRORS
from api.routes.given import AskedByOwner, GivenDatabase


class ToldComeback(Struct, forbid_unknown_fields=True):
    """`reference` is the page's own: sent again, because the answer got lost, it is the same report."""

    reference: UUID
    description: Annotated[str, Meta(max_length=2000)] = ""


@post("/api/v1/owner/came-back", name="owner_came_back", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def owner_came_back(data: JSONBody[ToldComeback], request: AskedByOwner, database: GivenDatabase) -> None:
    """The ticket opens again, with clocks of its own, and a time can be chosen. 409 once the watch is over."""
    await database.write(owner_care.came_back, data.reference, data.description, request.auth, request.user)


@post("/api/v1/owner/stayed-fixed", name="owner_stayed_fixed", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def owner_stayed_fixed(request: AskedByOwner, database: GivenDatabase) -> None:
    """Nobody calls about it any more."""
    await database.write(follow_ups.stayed_fixed, request.auth, request.user)


routes = [owner_came_back, owner_stayed_fixed]
