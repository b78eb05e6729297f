"""Ends what has been kept long enough. Each kind in batches, each batch a transaction: run again, it goes on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.actions.personal import NO_CONTACT, end_intakes, end_photos
from api.db.engine import Database
from domain.access import PairingCode, Session
from domain.errands import Errand, ErrandState
from domain.home_links import HomeLink, HomeSession, NumberCode
from domain.intakes import Intake, IntakeLink, IntakeState
from domain.jobs import Job, Visit
from domain.messages import Message, MessageState
from domain.owner_links import OwnerCode, OwnerLink, OwnerSession
from domain.photos import Photo
from domain.refusals import Refusal
from domain.retention import Keep
from domain.sign_offs import SignOff
from domain.ticket_photos import TicketPhoto
from domain.tickets import Ticket, TicketState
from domain.visit_facts import VisitPhoto

log = structlog.get_logger()

AT_A_TIME = 1000
ENDED = func.greatest(Ticket.reported_at, Ticket.attended_at, Ticket.repaired_at)
"""When a closed ticket was last worked on; PostgreSQL leaves out what is null."""


class Sweep(NamedTuple):
    """`over(before)` are ids of what has been kept long enough by then; `end` ends them, and their files."""

    code: str
    table: str
    over: Callable[[datetime], Select[UUID]]
    end: Callable[[AsyncSession, Sequence[UUID]], Awaitable[object]]


async def sweep(database: Database, keep: Mapping[str, Keep], now: datetime) -> dict[str, int]:
    """Rows that were ended, by table."""
    ended: dict[str, int] = {}
    for one in SWEEPS:
        before = now - keep[one.code].lasts
        while count := await database.write(end_batch, one, before):
            ended[one.table] = ended.get(one.table, 0) + count
            if count < AT_A_TIME:
                break
    if ended:
        log.info("retention", ended=ended)
    return ended


async def end_batch(session: AsyncSession, one: Sweep, before: datetime) -> int:
    ids = list(await session.scalars(one.over(before).limit(AT_A_TIME)))
    if ids:
        await one.end(session, ids)
    return len(ids)


async def over(session: AsyncSession, keep: Mapping[str, Keep], now: datetime) -> dict[tuple[str, str], int]:
    """What `sweep` would end, by code and table; nothing is changed."""
    counts: dict[tuple[str, str], int] = {}
    for one in SWEEPS:
        ids = one.over(now - keep[one.code].lasts).subquery()
        counts[one.code, one.table] = await session.scalar(select(func.count()).select_from(ids)) or 0
    return counts


async def delete_rows(table: type[Any], session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(delete(table).where(table.id.in_(ids)))


def expired(table: type[Any]) -> Sweep:
    def gone(before: datetime) -> Select[UUID]:
        return select(table.id).where(table.expires_at < before)

    return Sweep("keys", table.__tablename__, gone, partial(delete_rows, table))


def ended_links(table: type[OwnerLink] | type[HomeLink]) -> Sweep:
    def gone(before: datetime) -> Select[UUID]:
        return select(table.id).where(func.least(table.expires_at, table.revoked_at) < before)

    return Sweep("keys", table.__tablename__, gone, partial(delete_rows, table))


def old_messages(before: datetime) -> Select[UUID]:
    return select(Message.id).where(Message.state != MessageState.WAITING, Message.made_at < before)


def old_errands(before: datetime) -> Select[UUID]:
    waiting = (ErrandState.REQUESTED, ErrandState.RUNNING)
    return select(Errand.id).where(Errand.state.not_in(waiting), Errand.asked_at < before)


def dismissed_intakes(before: datetime) -> Select[UUID]:
    return select(Intake.id).where(Intake.state == IntakeState.DISMISSED, Intake.heard_at < before)


def closed_before(before: datetime) -> Select[UUID]:
    return select(Ticket.id).where(Ticket.state != TicketState.OPEN, before > ENDED)


def contacts(before: datetime) -> Select[UUID]:
    told = or_(Ticket.contact_name != "", Ticket.contact_phone != "", Ticket.contact_mail != "")
    return closed_before(before).where(told)


async def forget_contacts(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(update(Ticket).where(Ticket.id.in_(ids)).values(NO_CONTACT))


def talked_about(before: datetime) -> Select[UUID]:
    return select(Intake.id).where(Intake.ticket_id.in_(closed_before(before)), Intake.heard_at < before)


def owners_photos(before: datetime) -> Select[UUID]:
    return select(TicketPhoto.id).where(TicketPhoto.ticket_id.in_(closed_before(before)))


def visits_photos(before: datetime) -> Select[UUID]:
    """Of tickets that are all long closed; the hash stays where a fact or a seal names it."""
    open_still = select(Ticket.id).where(or_(Ticket.state == TicketState.OPEN, before <= ENDED))
    return select(Photo.id).where(Photo.received_at < before, ~shown_by(open_still).exists())


def shown_by(tickets: Select[UUID]) -> Select[UUID]:
    """Visits of those tickets whose facts name the photo."""
    facts: tuple[tuple[InstrumentedAttribute[UUID], Any], ...] = (
        (VisitPhoto.visit_id, VisitPhoto.sha256 == Photo.sha256),
        (SignOff.visit_id, Photo.sha256 == func.any(SignOff.photos)),
        (Refusal.visit_id, Photo.sha256 == func.any(Refusal.photos)),
    )
    visits = [Visit.id.in_(select(visit).where(names).correlate(Photo)) for visit, names in facts]
    return select(Visit.id).join(Visit.job).where(Job.ticket_id.in_(tickets), or_(*visits)).correlate(Photo)


SWEEPS = (
    *map(expired, (OwnerCode, OwnerSession, HomeSession, NumberCode, IntakeLink, PairingCode, Session)),
    ended_links(OwnerLink),
    ended_links(HomeLink),
    Sweep("messages", "messages", old_messages, partial(delete_rows, Message)),
    Sweep("errands", "errands", old_errands, partial(delete_rows, Errand)),
    Sweep("intakes", "intakes", dismissed_intakes, end_intakes),
    Sweep("contacts", "tickets", contacts, forget_contacts),
    Sweep("contacts", "intakes", talked_about, end_intakes),
    Sweep("photos", "ticket_photos", owners_photos, partial(end_photos, TicketPhoto)),
    Sweep("photos", "photos", visits_photos, partial(end_photos, Photo)),
)
