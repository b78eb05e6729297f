"""What somebody says by a channel: kept at once, and made into a ticket when it is known what is broken and where."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions import tickets
from api.actions.opening import Report
from api.auth import Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.house_rules import load_house_rules
from domain.access import new_secret, secret_hash
from domain.defects import named_in
from domain.errors import NotFound
from domain.intakes import (
    LINK_LASTS,
    Intake,
    IntakeLink,
    IntakeMessage,
    IntakeState,
    KnownSender,
    MediaState,
    Said,
    SaidKind,
)
from domain.people import masked
from domain.places import Building, Community, Home
from domain.tickets import Ticket, TicketState

INTAKE = "intake"
"""The source of a ticket that was made of an intake; its reference is the intake's id."""
REPORT = "CLICK report"
"""The menu's key for a new report, also while another one is talked about."""

WITH_HOME = (
    joinedload(Intake.home).joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory)
)


@dataclass(frozen=True)
class Heard:
    """What the sender is told of; `link` is the token of a link where we must ask who they are."""

    intake: Intake | None
    ticket: Ticket | None = None
    link: str | None = None


async def hear(session: AsyncSession, said: Said) -> Heard:
    """Keeps the message in the sender's conversation. Told again, it is the same message, and nothing changes."""
    # One message of a sender at a time: two at once are one conversation, and so are a message and its repetition.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(said.sender, 8311))))
    again = await session.scalar(
        select(IntakeMessage.intake_id).where(
            IntakeMessage.channel == said.channel, IntakeMessage.event_id == said.event_id
        )
    )
    if again is not None:
        known = await session.get_one(Intake, again, options=[WITH_HOME, joinedload(Intake.ticket)])
        return Heard(known, known.ticket)
    intake = await conversation(session, said)
    if intake is None:
        return Heard(None)
    session.add(message := message_of(intake, said))
    intake.heard_at = max(intake.heard_at, said.received_at)
    await session.flush()
    if message.media_state is MediaState.WAITING:
        await emit(session, "intake.media", message.id)
    await emit(session, "intake.heard", intake.id)
    if intake.state is IntakeState.OPEN and intake.home is not None and said.kind is SaidKind.TEXT:
        await try_ticket(session, intake, intake.home, said)
    asks = intake.state is IntakeState.OPEN and intake.home is None and not intake.contact_phone
    return Heard(intake, intake.ticket, await new_link(session, intake) if asks else None)


async def conversation(session: AsyncSession, said: Said) -> Intake | None:
    """The intake that the message belongs to, a new one if it begins a conversation; None for what needs none."""
    newest = await session.scalar(
        select(Intake)
        .where(Intake.channel == said.channel, Intake.sender == said.sender)
        .options(WITH_HOME, joinedload(Intake.ticket))
        .order_by(Intake.began_at.desc(), Intake.id.desc())
        .limit(1)
        .with_for_update(of=Intake)
    )
    begins = said.kind is SaidKind.MENU and said.text == REPORT
    if newest and goes_on(newest, said) and not (begins and newest.state is not IntakeState.OPEN):
        return newest
    if said.kind is SaidKind.MENU and not begins:
        return None
    known = await session.get(KnownSender, (said.channel, said.sender))
    intake = Intake(
        channel=said.channel,
        sender=said.sender,
        began_at=said.received_at,
        heard_at=said.received_at,
        home_id=known.home_id if known else None,
        contact_name=known.contact_name if known else "",
        contact_phone=known.contact_phone if known else "",
    )
    session.add(intake)
    await session.flush()
    await session.refresh(intake, ["number"])
    return await session.get_one(
        Intake, intake.id, options=[WITH_HOME, joinedload(Intake.ticket)], populate_existing=True
    )


def goes_on(intake: Intake, said: Said) -> bool:
    over = intake.ticket is not None and intake.ticket.state is not TicketState.OPEN
    return intake.goes_on(said.received_at) and not over


def message_of(intake: Intake, said: Said) -> IntakeMessage:
    return IntakeMessage(
        intake_id=intake.id,
        channel=said.channel,
        event_id=said.event_id,
        kind=said.kind,
        text=said.text,
        latitude=said.latitude,
        longitude=said.longitude,
        said_at=said.said_at,
        received_at=said.received_at,
        media_id=said.media_id,
        media_state=MediaState.WAITING if said.media_id else MediaState.NONE,
    )


async def try_ticket(session: AsyncSession, intake: Intake, home: Home, said: Said) -> None:
    """Where the sender lives is known, and they call one defect of the catalogue by its name: nothing is missing."""
    rules = await load_house_rules(session)
    kind = named_in(said.text, rules.defects.values())
    if kind is None:
        return
    community = home.building.community
    told = Report(
        territory_id=community.territory_id,
        community=community.name,
        address=home.building.address,
        unit=home.unit,
        defect=kind.code,
        channel=intake.channel,
        reported_at=said.received_at,
        description=said.text,
        contact_name=intake.contact_name,
        contact_phone=intake.contact_phone,
        source=INTAKE,
        reference=str(intake.id),
    )
    ticket, _ = await tickets.report(session, told, None, rules)
    intake.become(ticket)


async def new_link(session: AsyncSession, intake: Intake) -> str:
    token = new_secret()
    expires_at = clock.now() + LINK_LASTS
    session.add(IntakeLink(intake_id=intake.id, token_hash=secret_hash(token), expires_at=expires_at))
    return token


async def tell_who(session: AsyncSession, token: str, name: str, phone: str, address: str) -> Intake:
    """What the sender wrote behind the link: kept as a message, and shown to the desk as told, not as proven.

    Raises NotFound for a link that is none or is over.
    """
    now = clock.now()
    intake = await session.scalar(
        select(Intake)
        .join(IntakeLink, IntakeLink.intake_id == Intake.id)
        .where(IntakeLink.token_hash == secret_hash(token), IntakeLink.expires_at > now)
        .with_for_update(of=Intake)
    )
    if intake is None:
        raise NotFound("This link is over. Send any message to get a new one.")
    session.add(
        IntakeMessage(
            intake_id=intake.id,
            channel=intake.channel,
            event_id=f"form:{new_secret()}",
            kind=SaidKind.FORM,
            text="\n".join(filter(None, (name, masked(phone), address))),
            said_at=now,
            received_at=now,
        )
    )
    intake.contact_name, intake.contact_phone, intake.address_told = name or intake.contact_name, phone, address
    intake.heard_at = now
    await emit(session, "intake.heard", intake.id)
    return intake


async def complete(session: AsyncSession, intake_id: UUID, told: Report, by: Person) -> tuple[Ticket, bool]:
    """The desk makes the ticket, and whether it is new; who wrote is known from now on to live there.

    The channel and the time are the conversation's, so the clocks run since the office heard of it; a name or a number
    that the desk leaves out is the sender's. Raises NotFound, Invalid, and IllegalMove for an intake that somebody else
    has settled.
    """
    intake = await seen_by(session, intake_id, by)
    if intake.ticket_id and told.reference and (known := await tickets.told_before(session, told)):
        return known, False  # the same report again, because the answer got lost
    told = replace(
        told,
        channel=intake.channel,
        reported_at=intake.began_at,
        contact_name=told.contact_name or intake.contact_name,
        contact_phone=told.contact_phone or intake.contact_phone,
    )
    ticket, new = await tickets.report(session, told, by)
    intake.become(ticket)
    now = clock.now()
    intake.home_id, intake.contact_name, intake.contact_phone = ticket.home_id, told.contact_name, told.contact_phone
    intake.seen_at = now
    await session.merge(
        KnownSender(
            channel=intake.channel,
            sender=intake.sender,
            home_id=ticket.home_id,
            contact_name=told.contact_name,
            contact_phone=told.contact_phone,
            known_since=now,
        )
    )
    await record(session, by.actor, "intake.ticketed", intake.id, number=intake.number, ticket=ticket.number)
    return ticket, new


async def dismiss(session: AsyncSession, intake_id: UUID, note: str, by: Person) -> None:
    """It was no report. Raises NotFound, IllegalMove."""
    intake = await seen_by(session, intake_id, by)
    intake.dismiss(note)
    await record(session, by.actor, "intake.dismissed", intake.id, number=intake.number, note=note)


async def read_on(session: AsyncSession, intake_id: UUID, by: Person) -> None:
    """The desk has read what came after the ticket was made."""
    intake = await seen_by(session, intake_id, by)
    intake.seen_at = clock.now()


async def seen_by(session: AsyncSession, intake_id: UUID, by: Person) -> Intake:
    """Locked. One of a known home is its territory's; of an unknown one, everybody's at a desk. Raises NotFound."""
    intake = await session.get(Intake, intake_id, options=[WITH_HOME], with_for_update={"of": Intake})
    if intake is None or (intake.home and not by.sees(intake.home.building.community.territory_id)):
        raise NotFound("There is no such intake.")
    return intake
