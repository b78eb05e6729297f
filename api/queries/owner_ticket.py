"""A ticket as its owner sees it: like a parcel's way, with who comes and when, and what may be done now."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api import clock
from api.auth import OpenedLink
from api.queries.alarms import reaches_somebody
from api.queries.comebacks import comebacks_of
from api.queries.follow_ups import asks_the_owner
from api.queries.owner_steps import Step, steps_of
from api.queries.quotes import QuoteView, owners_quote
from api.queries.ticket_state import may_choose
from api.queries.tickets import Defect
from api.queries.told_times import spans_told
from domain.advice import advice_for
from domain.arrival import Span, expected
from domain.bookings import Booking
from domain.defects import Skill
from domain.errors import IllegalMove
from domain.jobs import GONE, Job, JobState, Visit, VisitState
from domain.on_call import Alarm, AlarmState
from domain.people import Technician, masked
from domain.places import Building, Community, Home
from domain.ratings import Rating
from domain.sign_offs import SignOff
from domain.ticket_photos import TicketPhoto
from domain.tickets import Ticket, TicketState
from domain.triage import Tier


class OwnersCertificate(Struct):
    name_en: str
    name_zh: str
    valid_to: date


class OwnersTechnician(Struct):
    """Who comes. Certificates are those that are valid on the visit's day."""

    name: str
    certificates: list[OwnersCertificate]


class OwnersWarranty(Struct):
    """The verdict as it stood when the defect was reported; `covered` is None where something needed is not known."""

    covered: bool | None
    until: date | None
    why_en: str
    why_zh: str
    articles: list[str]


class OwnersTime(Struct):
    """Both ends inclusive."""

    begins: datetime
    ends: datetime


class WhatMayBeDone(Struct):
    """`prove`: the number has not been proven in this browser, which an answer to a quote needs.

    `code`: moving or cancelling the booked time first needs the code that is sent to the ticket's number."""

    choose: bool
    cancel: bool
    code: bool
    prove: bool
    rate: bool
    come_back: bool
    """The repair is still watched, or somebody asks: one word opens the ticket again."""
    say_it_held: bool
    """Somebody would like to know whether it stayed fixed."""


class OwnersComeback(Struct):
    """The fault came back, so somebody comes again. `technician` is who was there last."""

    times: int
    reported_at: datetime
    technician: str


class OwnersHelp(Struct):
    """For an emergency: whether somebody on call is being told, or has answered, and what can be done until then.

    `unreached`: the desk is closed and nobody could be told; `line` is a number to ring, or empty."""

    ringing: bool
    answered: bool
    unreached: bool
    line: str
    by: datetime
    advice_en: str
    advice_zh: str


class OwnersTicket(Struct):
    """`expected` is when the technician may be awaited: the booked time, the one told of a delay, and a narrower one
    once on the way."""

    number: str
    state: str
    defect: Defect
    description: str
    home: str
    contact_number: str
    zone: str
    reported_at: datetime
    steps: list[Step]
    booked: OwnersTime | None
    expected: OwnersTime | None
    technician: OwnersTechnician | None
    warranty: OwnersWarranty
    may: WhatMayBeDone
    quote: QuoteView | None
    """The newest that was not withdrawn."""
    photos: int
    """How many the owner has sent."""
    help: OwnersHelp | None
    stars: int | None
    """Of the last visit, once it is rated."""
    came_back: OwnersComeback | None


async def job_to_do(session: AsyncSession, ticket_id: UUID) -> UUID:
    """The step that a time can be chosen for. Raises IllegalMove where nothing is left to do."""
    jobs = await session.scalars(select(Job).where(Job.ticket_id == ticket_id).order_by(Job.round, Job.step))
    if (job := first_to_do(jobs.all())) is None:
        raise IllegalMove("Nothing is left to be done here. If it is broken again, call the office.")
    return job.id


def first_to_do(jobs: Sequence[Job]) -> Job | None:
    return next((job for job in jobs if job.state not in (JobState.DONE, JobState.CANCELLED)), None)


async def last_ended_visit(session: AsyncSession, ticket_id: UUID) -> Visit | None:
    """Of those where somebody worked: there is nothing to say of one that found nobody at home."""
    return await session.scalar(
        select(Visit)
        .join(Visit.job)
        .where(Job.ticket_id == ticket_id, Visit.state.in_((VisitState.DONE, VisitState.NEEDS_ANOTHER)))
        .order_by(Visit.finished_at.desc())
        .options(joinedload(Visit.job))
        .limit(1)
    )


async def owners_ticket(session: AsyncSession, opened: OpenedLink, emergency_line: str) -> OwnersTicket:
    now = clock.now()
    ticket = await session.get_one(Ticket, opened.ticket_id, options=WITH_TERRITORY)
    building = ticket.home.building
    zone = building.community.territory.zone
    jobs = (await session.scalars(select(Job).where(Job.ticket_id == ticket.id).order_by(Job.round, Job.step))).all()
    to_do = first_to_do(jobs)
    backs = await comebacks_of(session, ticket.id)
    ended = await last_ended_visit(session, ticket.id)
    if backs and ended is not None and ended.id == backs[0].visit_id:
        ended = None  # of the repair before; nobody has come again yet
    stands = await standing_visit(session, to_do.id) if to_do is not None else ended
    rating = await session.scalar(select(Rating).where(Rating.visit_id == ended.id)) if ended else None
    signed = await acceptance(session, ended) if ended is not None and to_do is None else None
    asked = await asks_the_owner(session, ticket.id, now.astimezone(zone).date())
    promised = to_do.promised_at(now) if to_do is not None else None
    awaited = await awaited_at(session, stands, now) if stands is not None else None
    chooses = to_do is not None and not building.needs_location and may_choose(to_do, stands)
    return OwnersTicket(
        number=ticket.number,
        state=ticket.state,
        defect=Defect(ticket.defect.code, ticket.defect.name_en, ticket.defect.name_zh),
        description=ticket.description,
        home=" ".join(filter(None, (building.community.name, building.address, ticket.home.unit))),
        contact_number=masked(ticket.contact_phone),
        zone=zone.key,
        reported_at=ticket.reported_at,
        steps=steps_of(ticket, stands, signed, now.astimezone(zone).date()),
        booked=OwnersTime(*promised) if promised else None,
        expected=OwnersTime(awaited.begins, awaited.ends) if awaited else None,
        technician=await technician_of(session, stands) if stands is not None else None,
        warranty=msgspec.convert(ticket.warranty, OwnersWarranty),
        may=WhatMayBeDone(
            choose=chooses,
            cancel=chooses and promised is not None,
            code=not opened.proven and to_do is not None and await is_booked(session, to_do.id),
            prove=not opened.proven,
            rate=ended is not None and rating is None,
            come_back=ticket.state is TicketState.CLOSED and (asked or ticket.watched_on(now.astimezone(zone).date())),
            say_it_held=asked,
        ),
        quote=await owners_quote(session, ticket.id, now.astimezone(zone).date()),
        photos=await photos_of(session, ticket.id),
        help=await help_for(session, ticket, emergency_line),
        stars=rating.stars if rating is not None else None,
        came_back=OwnersComeback(len(backs), backs[0].reported_at, backs[0].technician) if backs else None,
    )


async def awaited_at(session: AsyncSession, visit: Visit, now: datetime) -> Span | None:
    """Whoever was told of a delay awaits the time that was told, until somebody sets out."""
    if visit.state is VisitState.PLANNED and (told := (await spans_told(session, [visit.id])).get(visit.id)):
        return told
    return expected(visit, now)


async def is_booked(session: AsyncSession, job_id: UUID) -> bool:
    """Also where that time has passed and nobody came: to choose another one takes it away all the same."""
    standing = select(Booking.id).where(Booking.job_id == job_id, Booking.ended_at.is_(None))
    return await session.scalar(standing) is not None


async def photos_of(session: AsyncSession, ticket_id: UUID) -> int:
    return (
        await session.scalar(select(func.count()).select_from(TicketPhoto).where(TicketPhoto.ticket_id == ticket_id))
    ) or 0


async def help_for(session: AsyncSession, ticket: Ticket, line: str) -> OwnersHelp | None:
    """None for what is no emergency, or where somebody has come already."""
    if ticket.tier is not Tier.EMERGENCY or ticket.attended_at or ticket.state is not TicketState.OPEN:
        return None
    alarm = await session.scalar(select(Alarm).where(Alarm.ticket_id == ticket.id))
    rings = alarm is not None and alarm.state is AlarmState.RINGING
    reached = alarm is not None and rings and await reaches_somebody(session, alarm, clock.now())
    advice = advice_for(ticket.defect_code, [code for code, yes in ticket.answers.items() if yes])
    return OwnersHelp(
        ringing=reached,
        answered=alarm is not None and alarm.state is AlarmState.ACCEPTED,
        unreached=rings and not reached,
        line=line,
        by=ticket.contact_due,
        advice_en=advice.text_en,
        advice_zh=advice.text_zh,
    )


WITH_TERRITORY = (
    joinedload(Ticket.defect),
    joinedload(Ticket.home).joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory),
)


async def standing_visit(session: AsyncSession, job_id: UUID) -> Visit | None:
    return await session.scalar(
        select(Visit).where(Visit.job_id == job_id, Visit.state.not_in(GONE)).options(joinedload(Visit.job))
    )


async def acceptance(session: AsyncSession, visit: Visit) -> SignOff | None:
    """The newest, if there are several: the watch runs from it."""
    return await session.scalar(
        select(SignOff)
        .where(SignOff.visit_id == visit.id, SignOff.accepted)
        .order_by(SignOff.watch_until.desc())
        .limit(1)
    )


async def technician_of(session: AsyncSession, visit: Visit) -> OwnersTechnician:
    with_certificates = selectinload(Technician.certificates)
    technician = await session.get_one(Technician, visit.technician_id, options=[with_certificates])
    valid = {one.kind: one.valid_to for one in technician.certificates if one.valid_on(visit.day)}
    names = await session.scalars(select(Skill).where(Skill.code.in_(valid)).order_by(Skill.code))
    return OwnersTechnician(
        technician.name, [OwnersCertificate(skill.name_en, skill.name_zh, valid[skill.code]) for skill in names]
    )
