"""Seals a sign-off: what was shown, who signed before whom, when and where, in one record that can't be changed unseen.

Called near the end of the operation's transaction: the record names its entry in the audit trail, whose lock is
held from that entry on until the commit.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.route_sheets import stop
from api.db.engine import SEAL_KEY
from api.db.feed import FeedEntry
from api.db.trail import record
from domain.access import Device
from domain.canonical import canonical
from domain.consent import Consent, Language, consent_in
from domain.jobs import Job, Visit
from domain.operations import Operation
from domain.places import Home, Territory
from domain.seal_check import SEALED, content_digest
from domain.sealed_sign_offs import SealedSignOff
from domain.seals import key_id, public_of, seal
from domain.sign_offs import SignOff
from domain.tickets import Ticket
from mobile_contract.v1 import route_sheet as wire
from mobile_contract.v1.sign_off import ChecklistAnswer, PartUsed, Relationship, ShownDocument, document_hash


async def seal_sign_off(session: AsyncSession, told: Operation) -> None:
    """Seals the sign-off that this operation brought; one that brought none is left alone."""
    await session.flush()
    signed = await session.scalar(
        select(SignOff)
        .where(SignOff.op_id == told.op_id)
        .options(
            joinedload(SignOff.visit).joinedload(Visit.job).joinedload(Job.ticket).options(
                joinedload(Ticket.defect), joinedload(Ticket.home).joinedload(Home.building)
            )
        )
    )  # fmt: skip
    if signed is None:
        return
    key: Ed25519PrivateKey = session.info[SEAL_KEY]
    content = await content_of(session, signed, told)
    entry = await record(session, f"device:{told.device_id}", SEALED, signed.id, content=content_digest(content))
    content["audit"] = {
        "entry": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    session.add(
        SealedSignOff(
            sign_off_id=signed.id,
            audit_seq=entry.seq,
            key_id=key_id(public_of(key)),
            record=canonical(seal(content, key)).decode(),
        )
    )
    await session.flush()


async def content_of(session: AsyncSession, signed: SignOff, told: Operation) -> dict[str, Any]:
    territory = await session.get_one(Territory, signed.visit.job.territory_id)
    device = await session.get_one(Device, told.device_id, options=[joinedload(Device.technician)])
    said: dict[str, Any] = told.payload.get("sign_off") or {}
    shown = await document_shown(session, signed, told.technician_id)
    server_hash = document_hash(shown)
    return {
        "sign_off_id": str(signed.id),
        "op_id": str(signed.op_id),
        "accepted": signed.accepted,
        "document": {
            "shown": msgspec.to_builtins(shown),
            "hash": server_hash,
            "hash_on_phone": signed.document_hash,
            "agrees": server_hash == signed.document_hash,
        },
        "signer": {
            "name": signed.signer_name,
            "relationship": relationship_of(said),
            "identity": "witnessed",
        },
        "witness": {
            "technician_id": str(told.technician_id),
            "technician_code": device.technician.code,
            "technician_name": device.technician.name,
            "device_id": str(device.id),
            "device_name": device.name,
            "paired_at": utc(device.paired_at),
        },
        "consent": consent_of(consent_in(territory.zone_name, said.get("consent_version")), said),
        "signature": {"strokes": signed.strokes},
        "time": {
            "device": utc(told.device_at),
            "signed": utc(signed.signed_at),
            "received": utc(signed.received_at),
            "correction_s": round((signed.signed_at - told.device_at).total_seconds()),
            "skewed": told.skewed,
        },
        "place": place_of(told.payload),
        "photos": list(signed.photos),
        "site": {"territory": territory.name, "city": territory.city, "zone": territory.zone_name},
    }


async def document_shown(session: AsyncSession, signed: SignOff, technician_id: UUID) -> ShownDocument:
    """The document again, from what this phone was told of the visit; from the tables if it was taken away since."""
    told = await session.get(FeedEntry, (technician_id, f"stop:{signed.visit_id}"))
    body = told.body if told else None
    about = msgspec.json.decode(body, type=wire.Stop) if body else stop(signed.visit, [])
    return ShownDocument.of(
        about,
        msgspec.convert(signed.checklist, list[ChecklistAnswer]),
        msgspec.convert(signed.parts, list[PartUsed]),
        int(signed.work.total_seconds()) // 60,
        signed.note,
    )


def consent_of(consent: Consent, said: dict[str, Any]) -> dict[str, Any]:
    """`confirmed` says that the phone named this version and language; else it is what the site shows."""
    asked = said.get("consent_language")
    language: Language = "zh" if asked == "zh" else "en" if asked == "en" else consent.language
    return {
        "version": consent.version,
        "language": language,
        "text": consent.text(language),
        "law": consent.law,
        "confirmed": said.get("consent_version") == consent.version and asked == language,
    }


def relationship_of(said: dict[str, Any]) -> dict[str, str] | None:
    """With the words that the signer was shown."""
    if "relationship" not in said:
        return None
    relationship = msgspec.convert(said["relationship"], Relationship)
    return {"code": relationship.value, "en": relationship.en, "zh": relationship.zh}


def place_of(payload: dict[str, Any]) -> dict[str, str] | None:
    """WGS-84 degrees as text, since a record holds no fractions; None where the phone's location was off."""
    latitude, longitude = payload.get("latitude"), payload.get("longitude")
    if latitude is None or longitude is None:
        return None
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
