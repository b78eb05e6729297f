"""A person as they are met here: by a phone number, and by all that hangs on it."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.queries.homes import WITH_TERRITORY, address_of, same_number
from domain.errors import NotFound
from domain.home_links import plain_number
from domain.intakes import Intake, IntakeState, KnownSender
from domain.jobs import Job, Visit
from domain.messages import Message
from domain.people import Owner, masked
from domain.places import Home
from domain.tickets import Ticket, TicketState


@dataclass(frozen=True)
class Traces:
    """`homes` are those where they own or have reported; `alone` are the ones that nobody else is known to own."""

    number: str
    owners: list[Owner]
    tickets: list[Ticket]
    intakes: list[Intake]
    senders: list[KnownSender]
    homes: list[Home]
    alone: set[UUID]
    visits: list[Visit]
    messages: list[UUID]

    @property
    def words(self) -> set[str]:
        """Names, numbers, mail addresses and WeChat's names, as they were written."""
        contacts: list[Ticket | Intake | KnownSender] = [*self.tickets, *self.intakes, *self.senders]
        told = {self.number}
        for contact in contacts:
            told |= {contact.contact_name, contact.contact_phone}
        told |= {word for owner in self.owners for word in (owner.name, owner.phone)}
        told |= {one.sender for one in self.intakes} | {one.sender for one in self.senders}
        return (told | {ticket.contact_mail for ticket in self.tickets}) - {""}

    @property
    def open(self) -> list[str]:
        """Numbers of tickets and conversations that are not at their end: they need to know who it is."""
        tickets = [one.number for one in self.tickets if one.state is TicketState.OPEN]
        return tickets + [one.number for one in self.intakes if one.state is IntakeState.OPEN]


class PersonHeld(Struct):
    """What is held of a person, in numbers; `open` tickets and conversations stand against an erasure."""

    number: str
    names: list[str]
    homes: list[str]
    tickets: list[str]
    open: list[str]
    visits: int
    conversations: int
    messages: int


async def person_held(session: AsyncSession, typed: str) -> PersonHeld:
    """Raises Invalid, NotFound."""
    found = await trace(session, typed)
    return PersonHeld(
        number=masked(found.number),
        names=sorted({one.name for one in found.owners} | {one.contact_name for one in found.tickets} - {""}),
        homes=[address_of(home) for home in found.homes],
        tickets=[ticket.number for ticket in found.tickets],
        open=found.open,
        visits=len(found.visits),
        conversations=len(found.intakes),
        messages=len(found.messages),
    )


async def trace(session: AsyncSession, typed: str) -> Traces:
    """Raises Invalid for what is no number, NotFound where nobody has it.

    A ticket without a number is theirs if it is of a home that they own and has their name. Who wrote under the number
    once is met in all that they wrote.
    """
    number = plain_number(typed)
    owners = (await session.scalars(select(Owner).where(same_number(Owner.phone, number)))).all()
    senders = (await session.scalars(select(KnownSender).where(same_number(KnownSender.contact_phone, number)))).all()
    told = (await session.scalars(select(Intake).where(same_number(Intake.contact_phone, number)))).all()
    known = {one.sender for one in senders} | {one.sender for one in told}
    intakes = (await session.scalars(select(Intake).where(Intake.sender.in_(known)).order_by(Intake.began_at))).all()
    unnumbered = and_(
        Ticket.contact_phone == "",
        Ticket.home_id.in_([owner.home_id for owner in owners]),
        Ticket.contact_name.in_([owner.name for owner in owners]),
    )
    tickets = (
        await session.scalars(
            select(Ticket)
            .where(or_(same_number(Ticket.contact_phone, number), unnumbered))
            .options(joinedload(Ticket.defect))
            .order_by(Ticket.reported_at)
        )
    ).all()
    if not (owners or tickets or intakes or senders):
        raise NotFound("Nothing is held of a person with this number.")
    lived = {one.home_id for one in owners} | {one.home_id for one in tickets}
    homes = (await session.scalars(select(Home).where(Home.id.in_(lived)).options(WITH_TERRITORY))).all()
    others = await session.scalars(
        select(Owner.home_id).where(Owner.home_id.in_(lived), ~same_number(Owner.phone, number))
    )
    visits = (
        await session.scalars(
            select(Visit)
            .join(Visit.job)
            .where(Job.ticket_id.in_([ticket.id for ticket in tickets]))
            .options(joinedload(Visit.technician))
            .order_by(Visit.day)
        )
    ).all()
    addresses = {number, *known, *(one.contact_phone for one in tickets), *(one.contact_mail for one in tickets)} - {""}
    messages = await session.scalars(
        select(Message.id).where(
            or_(
                Message.ticket_id.in_([ticket.id for ticket in tickets]),
                Message.visit_id.in_([visit.id for visit in visits]),
                *(Message.addresses[way].astext.in_(addresses) for way in ("wechat", "sms", "mail")),
            )
        )
    )
    return Traces(
        number,
        list(owners),
        list(tickets),
        list(intakes),
        list(senders),
        list(homes),
        lived - set(others),
        list(visits),
        list(messages),
    )
