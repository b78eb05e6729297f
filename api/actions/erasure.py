"""A person's data ends because they ask for it (PIPL art. 47): what the law wants as evidence stays, and is listed.

Open tickets stand against it: without a name and a number nobody can come.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Delete, String, Update, cast, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.personal import NO_CONTACT, end_intakes, end_photos
from api.adapters.messages.file import MessageFile
from api.db import feed
from api.db.feed import FeedEntry
from api.db.trail import record
from api.queries.homes import same_number
from api.queries.persons import Traces, trace
from domain.audit import PERSON_ERASED, AuditEntry
from domain.base import Base, Identified
from domain.bookings import Booking
from domain.clock_pauses import ClockPause
from domain.comebacks import Comeback
from domain.errors import IllegalMove, Invalid
from domain.follow_ups import FollowUp
from domain.home_links import HomeLink, HomeSession, NumberCode
from domain.intakes import KnownSender
from domain.jobs import ENDED, Job, Visit
from domain.messages import Message
from domain.operations import ERASED, Operation
from domain.owner_links import OwnerLink
from domain.photos import Photo
from domain.places import Home
from domain.quotes import Quote
from domain.ratings import Rating
from domain.refusals import Refusal
from domain.retention import Keep
from domain.sign_offs import SignOff
from domain.ticket_photos import TicketPhoto
from domain.tickets import Ticket
from domain.visit_facts import FoundDefect, UnfinishedWork, VisitNote, VisitPhoto, VisitStep
from mobile_contract.v1 import route_sheet as wire

WORDS: tuple[tuple[type[VisitStep | VisitNote | UnfinishedWork | VisitPhoto | FoundDefect], dict[str, str]], ...] = (
    (VisitStep, {"note": ""}),
    (VisitNote, {"text": ""}),
    (UnfinishedWork, {"done": "", "needed": ""}),
    (VisitPhoto, {"caption": ""}),
    (FoundDefect, {"place": "", "description": ""}),
)
"""What technicians wrote in the person's home, and what is left of it."""


class Kept(Struct):
    """`until` is none where nothing ends it."""

    table: str
    rows: int
    why_en: str
    why_zh: str
    until: date | None


class Erased(Struct):
    """Rows that were deleted or emptied, by table, and what stays."""

    ended: dict[str, int]
    kept: list[Kept]


async def erase(
    session: AsyncSession, typed: str, reason: str, keep: Mapping[str, Keep], lines: MessageFile, actor: str
) -> Erased:
    """Raises Invalid, NotFound, and IllegalMove while a ticket or a conversation of theirs is open."""
    found = await trace(session, typed)
    await session.execute(select(Ticket.id).where(Ticket.id.in_(ids(found.tickets))).with_for_update())
    if found.open:
        raise IllegalMove(
            f"Still open: {', '.join(found.open)}. Close or cancel them first; without a name and a number nobody can "
            "come. Nothing was erased."
        )
    if any(len(word) > 1 and word in reason for word in found.words):
        raise Invalid("Leave names, numbers and addresses out of the reason: the audit trail keeps it for good.")
    ended: dict[str, int] = {}
    evidence = await evidence_of(session, found)
    ended |= await end_contacts(session, found)
    ended |= await end_messages(session, found, lines)
    ended |= await end_keys(session, found)
    ended |= await end_pictures(session, found, evidence)
    ended |= await end_words(session, found)
    operations = await end_payloads(session, found, evidence)
    await take_from_phones(session, found)
    kept = await kept_of(session, found, evidence, keep["evidence"])
    told = {"reason": reason, "tickets": [one.number for one in found.tickets], "operations": operations}
    await record(session, actor, PERSON_ERASED, None, **told)
    ended["operations"] = len(operations)
    return Erased({table: rows for table, rows in ended.items() if rows}, kept)


class Evidence(Struct):
    """Operations that a signature or a refusal came with, and the photos that these name."""

    operations: set[UUID]
    photos: set[str]
    signed: list[SignOff]
    refused: list[Refusal]


async def evidence_of(session: AsyncSession, found: Traces) -> Evidence:
    visits = ids(found.visits)
    signed = list(await session.scalars(select(SignOff).where(SignOff.visit_id.in_(visits))))
    refused = list(await session.scalars(select(Refusal).where(Refusal.visit_id.in_(visits))))
    facts: list[SignOff | Refusal] = [*signed, *refused]
    return Evidence({fact.op_id for fact in facts}, {one for fact in facts for one in fact.photos}, signed, refused)


async def end_contacts(session: AsyncSession, found: Traces) -> dict[str, int]:
    for owner in found.owners:
        await session.delete(owner)
    for sender in found.senders:
        await session.delete(sender)
    openids = {one.sender for one in found.intakes}
    await session.execute(delete(KnownSender).where(KnownSender.sender.in_(openids)))
    await session.execute(
        update(Ticket).where(Ticket.id.in_(ids(found.tickets))).values(NO_CONTACT | {"description": ""})
    )
    noted = update(Home).where(Home.id.in_(found.alone), Home.access_notes != "").values(access_notes="")
    homes = await rows_of(session, noted)
    await end_intakes(session, ids(found.intakes))
    return {
        "owners": len(found.owners),
        "known_senders": len(found.senders),
        "tickets": len(found.tickets),
        "homes": homes,
        "intakes": len(found.intakes),
    }


async def end_messages(session: AsyncSession, found: Traces, lines: MessageFile) -> dict[str, int]:
    """The lines go first: their ids are known only here. Should the transaction fail, they were of closed tickets."""
    await asyncio.to_thread(lines.blank, {one.hex for one in found.messages})
    await session.execute(delete(Message).where(Message.id.in_(found.messages)))
    return {"messages": len(found.messages)}


async def end_keys(session: AsyncSession, found: Traces) -> dict[str, int]:
    done = {
        "owner_links": delete(OwnerLink).where(OwnerLink.ticket_id.in_(ids(found.tickets))),
        "home_sessions": delete(HomeSession).where(same_number(HomeSession.phone, found.number)),
        "home_links": delete(HomeLink).where(HomeLink.home_id.in_(found.alone)),
        "number_codes": delete(NumberCode).where(same_number(NumberCode.phone, found.number)),
    }
    return {table: await rows_of(session, gone) for table, gone in done.items()}


async def end_pictures(session: AsyncSession, found: Traces, evidence: Evidence) -> dict[str, int]:
    of_tickets = list(
        await session.scalars(select(TicketPhoto.id).where(TicketPhoto.ticket_id.in_(ids(found.tickets))))
    )
    taken = select(VisitPhoto.sha256, VisitPhoto.technician_id).where(VisitPhoto.visit_id.in_(ids(found.visits)))
    of_visits = [
        photo
        for sha256, technician_id in (await session.execute(taken)).all()
        if sha256 not in evidence.photos
        for photo in await session.scalars(
            select(Photo.id).where(Photo.sha256 == sha256, Photo.technician_id == technician_id)
        )
    ]
    await end_photos(TicketPhoto, session, of_tickets)
    await end_photos(Photo, session, of_visits)
    return {"ticket_photos": len(of_tickets), "photos": len(of_visits)}


async def end_words(session: AsyncSession, found: Traces) -> dict[str, int]:
    """What was written about the repairs, by the desk and by technicians; that they happened stays."""
    tickets, visits = ids(found.tickets), ids(found.visits)
    changes: list[tuple[type[Base], ColumnElement[bool], dict[str, str]]] = [
        *((table, table.visit_id.in_(visits), blank) for table, blank in WORDS),
        (Rating, Rating.visit_id.in_(visits), {"remark": ""}),
        (Comeback, Comeback.ticket_id.in_(tickets), {"description": ""}),
        (FollowUp, FollowUp.ticket_id.in_(tickets), {"note": ""}),
        (ClockPause, ClockPause.ticket_id.in_(tickets), {"agreed_by": "", "note": ""}),
        (Booking, Booking.job_id.in_(select(Job.id).where(Job.ticket_id.in_(tickets))), {"reason": ""}),
    ]
    return {
        table.__tablename__: await rows_of(session, update(table).where(which).values(blank))
        for table, which, blank in changes
    }


async def end_payloads(session: AsyncSession, found: Traces, evidence: Evidence) -> list[str]:
    """What phones told of these visits; the hash stays, and the trail says that it was erased."""
    op_ids = await session.scalars(
        update(Operation)
        .where(Operation.visit_id.in_(ids(found.visits)), Operation.op_id.not_in(evidence.operations))
        .values(payload=ERASED, detail="")
        .returning(Operation.op_id)
    )
    return sorted(map(str, op_ids))


async def take_from_phones(session: AsyncSession, found: Traces) -> None:
    """A visit that is over leaves its phone. One that is to come to the same home, of somebody else, stays there
    without what earlier technicians wrote."""
    mine = {f"stop:{visit.id}" for visit in found.visits}
    homes = select(Visit.id, Visit.state).join(Visit.job).join(Job.ticket).where(Ticket.home_id.in_(ids(found.homes)))
    states = {f"stop:{visit}": state for visit, state in await session.execute(homes)}
    held = select(FeedEntry).where(FeedEntry.key.in_(states), FeedEntry.body.is_not(None))
    for entry in (await session.scalars(held.order_by(FeedEntry.technician_id))).all():
        left = None
        if entry.key not in mine and states[entry.key] not in ENDED and entry.body:
            told = msgspec.json.decode(entry.body, type=wire.Stop)
            past = [msgspec.structs.replace(one, note="") for one in told.history]
            left = msgspec.json.encode(msgspec.structs.replace(told, history=past))
        await feed.put(session, entry.technician_id, entry.day, {(entry.kind, entry.key): left})


async def kept_of(session: AsyncSession, found: Traces, evidence: Evidence, rule: Keep) -> list[Kept]:
    moments = [one.signed_at for one in evidence.signed] + [one.received_at for one in evidence.refused]
    until = (max(moments) + rule.lasts).date() if moments else None
    why = f"{rule.why_en} ({rule.source})", f"{rule.why_zh}（{rule.source}）"
    quotes = select(func.count()).select_from(Quote).where(Quote.ticket_id.in_(ids(found.tickets)))
    mentioned = or_(*(cast(AuditEntry.data, String).contains(word, autoescape=True) for word in found.words))
    trail = await session.scalar(select(func.count()).select_from(AuditEntry).where(mentioned))
    kept = [
        Kept("sign_offs, sealed_sign_offs", len(evidence.signed), *why, until),
        Kept("refusals", len(evidence.refused), *why, until),
        Kept("operations", len(evidence.operations), *why, until),
        Kept("photos", len(evidence.photos), *why, until),
        Kept("quotes", await session.scalar(quotes) or 0, "accounts, without a name", "账务凭证，不含姓名", None),
        Kept(
            "audit_entries",
            trail or 0,
            "words that somebody typed there; entries are sealed one upon the other and can't be changed",
            "有人在其中输入的文字；审计链条目相互封存，不可更改",
            None,
        ),
        Kept(
            "homes",
            len(found.homes) - len(found.alone),
            "access notes of homes that somebody else is known to own",
            "该房屋另有业主，入户说明保留",
            None,
        ),
    ]
    return [one for one in kept if one.rows]


async def rows_of(session: AsyncSession, change: Update | Delete) -> int:
    done = change.returning(literal(1)).execution_options(synchronize_session=False)
    return len((await session.scalars(done)).all())


def ids(rows: Sequence[Identified]) -> list[UUID]:
    return [row.id for row in rows]
