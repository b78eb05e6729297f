"""Reads the facts of visits from their tables, in the order in which the office heard of them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from api.queries.decisions import settled
from api.queries.facts import Check, Fact, Found, Part, Picture, Settled, Signature
from domain.defects import DefectKind
from domain.jobs import Job, Visit
from domain.operations import Operation
from domain.people import Technician
from domain.photos import Photo
from domain.refusals import Refusal
from domain.sealed_sign_offs import SealedSignOff
from domain.sign_offs import SignOff
from domain.tickets import Ticket
from domain.visit_facts import FoundDefect, PartUse, UnfinishedWork, VisitNote, VisitPhoto, VisitStep
from mobile_contract.v1.reasons import AnotherVisitReason, NoAccessReason, PauseReason, RefusalReason, Worded
from mobile_contract.v1.sign_off import Relationship

Kept = VisitStep | UnfinishedWork | VisitNote | PartUse | VisitPhoto | FoundDefect | Refusal | SignOff
TABLES: tuple[type[Kept], ...] = (
    VisitStep, UnfinishedWork, VisitNote, PartUse, VisitPhoto, FoundDefect, Refusal, SignOff,
)  # fmt: skip
REASONS: dict[str, type[Worded]] = {
    "pause": PauseReason,
    "no_access": NoAccessReason,
    "another_visit": AnotherVisitReason,
    "refuse": RefusalReason,
}


class Row(NamedTuple):
    kept: Kept
    told: Operation
    technician: str
    relationship: str | None


class Beside(NamedTuple):
    """What facts name and other tables know."""

    checks: dict[tuple[UUID, str], dict[str, str]]
    photos: dict[tuple[UUID, str], str]
    found: dict[UUID, tuple[str, str, str]]
    sealed: set[UUID]
    settled: dict[UUID, Settled]


async def load_facts(session: AsyncSession, which: Callable[[type[Kept]], ColumnElement[bool]]) -> list[Fact]:
    """Those that `which` is true of. Receipts of one batch are ordered by the device's own count."""
    rows: list[Row] = []
    for table in TABLES:
        found = await session.execute(
            select(table, Operation, Technician.name, Operation.payload["sign_off"]["relationship"].astext)
            .join(Operation, Operation.op_id == table.op_id)
            .join(Technician, Technician.id == Operation.technician_id)
            .where(which(table))
            .options(
                load_only(
                    Operation.kind, Operation.technician_id, Operation.device_seq, Operation.device_at,
                    Operation.received_at, Operation.skewed, Operation.reason, Operation.detail,
                )
            )
        )  # fmt: skip
        rows += [Row(*row) for row in found]
    rows.sort(key=lambda row: (row.told.received_at, row.told.device_seq))
    beside = await look_up(session, rows)
    return [fact(row, beside) for row in rows]


async def look_up(session: AsyncSession, rows: Sequence[Row]) -> Beside:
    checklists = await session.execute(
        select(Visit.id, DefectKind.checklist)
        .join(Visit.job).join(Job.ticket).join(Ticket.defect)
        .where(Visit.id.in_({row.kept.visit_id for row in rows if isinstance(row.kept, SignOff | Refusal)}))
    )  # fmt: skip
    photos = await session.execute(
        select(Photo.technician_id, Photo.sha256, Photo.state).where(
            Photo.technician_id.in_({row.told.technician_id for row in rows}),
            Photo.sha256.in_({sha256 for row in rows for sha256, _, _ in named_photos(row.kept)}),
        )
    )
    found = await session.execute(
        select(Ticket.id, Ticket.number, DefectKind.name_en, DefectKind.name_zh)
        .join(Ticket.defect)
        .where(Ticket.id.in_({row.kept.ticket_id for row in rows if isinstance(row.kept, FoundDefect)}))
    )
    sealed = await session.scalars(
        select(SealedSignOff.sign_off_id).where(
            SealedSignOff.sign_off_id.in_({row.kept.id for row in rows if isinstance(row.kept, SignOff)})
        )
    )
    return Beside(
        checks={(visit, check["code"]): check for visit, checklist in checklists for check in checklist},
        photos={(technician, sha256): state for technician, sha256, state in photos},
        found={ticket: (number, en, zh) for ticket, number, en, zh in found},
        sealed=set(sealed),
        settled=await settled(session, {row.told.op_id for row in rows if row.told.reason}),
    )


def fact(row: Row, beside: Beside) -> Fact:
    kept, told = row.kept, row.told
    return Fact(
        op_id=told.op_id,
        visit_id=kept.visit_id,
        kind=told.kind,
        technician=row.technician,
        happened_at=kept.signed_at if isinstance(kept, SignOff) else kept.happened_at,
        device_at=told.device_at,
        received_at=told.received_at,
        skewed=told.skewed,
        against=told.reason,
        detail=told.detail,
        settled=beside.settled.get(told.op_id),
        photos=[
            Picture(sha256, shows, caption, beside.photos.get((told.technician_id, sha256)))
            for sha256, shows, caption in named_photos(kept)
        ],
        **own(row, beside),
    )


def own(row: Row, beside: Beside) -> dict[str, Any]:
    """What this kind of fact says and others don't."""
    kept = row.kept
    match kept:
        case VisitStep():
            return reason(row.told.kind, kept.reason) | {"note": kept.note}
        case UnfinishedWork():
            work = {"done": kept.done, "needed": kept.needed, "minutes": int(kept.work.total_seconds()) // 60}
            return reason(row.told.kind, kept.reason) | work
        case VisitNote():
            return {"note": kept.text}
        case PartUse():
            return {"parts": [Part(kept.code, kept.name, kept.quantity)]}
        case FoundDefect():
            number, en, zh = beside.found[kept.ticket_id]
            return {"found": Found(kept.ticket_id, number, en, zh, kept.place, kept.description)}
        case Refusal():
            said = {"witness": kept.witness_name, "remark": kept.remark}
            return reason(row.told.kind, kept.reason) | said | work_shown(kept, beside)
        case SignOff():
            return work_shown(kept, beside) | {"signature": signature(row, kept, beside)}
        case VisitPhoto():
            return {}


def work_shown(kept: Refusal | SignOff, beside: Beside) -> dict[str, Any]:
    """What the owner was shown at the end, signed or not."""
    return {
        "note": kept.note,
        "minutes": int(kept.work.total_seconds()) // 60,
        "parts": [Part(part["code"], part["name"], part["quantity"]) for part in kept.parts],
        "checklist": [
            Check(answer["code"], *check_names(kept.visit_id, answer["code"], beside), answer["done"], answer["note"])
            for answer in kept.checklist
        ],
    }


def check_names(visit_id: UUID, code: str, beside: Beside) -> tuple[str, str]:
    """In English and Chinese; the code where the catalogue has dropped it since."""
    check = beside.checks.get((visit_id, code))
    return (check["name_en"], check["name_zh"]) if check else (code, code)


def signature(row: Row, kept: SignOff, beside: Beside) -> Signature:
    relationship = msgspec.convert(row.relationship, Relationship) if row.relationship else None
    return Signature(
        sign_off_id=kept.id,
        signer_name=kept.signer_name,
        relationship_en=relationship.en if relationship else None,
        relationship_zh=relationship.zh if relationship else None,
        accepted=kept.accepted,
        strokes=kept.strokes,
        sealed=kept.id in beside.sealed,
    )


def reason(kind: str, code: str | None) -> dict[str, str]:
    if code is None:
        return {}
    words = msgspec.convert(code, REASONS[kind])
    return {"reason_en": words.en, "reason_zh": words.zh}


def named_photos(kept: Kept) -> list[tuple[str, str | None, str]]:
    """The hash of each photo that a fact names, what it shows, and its caption."""
    match kept:
        case VisitPhoto():
            return [(kept.sha256, kept.shows, kept.caption)]
        case Refusal() | SignOff():
            return [(sha256, None, "") for sha256 in kept.photos]
        case _:
            return []
