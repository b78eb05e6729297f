"""A price is offered before work that nobody has promised; the owner's yes lets the work be planned."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.auth import OpenedLink, Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.quotes import QuoteView, view
from api.queries.tickets import seen_ticket
from domain.errors import Conflict, IllegalMove, Invalid, NotFound, NumberNotProven
from domain.jobs import Job, JobState
from domain.places import Building, Community, Home
from domain.quotes import MOST_CENTS, Quote, QuoteState
from domain.tickets import Ticket, TicketState


@dataclass(frozen=True)
class ToldQuote:
    """`lines` are (text, cents)."""

    lines: tuple[tuple[str, int], ...]
    currency: str
    valid_until: date


async def offer(session: AsyncSession, ticket_id: UUID, told: ToldQuote, by: Person) -> QuoteView:
    """From now on the ticket's next job waits for the owner's word, and the offer before is withdrawn.

    Raises NotFound, Invalid for a day that is over or a sum that can't be, Conflict where a quote is accepted already,
    IllegalMove where the visit is planned or nothing is left to do.
    """
    await seen_ticket(session, by, ticket_id)
    ticket = await locked(session, ticket_id)
    if ticket.state is not TicketState.OPEN:
        raise IllegalMove(f"Ticket {ticket.number} is {ticket.state}.")
    if ticket.warranty.get("covered"):
        raise IllegalMove("The warranty covers this defect: the owner pays nothing.")
    now = clock.now()
    if told.valid_until < (today := today_at(ticket, now)):
        raise Invalid("valid_until is over already. Give a later day.")
    total = sum(cents for _, cents in told.lines)
    if not told.lines or not 0 <= total <= MOST_CENTS:
        raise Invalid(f"A quote has at least one line, and adds up to between 0 and {MOST_CENTS} cents.")
    standing = await session.scalar(
        select(Quote).where(Quote.ticket_id == ticket_id, Quote.state.in_((QuoteState.OFFERED, QuoteState.ACCEPTED)))
    )
    if standing is not None and standing.state is QuoteState.ACCEPTED:
        raise Conflict("The owner has accepted a quote for this ticket already.")
    if standing is not None:
        standing.withdraw(now, by.actor)
        await session.flush()
    job = await next_job(session, ticket_id)
    if job is None or job.state not in (JobState.WAITING, JobState.QUOTED):
        raise IllegalMove("Nothing waits to be planned here. Take the visit out of the plan first.")
    job.move(JobState.QUOTED)
    quote = Quote(
        ticket_id=ticket_id,
        lines=[{"text": text, "cents": cents} for text, cents in told.lines],
        total_cents=total,
        currency=told.currency,
        valid_until=told.valid_until,
        offered_at=now,
        offered_by=by.actor,
    )
    session.add(quote)
    await session.flush()
    await tell(session, ticket)
    await record(session, by.actor, "quote.offered", quote.id, ticket=ticket.number, cents=total)
    return view(quote, today)


async def withdraw(session: AsyncSession, quote_id: UUID, by: Person) -> None:
    """The work can be planned without a price again. Raises NotFound, IllegalMove."""
    quote = await session.get(Quote, quote_id)
    if quote is None:
        raise NotFound("There is no such quote.")
    try:
        await seen_ticket(session, by, quote.ticket_id)
    except NotFound:
        raise NotFound("There is no such quote.") from None
    ticket = await locked(session, quote.ticket_id)
    await session.refresh(quote)
    quote.withdraw(clock.now(), by.actor)
    await let_plan(session, ticket.id)
    await tell(session, ticket)
    await record(session, by.actor, "quote.withdrawn", quote_id, ticket=ticket.number)


async def answer(session: AsyncSession, quote_id: UUID, opened: OpenedLink, by: Person, *, accepted: bool) -> None:
    """To the quote that the owner read, and no other: a price that was changed meanwhile is a Conflict.

    Raises NumberNotProven: a yes is an order.
    """
    if not opened.proven:
        raise NumberNotProven("First type the code that is sent to your phone: your answer is an order.")
    ticket = await locked(session, opened.ticket_id)
    quote = await session.get(Quote, quote_id)
    if quote is None or quote.ticket_id != ticket.id or quote.state is QuoteState.WITHDRAWN:
        raise Conflict("The price has changed. Read the new one first.")
    now = clock.now()
    wanted = QuoteState.ACCEPTED if accepted else QuoteState.DECLINED
    if quote.state is wanted:
        return  # sent again, because the answer got lost
    if accepted:
        quote.accept(now, by.actor, today_at(ticket, now))
        await let_plan(session, ticket.id)
    else:
        quote.decline(now, by.actor)
    await tell(session, ticket)
    await record(session, by.actor, f"quote.{wanted}", quote_id, ticket=ticket.number, cents=quote.total_cents)


async def let_plan(session: AsyncSession, ticket_id: UUID) -> None:
    job = await next_job(session, ticket_id)
    if job is not None and job.state is JobState.QUOTED:
        job.move(JobState.WAITING)


async def next_job(session: AsyncSession, ticket_id: UUID) -> Job | None:
    """Locked."""
    return await session.scalar(
        select(Job)
        .where(Job.ticket_id == ticket_id, Job.state.not_in((JobState.DONE, JobState.CANCELLED)))
        .order_by(Job.round, Job.step)
        .limit(1)
        .with_for_update()
    )


async def locked(session: AsyncSession, ticket_id: UUID) -> Ticket:
    """One change of a ticket's price at a time."""
    place = joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community)
    return await session.get_one(
        Ticket,
        ticket_id,
        options=[place.joinedload(Community.territory)],
        with_for_update={"of": Ticket},
        populate_existing=True,
    )


def today_at(ticket: Ticket, now: datetime) -> date:
    return now.astimezone(ticket.home.building.community.territory.zone).date()


async def tell(session: AsyncSession, ticket: Ticket) -> None:
    await emit(session, "ticket.quoted", ticket.id, territory_id=ticket.home.building.community.territory_id)
