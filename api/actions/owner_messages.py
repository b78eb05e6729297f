"""What an owner is told of a ticket: a time booked, moved or cancelled, who is on the way, and when it is done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.messages import Recipient, Told, tell
from domain.arrival import Span, expected
from domain.bookings import Booking
from domain.intakes import Intake, KnownSender
from domain.jobs import JobState, Visit, VisitState
from domain.message_templates import Language, MessageKind
from domain.messages import Way
from domain.people import Technician
from domain.places import Building, Community, Home, Territory
from domain.tickets import Channel, Ticket
from domain.triage import Tier

WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True)
class About:
    ticket: Ticket
    to: Recipient

    @property
    def territory(self) -> Territory:
        return self.ticket.home.building.community.territory

    def values(self, technician: str = "", span: Span | None = None) -> dict[str, dict[str, str]]:
        """By language."""
        times = hours_said(span, self.territory) if span else {"zh": {}, "en": {}}
        named = {"number": self.ticket.number, "technician": technician}
        defect = {"zh": self.ticket.defect.name_zh, "en": self.ticket.defect.name_en}
        return {language: named | times[language] | {"defect": defect[language]} for language in ("zh", "en")}


async def told_of_booking(
    session: AsyncSession, ticket_id: UUID, visit_id: UUID, booking: Booking, *, moved: bool
) -> None:
    kind, span = MessageKind.MOVED if moved else MessageKind.BOOKED, Span(booking.opens, booking.closes)
    await tell_owner(session, ticket_id, kind, f"{kind}:{booking.id}", visit_id=visit_id, span=span)


async def told_of_cancellation(session: AsyncSession, ticket_id: UUID, booking: Booking) -> None:
    kind = MessageKind.CANCELLED
    await tell_owner(session, ticket_id, kind, f"{kind}:{booking.id}", span=Span(booking.opens, booking.closes))


async def told_of_visit(session: AsyncSession, visit: Visit, now: datetime) -> None:
    """After each thing that a phone tells: whoever has set out is announced once, and a repair's end is told once."""
    if visit.state is VisitState.TRAVELLING and (span := expected(visit, now)) is not None and span.ends > now:
        await tell_of_visit(session, visit, MessageKind.ON_THE_WAY, span=span, useless_after=span.ends)
    elif visit.state is VisitState.DONE and visit.job.state is JobState.DONE:
        await tell_of_visit(session, visit, MessageKind.COMPLETED)
        await tell_of_visit(session, visit, MessageKind.RATE)


async def told_of_delay(session: AsyncSession, visit: Visit, span: Span, step: int) -> bool:
    """Once a step of time at most; whether it was news."""
    key = f"{MessageKind.DELAYED}:{visit.id}:{step}"
    return await tell_of_visit(session, visit, MessageKind.DELAYED, key, span=span, useless_after=span.ends)


async def tell_of_visit(
    session: AsyncSession,
    visit: Visit,
    kind: MessageKind,
    key: str = "",
    *,
    span: Span | None = None,
    useless_after: datetime | None = None,
) -> bool:
    technician = await session.get_one(Technician, visit.technician_id)
    return await tell_owner(
        session,
        visit.job.ticket_id,
        kind,
        key or f"{kind}:{visit.id}",
        technician=technician.name,
        visit_id=visit.id,
        span=span,
        useless_after=useless_after,
    )


async def tell_owner(
    session: AsyncSession,
    ticket_id: UUID,
    kind: MessageKind,
    key: str,
    *,
    technician: str = "",
    visit_id: UUID | None = None,
    span: Span | None = None,
    useless_after: datetime | None = None,
) -> bool:
    about = await about_ticket(session, ticket_id)
    values = about.values(technician, span)
    message_id = await tell(
        session,
        Told(
            kind=kind,
            key=key,
            to=about.to,
            territory=about.territory,
            zh=values["zh"],
            en=values["en"],
            ticket_id=ticket_id,
            visit_id=visit_id,
            span=span,
            at_night=about.ticket.tier is Tier.EMERGENCY,
            useless_after=useless_after,
        ),
    )
    return message_id is not None


async def about_ticket(session: AsyncSession, ticket_id: UUID) -> About:
    of_territory = joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory)
    # A query, since `get` would leave a ticket that is here already as it is, without its home.
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(joinedload(Ticket.defect), joinedload(Ticket.home).options(of_territory))
    )
    ticket = found.one()
    addresses = {
        Way.WECHAT: await follower(session, ticket),
        Way.SMS: ticket.contact_phone,
        Way.MAIL: ticket.contact_mail,
    }
    language = Language(ticket.contact_language or Language.BOTH)
    return About(ticket, Recipient(ticket.contact_name, addresses, language))


async def follower(session: AsyncSession, ticket: Ticket) -> str:
    """Who reported it by WeChat, or whom the desk knows to live there with the same number; else ""."""
    reported = await session.scalar(
        select(Intake.sender)
        .where(Intake.ticket_id == ticket.id, Intake.channel == Channel.WECHAT)
        .order_by(Intake.heard_at.desc())
        .limit(1)
    )
    if reported or not ticket.contact_phone:
        return reported or ""
    known = await session.scalar(
        select(KnownSender.sender)
        .where(
            KnownSender.channel == Channel.WECHAT,
            KnownSender.home_id == ticket.home_id,
            KnownSender.contact_phone == ticket.contact_phone,
        )
        .order_by(KnownSender.known_since.desc())
        .limit(1)
    )
    return known or ""


def hours_said(span: Span, territory: Territory) -> dict[str, dict[str, str]]:
    begins, ends = (at.astimezone(territory.zone) for at in (span.begins, span.ends))
    times = {"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}
    zh = f"{begins.month}月{begins.day}日（周{WEEKDAYS_ZH[begins.weekday()]}）"
    return {"zh": times | {"day": zh}, "en": times | {"day": f"{begins:%a} {begins.day} {begins:%b}"}}
