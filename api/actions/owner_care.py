"""What an owner says after the repair, on the page of the ticket: it came back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions import comebacks, quotes, tickets
from api.actions.opening import Report
from api.auth import OpenedLink, Person
from api.queries.follow_ups import asks_the_owner
from api.queries.house_rules import load_house_rules
from domain.errors import IllegalMove
from domain.tickets import Channel, Ticket, TicketState

SOURCE = "owner-ticket"


async def came_back(session: AsyncSession, reference: UUID, description: str, opened: OpenedLink, by: Person) -> None:
    """Raises IllegalMove for a ticket that isn't closed, or whose watch is over: that is a report of its own."""
    ticket = await quotes.locked(session, opened.ticket_id)
    told = report_of(ticket, description, f"{ticket.id}:{reference}")
    if await tickets.told_before(session, told) is not None:
        return  # sent again, because the answer got lost
    if ticket.state is not TicketState.CLOSED:
        raise IllegalMove("This ticket is open already.")
    today = quotes.today_at(ticket, told.reported_at)
    if not ticket.watched_on(today) and not await asks_the_owner(session, ticket.id, today):
        raise IllegalMove("The watch of this repair is over. Report it again, as a new ticket.")
    await reopen(session, ticket, told, by)


async def reopen(session: AsyncSession, ticket: Ticket, told: Report, by: Person) -> None:
    territory = ticket.home.building.community.territory
    rules = await load_house_rules(session)
    await comebacks.come_back(session, ticket, told, territory, ticket.home, rules, by.actor)


def report_of(
    ticket: Ticket, description: str, reference: str, channel: Channel = Channel.WEB, source: str = SOURCE
) -> Report:
    """That the ticket's own fault is there again, as a report. `ticket` comes with its territory."""
    building = ticket.home.building
    return Report(
        territory_id=building.community.territory_id,
        community=building.community.name,
        address=building.address,
        unit=ticket.home.unit,
        defect=ticket.defect_code,
        channel=channel,
        reported_at=clock.now(),
        description=description,
        answers=ticket.answers,
        source=source,
        reference=reference,
    )
