"""Prices that owners were told."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.queries.tickets import seen_ticket
from domain.places import Territory
from domain.quotes import Quote, QuoteState


class QuoteLine(Struct):
    text: str
    cents: int


class QuoteView(Struct):
    """`expired`: offered, and its last day is over."""

    id: UUID
    lines: list[QuoteLine]
    total_cents: int
    currency: str
    valid_until: date
    state: str
    expired: bool
    offered_at: datetime
    decided_at: datetime | None


def view(quote: Quote, today: date) -> QuoteView:
    return QuoteView(
        id=quote.id,
        lines=[QuoteLine(line["text"], line["cents"]) for line in quote.lines],
        total_cents=quote.total_cents,
        currency=quote.currency,
        valid_until=quote.valid_until,
        state=quote.state,
        expired=quote.state is QuoteState.OFFERED and today > quote.valid_until,
        offered_at=quote.offered_at,
        decided_at=quote.decided_at,
    )


async def list_quotes(session: AsyncSession, ticket_id: UUID, by: Person, now: datetime) -> list[QuoteView]:
    """The newest first."""
    ticket = await seen_ticket(session, by, ticket_id)
    territory = await session.get_one(Territory, ticket.home.building.community.territory_id)
    today = now.astimezone(territory.zone).date()  # a price holds to the end of its last day where the home is
    rows = await session.scalars(select(Quote).where(Quote.ticket_id == ticket_id).order_by(Quote.id.desc()))
    return [view(quote, today) for quote in rows]


async def owners_quote(session: AsyncSession, ticket_id: UUID, today: date) -> QuoteView | None:
    quote = await session.scalar(
        select(Quote)
        .where(Quote.ticket_id == ticket_id, Quote.state != QuoteState.WITHDRAWN)
        .order_by(Quote.id.desc())
        .limit(1)
    )
    return view(quote, today) if quote is not None else None
