"""An owner's own ticket, in a browser where its link was opened. No address here holds an id: there is one ticket."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import delivery, owner_codes, owner_links, owner_times, ratings
from api.problems import ERRORS, SLOT_ERRORS
from api.queries import owner_ticket as queries
from api.queries.slots import offers
from api.routes.chosen_time import Cancellation, ChosenTime, next_offers, rules
from api.routes.given import (
    Asked,
    AskedByOwner,
    GivenCourier,
    GivenDatabase,
    GivenLimits,
    GivenOpenDays,
    GivenSettings,
)
from domain.errors import CanNotSend, CodeRefused
from domain.owner_links import CODE_LASTS
from domain.people import masked


class LinkToOpen(Struct, forbid_unknown_fields=True):
    """The last part of the link's address."""

    token: Annotated[str, Meta(min_length=20, max_length=100)]


class Opened(Struct):
    """`session` goes into the header Owner-Session of every further request."""

    session: str
    expires_at: datetime


class SentCode(Struct):
    to: str
    minutes: int


class TypedCode(Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class GivenRating(Struct, forbid_unknown_fields=True):
    """`in_time`: within the booked time. What was not answered is left out."""

    stars: Annotated[int, Meta(ge=1, le=5)]
    in_time: bool | None = None
    solved: bool | None = None
    tidy: bool | None = None
    remark: Annotated[str, Meta(max_length=500)] = ""


@post("/api/v1/owner/open", name="open_owner_link", status_code=HTTP_200_OK, responses=ERRORS)
async def open_owner_link(
    data: JSONBody[LinkToOpen], request: Asked, database: GivenDatabase, limits: GivenLimits
) -> Opened:
    """A link is opened by this POST alone: programs that look at links in messages only GET."""
    await limits.count("owner-link", address_of(request), most=300, seconds=300)
    opened, secret = await database.write(owner_links.open_link, data.token)
    return Opened(secret, opened.expires_at)


@get("/api/v1/owner/ticket", name="owner_ticket", responses=ERRORS)
async def owner_ticket(request: AskedByOwner, database: GivenDatabase, settings: GivenSettings) -> queries.OwnersTicket:
    async with database.read() as session:
        return await queries.owners_ticket(session, request.auth, settings.emergency_line)


@get("/api/v1/owner/offers", name="owner_offers", responses=ERRORS)
async def owner_offers(
    request: AskedByOwner, database: GivenDatabase, open_days: GivenOpenDays, settings: GivenSettings
) -> offers.OffersView:
    """Times into which the visit fits, each proven now; the cheapest of a day means that a technician is nearby."""
    async with database.read() as session:
        job_id = await queries.job_to_do(session, request.auth.ticket_id)
    return await offers.offers(database, open_days, job_id, request.user, settings.slot_days)


@post("/api/v1/owner/hold", name="owner_hold", status_code=HTTP_201_CREATED, responses=ERRORS | SLOT_ERRORS)
async def owner_hold(
    data: JSONBody[ChosenTime],
    request: AskedByOwner,
    database: GivenDatabase,
    open_days: GivenOpenDays,
    settings: GivenSettings,
) -> offers.HoldView:
    """Keeps the time for some minutes, in place of what was held before. 409 `slot_taken` has the others."""
    async with database.read() as session:
        job_id = await queries.job_to_do(session, request.auth.ticket_id)
    async with next_offers(database, open_days, settings, request.user, job_id):
        held = await database.write(
            owner_times.hold_time, open_days, rules(settings), data.slot, request.auth, request.user
        )
    return offers.hold_view(held)


@delete("/api/v1/owner/hold", name="owner_release", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def owner_release(request: AskedByOwner, database: GivenDatabase) -> None:
    await database.write(owner_times.let_time_go, request.auth, request.user)


@post("/api/v1/owner/booking", name="owner_book", status_code=HTTP_201_CREATED, responses=ERRORS | SLOT_ERRORS)
async def owner_book(
    data: JSONBody[ChosenTime],
    request: AskedByOwner,
    database: GivenDatabase,
    open_days: GivenOpenDays,
    settings: GivenSettings,
) -> offers.BookingView:
    """A promise that every later plan keeps. In place of a booked time it needs a proven number: 403
    `number_not_proven`. 409 `slot_taken` has the other times, and what was booked before stays."""
    async with database.read() as session:
        job_id = await queries.job_to_do(session, request.auth.ticket_id)
    async with next_offers(database, open_days, settings, request.user, job_id):
        booking = await database.write(
            owner_times.choose_time, open_days, rules(settings), data.slot, request.auth, request.user
        )
    return offers.booking_view(booking)


@post("/api/v1/owner/booking/cancel", name="owner_cancel", status_code=HTTP_200_OK, responses=ERRORS)
async def owner_cancel(
    data: JSONBody[Cancellation], request: AskedByOwner, database: GivenDatabase, settings: GivenSettings
) -> offers.BookingView:
    """The ticket waits for another time. Needs a proven number: 403 `number_not_proven`."""
    ended = await database.write(owner_times.cancel_time, rules(settings), data.reason, request.auth, request.user)
    return offers.booking_view(ended)


@post("/api/v1/owner/code", name="send_owner_code", status_code=HTTP_202_ACCEPTED, responses=ERRORS)
async def send_owner_code(
    request: AskedByOwner, database: GivenDatabase, limits: GivenLimits, courier: GivenCourier
) -> SentCode:
    """Six digits to the ticket's phone number, whoever asks."""
    await limits.count("owner-code", address_of(request), most=30, seconds=600)
    new = await database.write(owner_codes.new_code_for, request.auth, request.user)
    minutes = int(CODE_LASTS.total_seconds()) // 60
    if not await delivery.deliver_now(database, new.message_id, courier, {"code": new.code}):
        raise CanNotSend("The message can't be sent just now. Try again, or call the office.")
    return SentCode(masked(new.number), minutes)


@post("/api/v1/owner/proof", name="prove_owner_number", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def prove_owner_number(
    data: JSONBody[TypedCode], request: AskedByOwner, database: GivenDatabase, limits: GivenLimits
) -> None:
    """The code that was sent. Five guesses a code, counted in the database; then a new one is needed."""
    await limits.count("owner-proof", address_of(request), most=60, seconds=600)
    if not await database.write(owner_codes.prove_number, request.auth, data.code, request.user):
        raise CodeRefused("That code is wrong, used or over ten minutes old. Look again, or ask for a new one.")


@post("/api/v1/owner/rating", name="rate_visit", status_code=HTTP_201_CREATED, responses=ERRORS)
async def rate_visit(data: JSONBody[GivenRating], request: AskedByOwner, database: GivenDatabase) -> Response[None]:
    """Of the last visit, once."""
    told = ratings.ToldRating(data.stars, data.in_time, data.solved, data.tidy, data.remark)
    await database.write(ratings.rate, told, request.auth, request.user)
    return Response(None, status_code=HTTP_201_CREATED)


def address_of(request: Request[Any, Any, State]) -> str:
    return request.client.host if request.client else ""


routes = [
    owner_ticket,
    owner_offers,
    owner_hold,
    owner_release,
    owner_book,
    owner_cancel,
    send_owner_code,
    prove_owner_number,
    rate_visit,
]
