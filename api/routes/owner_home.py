"""An owner's home before there is a ticket: opened by a link or by a phone number, and one defect reported."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from api.actions import delivery, home_links, number_codes, owner_reports
from api.problems import ERRORS
from api.queries import homes as queries
from api.routes.given import (
    Asked,
    AskedByResident,
    GivenCourier,
    GivenDatabase,
    GivenLimits,
    GivenSettings,
    MailAddress,
)
from api.routes.owner import LinkToOpen, Opened, address_of
from domain.errors import CodeRefused
from domain.owner_links import CODE_LASTS


class TypedNumber(Struct, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(min_length=3, max_length=30)]


class SentNumberCode(Struct):
    """`proof` goes back with the code. The answer is the same for a number that nobody here has."""

    proof: str
    minutes: int


class TypedProof(Struct, forbid_unknown_fields=True):
    proof: Annotated[str, Meta(min_length=20, max_length=100)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class ProvenHome(Struct):
    """`session` goes into the header Owner-Session, to report from there."""

    home: str
    session: str


class DefectToReport(Struct, forbid_unknown_fields=True):
    """`answers` by the question's code. `phone` is needed unless a number was proven. `mail`, if there is one, and
    `language`, that of the page, are what messages about it go by."""

    reference: UUID
    defect: Annotated[str, Meta(min_length=1, max_length=64)]
    answers: Annotated[dict[str, bool], Meta(max_length=10)] = {}
    description: Annotated[str, Meta(max_length=2000)] = ""
    name: Annotated[str, Meta(max_length=100)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    elsewhere: bool = False
    """Not where it was repaired not long ago: a ticket of its own."""
    mail: MailAddress = ""
    language: Literal["", "zh", "en"] = ""


class ReportedDefect(Struct):
    """`token` is the end of the ticket's own link, to come back by; `session` is the one of this browser."""

    number: str
    token: str
    session: str


@post("/api/v1/owner/home/open", name="open_home_link", status_code=HTTP_200_OK, responses=ERRORS)
async def open_home_link(
    data: JSONBody[LinkToOpen], request: Asked, database: GivenDatabase, limits: GivenLimits
) -> Opened:
    """As for a ticket's link: a GET opens nothing."""
    await limits.count("owner-link", address_of(request), most=300, seconds=300)
    opened, secret = await database.write(home_links.open_home_link, data.token)
    return Opened(secret, opened.expires_at)


@post("/api/v1/owner/number", name="send_number_code", status_code=HTTP_202_ACCEPTED, responses=ERRORS)
async def send_number_code(
    data: JSONBody[TypedNumber],
    request: Asked,
    database: GivenDatabase,
    limits: GivenLimits,
    courier: GivenCourier,
) -> SentNumberCode:
    """Six digits to a number that is known to live in a home; to another one nothing is sent. The answer is the same,
    also when no gateway takes the message: it would tell whose number is known."""
    await limits.count("owner-code", address_of(request), most=30, seconds=600)
    proof, new = await database.write(number_codes.new_code_to, data.phone)
    if new is not None:
        await delivery.deliver_now(database, new.message_id, courier, {"code": new.code})
    minutes = int(CODE_LASTS.total_seconds()) // 60
    return SentNumberCode(proof, minutes)


@post("/api/v1/owner/number/proof", name="prove_any_number", status_code=HTTP_200_OK, responses=ERRORS)
async def prove_any_number(
    data: JSONBody[TypedProof], request: Asked, database: GivenDatabase, limits: GivenLimits
) -> list[ProvenHome]:
    """The homes of that number. Five guesses a code, counted in the database."""
    await limits.count("owner-proof", address_of(request), most=60, seconds=600)
    found = await database.write(number_codes.prove, data.proof, data.code)
    if not found:
        raise CodeRefused("That code is wrong, used or over ten minutes old. Look again, or ask for a new one.")
    return [ProvenHome(queries.address_of(home), secret) for home, secret in found]


@get("/api/v1/owner/home", name="owner_home", responses=ERRORS)
async def owner_home(request: AskedByResident, database: GivenDatabase) -> queries.OwnersHome:
    """Rooms, things, defects and questions, in both languages; of tickets only those that would open again."""
    async with database.read() as session:
        return await queries.owners_home(session, request.auth)


@post("/api/v1/owner/home/reports", name="report_defect", status_code=HTTP_201_CREATED, responses=ERRORS)
async def report_defect(
    data: JSONBody[DefectToReport], request: AskedByResident, database: GivenDatabase, settings: GivenSettings
) -> ReportedDefect:
    """One defect, one ticket: its tier, clocks and verdict are there at once, and an emergency rings."""
    told = owner_reports.ToldDefect(
        reference=data.reference,
        defect=data.defect,
        answers=data.answers,
        description=data.description,
        name=data.name,
        phone=data.phone,
        elsewhere=data.elsewhere,
        mail=data.mail,
        language=data.language,
    )
    lasts = timedelta(days=settings.owner_link_days)
    ticket, token, secret = await database.write(owner_reports.report_defect, told, lasts, request.auth, request.user)
    return ReportedDefect(ticket.number, token, secret)


doors = [open_home_link, send_number_code, prove_any_number]
routes = [owner_home, report_defect]
