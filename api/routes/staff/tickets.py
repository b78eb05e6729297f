"""The desk's tickets: reported, listed, looked at."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta, Struct

from api import clock
from api.actions import tickets as actions
from api.actions.opening import Report
from api.problems import ERRORS
from api.queries import tickets as queries
from api.queries.callers import Caller, contact_of
from api.queries.callers import find_callers as callers
from api.queries.house_rules import load_house_rules
from api.queries.watched_repairs import WatchedRepair, watched_where
from api.routes.given import Asked, AtMost, GivenDatabase, MailAddress
from domain.errors import Conflict
from domain.tickets import Channel, TicketState

DESK = "desk"
"""The source of a ticket whose reference the desk has given."""

TOLD_BEFORE = {
    HTTP_200_OK: ResponseSpec(queries.TicketDetail, generate_examples=False, description="It was told before")
}

Line = Annotated[str, Meta(min_length=1, max_length=200)]


class NewTicket(Struct, forbid_unknown_fields=True, kw_only=True):
    """`answers` are to the triage questions. Without coordinates the address is looked up, if a geocoder is set.

    `reference` is the sender's own for this report: sent again, because the answer got lost, it is the same ticket.
    `caller` is somebody who was found: where no name or number is told, it is theirs.
    """

    territory_id: UUID
    community: Line
    address: Line
    unit: Annotated[str, Meta(max_length=50)] = ""
    postcode: Annotated[str, Meta(max_length=20)] = ""
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    defect: Line
    description: Annotated[str, Meta(max_length=4000)] = ""
    contact_name: Annotated[str, Meta(max_length=100)] = ""
    contact_phone: Annotated[str, Meta(max_length=30)] = ""
    contact_mail: MailAddress = ""
    contact_language: Literal["", "zh", "en"] = ""
    answers: Annotated[dict[Annotated[str, Meta(max_length=64)], bool], Meta(max_length=20)] = {}
    reference: UUID | None = None
    elsewhere: bool = False
    """It is another place of the home than the repair that is still watched: a ticket of its own."""
    caller: UUID | None = None


class CatalogueEntry(Struct):
    """`asks` names the questions whose answers may change the tier."""

    code: str
    name_en: str
    name_zh: str
    tier: str
    asks: list[str]


class Question(Struct):
    code: str
    text_en: str
    text_zh: str


class Catalogue(Struct):
    defects: list[CatalogueEntry]
    questions: list[Question]


def told_in(data: NewTicket) -> Report:
    return Report(
        territory_id=data.territory_id,
        community=data.community,
        address=data.address,
        unit=data.unit,
        postcode=data.postcode,
        latitude=data.latitude,
        longitude=data.longitude,
        defect=data.defect,
        channel=Channel.PHONE,
        reported_at=clock.now(),
        description=data.description,
        contact_name=data.contact_name,
        contact_phone=data.contact_phone,
        contact_mail=data.contact_mail,
        contact_language=data.contact_language,
        answers=data.answers,
        source=DESK if data.reference else None,
        reference=str(data.reference) if data.reference else None,
        elsewhere=data.elsewhere,
    )


@get("/api/v1/tickets", name="list_tickets", responses=ERRORS)
async def list_tickets(
    request: Asked,
    database: GivenDatabase,
    ticket_state: Annotated[TicketState | None, QueryParameter(name="state")] = None,
    after: FromQuery[UUID | None] = None,
    limit: AtMost = 100,
) -> list[queries.TicketView]:
    async with database.read() as session:
        return await queries.list_tickets(session, request.user, ticket_state, after, limit)


@post("/api/v1/tickets", name="report_ticket", status_code=HTTP_201_CREATED, responses=TOLD_BEFORE | ERRORS)
async def report_ticket(
    data: JSONBody[NewTicket], request: Asked, database: GivenDatabase
) -> Response[queries.TicketDetail]:
    """Triage, clocks, warranty verdict and job follow at once. A fault that comes back while its repair is watched
    opens that ticket again. 200: the reference is known, and nothing was changed."""
    if data.caller is not None:
        async with database.read() as session:
            name, phone = await contact_of(session, data.caller, request.user)
        data.contact_name, data.contact_phone = data.contact_name or name, data.contact_phone or phone
    told = told_in(data)
    try:
        ticket, new = await database.write(actions.report, told, request.user)
    except Conflict:  # the same report came twice at the same moment: now the first is there
        ticket, new = await database.write(actions.report, told, request.user)
    async with database.read() as session:
        detail = await queries.show_ticket(session, request.user, ticket.id)
    return Response(detail, status_code=HTTP_201_CREATED if new else HTTP_200_OK)


@get("/api/v1/callers", name="find_callers", responses=ERRORS)
async def find_callers(
    request: Asked, database: GivenDatabase, typed: Annotated[str, QueryParameter(name="q", max_length=100)]
) -> list[Caller]:
    """From the first keys of a number, an address or a name; numbers are masked."""
    async with database.read() as session:
        return await callers(session, typed, request.user)


@get("/api/v1/watched-repairs", name="list_watched_repairs", responses=ERRORS)
async def list_watched_repairs(
    request: Asked,
    database: GivenDatabase,
    territory_id: FromQuery[UUID],
    community: Annotated[str, QueryParameter(max_length=200)],
    address: Annotated[str, QueryParameter(max_length=200)],
    unit: Annotated[str, QueryParameter(max_length=50)] = "",
) -> list[WatchedRepair]:
    """Which tickets a report from that home would open again, unless it tells that it is `elsewhere`."""
    async with database.read() as session:
        return await watched_where(session, request.user, territory_id, community, address, unit)


@get("/api/v1/tickets/{ticket_id:uuid}", name="show_ticket", responses=ERRORS)
async def show_ticket(request: Asked, database: GivenDatabase, ticket_id: FromPath[UUID]) -> queries.TicketDetail:
    async with database.read() as session:
        return await queries.show_ticket(session, request.user, ticket_id)


@get("/api/v1/defects", name="list_defects", responses=ERRORS)
async def list_defects(request: Asked, database: GivenDatabase) -> Catalogue:
    """What `defect` and `answers` of a new ticket are chosen from."""
    async with database.read() as session:
        rules = await load_house_rules(session)
    return Catalogue(
        defects=[
            CatalogueEntry(kind.code, kind.name_en, kind.name_zh, kind.tier, kind.asks)
            for kind in rules.defects.values()
        ],
        questions=[Question(asked.code, asked.text_en, asked.text_zh) for asked in rules.questions],
    )


routes = [list_tickets, report_ticket, find_callers, list_watched_repairs, show_ticket, list_defects]
