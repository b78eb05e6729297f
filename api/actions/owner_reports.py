"""An owner reports a defect from the page of their home, and goes on with the ticket's own link."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions import tickets
from api.actions.opening import Report
from api.actions.owner_links import make_link, open_link
from api.auth import OpenedHome, Person
from api.queries.homes import WITH_TERRITORY
from domain.errors import TooManyTries
from domain.home_links import REPORTS_A_DAY, plain_number
from domain.places import Home
from domain.tickets import Channel, Ticket

SOURCE = "owner-page"


@dataclass(frozen=True, kw_only=True)
class ToldDefect:
    """`reference` is the page's own: sent again, because the answer got lost, it is the same ticket."""

    reference: UUID
    defect: str
    answers: dict[str, bool] = field(default_factory=dict)
    description: str = ""
    name: str = ""
    phone: str = ""
    elsewhere: bool = False
    mail: str = ""
    language: str = ""


async def report_defect(
    session: AsyncSession, told: ToldDefect, lasts: timedelta, opened: OpenedHome, by: Person
) -> tuple[Ticket, str, str]:
    """The ticket, its link's token and this browser's session of it.

    Raises Invalid for a defect that isn't listed or a number that is none, TooManyTries after REPORTS_A_DAY.
    """
    # One report of a home at a time, so that the day's count holds.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(opened.home_id), 2))))
    home = await session.get_one(Home, opened.home_id, options=[WITH_TERRITORY])
    now = clock.now()
    since = await session.scalar(
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.home_id == home.id, Ticket.source == SOURCE, Ticket.reported_at > now - timedelta(days=1))
    )
    if (since or 0) >= REPORTS_A_DAY:
        raise TooManyTries("This home has reported very often today. Call the office.")
    building = home.building
    ticket, _ = await tickets.report(
        session,
        Report(
            territory_id=building.community.territory_id,
            community=building.community.name,
            address=building.address,
            unit=home.unit,
            defect=told.defect,
            channel=Channel.WEB,
            reported_at=now,
            description=told.description,
            contact_name=told.name,
            contact_phone=opened.phone or plain_number(told.phone),
            contact_mail=told.mail,
            contact_language=told.language,
            answers=told.answers,
            elsewhere=told.elsewhere,
            source=SOURCE,
            reference=f"{home.id}:{told.reference}",  # nobody gets at another home's ticket by its reference
        ),
        by,
    )
    _, token = await make_link(session, ticket.id, lasts, by)
    _, secret = await open_link(session, token)
    return ticket, token, secret
