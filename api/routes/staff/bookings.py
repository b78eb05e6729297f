"""Times for visits: offered, held, booked, moved and cancelled, by the desk for an owner on the phone."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from api.actions.bookings.book import book
from api.actions.bookings.cancel import cancel
from api.actions.bookings.holds import hold, release
from api.problems import ERRORS, SLOT_ERRORS
from api.queries.slots import offers as queries
from api.routes.chosen_time import Cancellation, ChosenTime, next_offers, rules
from api.routes.given import Asked, GivenDatabase, GivenOpenDays, GivenSettings


@get("/api/v1/jobs/{job_id:uuid}/offers", name="list_offers", responses=ERRORS)
async def list_offers(
    request: Asked,
    database: GivenDatabase,
    open_days: GivenOpenDays,
    settings: GivenSettings,
    job_id: FromPath[UUID],
    days: Annotated[int | None, QueryParameter(ge=1, le=60)] = None,
) -> queries.OffersView:
    """Times into which the visit fits, each proven now. `days` counts from tomorrow, at most to the setting's."""
    ahead = min(days or settings.slot_days, settings.slot_days)
    return await queries.offers(database, open_days, job_id, request.user, ahead)


@post(
    "/api/v1/jobs/{job_id:uuid}/holds", name="hold_slot", status_code=HTTP_201_CREATED, responses=ERRORS | SLOT_ERRORS
)
async def hold_slot(
    data: JSONBody[ChosenTime],
    request: Asked,
    database: GivenDatabase,
    open_days: GivenOpenDays,
    settings: GivenSettings,
    job_id: FromPath[UUID],
) -> queries.HoldView:
    """Keeps the time for some minutes, in place of what the job held before. 409 `slot_taken` has the others."""
    async with next_offers(database, open_days, settings, request.user, job_id):
        held = await database.write(hold, open_days, rules(settings), job_id, data.slot, request.user)
    return queries.hold_view(held)


@delete("/api/v1/jobs/{job_id:uuid}/holds", name="release_slot", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def release_slot(request: Asked, database: GivenDatabase, job_id: FromPath[UUID]) -> None:
    await database.write(release, job_id, request.user)


@post(
    "/api/v1/jobs/{job_id:uuid}/bookings",
    name="book_slot",
    status_code=HTTP_201_CREATED,
    responses=ERRORS | SLOT_ERRORS,
)
async def book_slot(
    data: JSONBody[ChosenTime],
    request: Asked,
    database: GivenDatabase,
    open_days: GivenOpenDays,
    settings: GivenSettings,
    job_id: FromPath[UUID],
) -> queries.BookingView:
    """A promise that every later plan keeps, in place of an earlier one. It need not be held before; 409 `slot_taken`
    has the other times, and what was booked before stays."""
    async with next_offers(database, open_days, settings, request.user, job_id):
        booking = await database.write(book, open_days, rules(settings), job_id, data.slot, request.user)
    return queries.booking_view(booking)


@get("/api/v1/jobs/{job_id:uuid}/bookings", name="list_bookings", responses=ERRORS)
async def list_bookings(request: Asked, database: GivenDatabase, job_id: FromPath[UUID]) -> list[queries.BookingView]:
    async with database.read() as session:
        return await queries.list_bookings(session, job_id, request.user)


@post("/api/v1/jobs/{job_id:uuid}/bookings/cancel", name="cancel_booking", status_code=HTTP_200_OK, responses=ERRORS)
async def cancel_booking(
    data: JSONBody[Cancellation],
    request: Asked,
    database: GivenDatabase,
    settings: GivenSettings,
    job_id: FromPath[UUID],
) -> queries.BookingView:
    """The job waits for another time. Not once the technician is on the way; a late one is kept as such."""
    return queries.booking_view(await database.write(cancel, rules(settings), job_id, data.reason, request.user))


routes = [list_offers, hold_slot, release_slot, book_slot, list_bookings, cancel_booking]
