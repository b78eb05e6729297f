"""All that is held of a person, in their own words: JSON, and which pictures and sign-offs go with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.queries.homes import address_of
from api.queries.persons import Traces, trace
from api.queries.sign_offs import Sealed
from api.queries.visit_facts import load_facts
from domain.base import Base
from domain.bookings import Booking
from domain.clock_pauses import ClockPause
from domain.comebacks import Comeback
from domain.defects import DefectKind
from domain.follow_ups import FollowUp
from domain.home_links import HomeLink
from domain.intakes import IntakeMessage
from domain.jobs import Job, Visit
from domain.messages import Message, MessageTry
from domain.owner_links import OwnerLink
from domain.photos import Photo
from domain.quotes import Quote
from domain.ratings import Rating
from domain.refusals import Refusal
from domain.sealed_sign_offs import SealedSignOff
from domain.sign_offs import SignOff
from domain.ticket_photos import TicketPhoto
from domain.tickets import Ticket
from domain.visit_facts import VisitPhoto

SECRETS = {"token_hash", "dedupe_key", "event_id"}
"""Columns that are keys and say nothing of anybody."""


@dataclass(frozen=True)
class PersonExport:
    """`pictures` are the hashes of copies that can be shown."""

    told: dict[str, Any]
    pictures: list[str]
    sealed: list[Sealed]
    tickets: list[str]


async def export_person(session: AsyncSession, typed: str) -> PersonExport:
    """Raises Invalid, NotFound."""
    found = await trace(session, typed)
    tickets, visits = [ticket.id for ticket in found.tickets], [visit.id for visit in found.visits]
    said = await rows_of(session, IntakeMessage, IntakeMessage.intake_id, [one.id for one in found.intakes])
    photos = await rows_of(session, TicketPhoto, TicketPhoto.ticket_id, tickets)
    told = {
        "phone": found.number,
        "owners": [plain(one) for one in found.owners],
        "homes": [plain(home) | {"address": address_of(home)} for home in found.homes],
        "tickets": [plain(one) | {"defect": named(one.defect)} for one in found.tickets],
        "bookings": await rows_of(session, Booking, Booking.job_id, await jobs_of(session, tickets)),
        "visits": [plain(one) | {"technician": one.technician.name} for one in found.visits],
        "facts_of_visits": await load_facts(session, lambda table: table.visit_id.in_(visits)),
        "signatures": await rows_of(session, SignOff, SignOff.visit_id, visits),
        "ratings": await rows_of(session, Rating, Rating.visit_id, visits),
        "comebacks": await rows_of(session, Comeback, Comeback.ticket_id, tickets),
        "calls": await rows_of(session, FollowUp, FollowUp.ticket_id, tickets),
        "quotes": await rows_of(session, Quote, Quote.ticket_id, tickets),
        "pauses": await rows_of(session, ClockPause, ClockPause.ticket_id, tickets),
        "photos_sent": photos,
        "links_to_tickets": await rows_of(session, OwnerLink, OwnerLink.ticket_id, tickets),
        "links_to_homes": await rows_of(session, HomeLink, HomeLink.home_id, sorted(found.alone)),
        "messages": await rows_of(session, Message, Message.id, found.messages),
        "tries_of_messages": await rows_of(session, MessageTry, MessageTry.message_id, found.messages),
        "conversations": [plain(one) for one in found.intakes],
        "said_in_conversations": said,
        "known_as": [plain(one) for one in found.senders],
    }
    pictures = [one["sha256"] for one in photos] + [one["media_sha256"] for one in said if one["media_sha256"]]
    pictures += await visits_pictures(session, found)
    return PersonExport(
        told, sorted(set(pictures)), await sealed_of(session, visits), [one.number for one in found.tickets]
    )


async def jobs_of(session: AsyncSession, tickets: list[UUID]) -> list[UUID]:
    return list(await session.scalars(select(Job.id).where(Job.ticket_id.in_(tickets))))


async def rows_of(session: AsyncSession, table: type[Base], column: Any, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    found = await session.scalars(select(table).where(column.in_(list(ids))).order_by(*inspect(table).primary_key))
    return [plain(row) for row in found]


async def visits_pictures(session: AsyncSession, found: Traces) -> list[str]:
    """Copies of the photos that facts of these visits name."""
    visits = [visit.id for visit in found.visits]
    hashes = set(await session.scalars(select(VisitPhoto.sha256).where(VisitPhoto.visit_id.in_(visits))))
    for fact in (SignOff, Refusal):
        for named_there in await session.scalars(select(fact.photos).where(fact.visit_id.in_(visits))):
            hashes |= set(named_there)
    technicians = {visit.technician_id for visit in found.visits}
    copies = select(Photo.stored_sha256).where(Photo.sha256.in_(hashes), Photo.technician_id.in_(technicians))
    return [copy for copy in await session.scalars(copies) if copy]


async def sealed_of(session: AsyncSession, visits: list[UUID]) -> list[Sealed]:
    found = await session.execute(
        select(Ticket.number, SealedSignOff.record, DefectKind.checklist)
        .join(SealedSignOff.sign_off).join(SignOff.visit).join(Visit.job).join(Job.ticket).join(Ticket.defect)
        .where(SignOff.visit_id.in_(visits))
        .order_by(SignOff.signed_at)
    )  # fmt: skip
    return [
        Sealed(number, record, {check["code"]: (check["name_en"], check["name_zh"]) for check in checks})
        for number, record, checks in found
    ]


def named(defect: DefectKind) -> dict[str, str]:
    return {"code": defect.code, "en": defect.name_en, "zh": defect.name_zh}


def plain(row: Base) -> dict[str, Any]:
    """Its columns by name, without keys. Durations in minutes."""
    columns = [column.key for column in inspect(type(row)).column_attrs if column.key not in SECRETS]
    return {name: value(getattr(row, name)) for name in columns}


def value(told: Any) -> Any:
    if isinstance(told, timedelta):
        return {"minutes": round(told.total_seconds() / 60)}
    if hasattr(told, "lower") and hasattr(told, "upper") and not isinstance(told, str):
        return [told.lower, told.upper]
    return told


def as_json(told: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told), indent=2)
