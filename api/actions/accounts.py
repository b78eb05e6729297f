"""Signing in and out at a desk, pairing and revoking phones."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.db.trail import record
from domain.access import (
    PAIRING_LASTS,
    SESSION_LASTS,
    Device,
    PairingCode,
    Session,
    new_pairing_code,
    new_secret,
    secret_hash,
)
from domain.errors import NotFound, NotSignedIn, PairingCodeRefused
from domain.people import Staff, Technician
from domain.push_subscriptions import PushSubscription

passwords = PasswordHasher()
NOBODYS_HASH = passwords.hash(new_secret())
"""Checked where no such name exists, so that the answer takes as long as for one that does."""


async def sign_in(session: AsyncSession, username: str, password: str) -> tuple[Staff, str]:
    """The person and the session's secret. Raises NotSignedIn, the same for a wrong name and a wrong password."""
    staff = await session.scalar(select(Staff).where(Staff.username == username, Staff.active))
    try:
        # In a thread: it takes tens of milliseconds by design, which the phones must not wait for.
        await asyncio.to_thread(passwords.verify, staff.password_hash if staff else NOBODYS_HASH, password)
    except VerificationError:
        staff = None
    if staff is None:
        raise NotSignedIn("That name and password don't belong together.")
    secret, now = new_secret(), datetime.now(UTC)
    await session.execute(delete(Session).where(Session.staff_id == staff.id, Session.expires_at < now))
    session.add(Session(staff_id=staff.id, token_hash=secret_hash(secret), expires_at=now + SESSION_LASTS))
    await record(session, f"staff:{staff.id}", "signed_in", staff.id)
    return staff, secret


async def sign_out(session: AsyncSession, secret: str) -> None:
    await session.execute(delete(Session).where(Session.token_hash == secret_hash(secret)))


async def pairing_code(session: AsyncSession, technician_id: UUID, by: Person | None = None) -> tuple[str, datetime]:
    """A new code for a technician's phone, and when it expires; codes given before stop working."""
    technician = await session.get(Technician, technician_id)
    if technician is None or (by and not by.sees(technician.territory_id)):
        raise NotFound("There is no such technician.")
    await session.execute(delete(PairingCode).where(PairingCode.technician_id == technician_id))
    code, expires_at = new_pairing_code(), datetime.now(UTC) + PAIRING_LASTS
    session.add(PairingCode(technician_id=technician_id, code_hash=secret_hash(code), expires_at=expires_at))
    await record(session, by.actor if by else "system", "pairing_code_given", technician_id)
    return code, expires_at


async def pair(session: AsyncSession, code: str, device_name: str, client_version: str) -> tuple[Device, str]:
    """The phone and its secret. A code works once: two phones at the same moment can't both have it."""
    now = datetime.now(UTC)
    technician_id = await session.scalar(
        update(PairingCode)
        .where(
            PairingCode.code_hash == secret_hash(code.strip().upper()),
            PairingCode.used_at.is_(None),
            PairingCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(PairingCode.technician_id)
    )
    if technician_id is None:
        raise PairingCodeRefused("That code is wrong, used or over ten minutes old. Ask the dispatcher for a new one.")
    secret = new_secret()
    device = Device(
        technician=await session.get_one(Technician, technician_id),
        name=device_name,
        client_version=client_version,
        token_hash=secret_hash(secret),
        paired_at=now,
    )
    session.add(device)
    await session.flush()
    await record(session, f"device:{device.id}", "paired", technician_id, name=device_name)
    return device, secret


async def revoke_device(session: AsyncSession, device_id: UUID, by: Person) -> None:
    """The phone can't sync or send any more; what it sent stays."""
    device = await session.get(Device, device_id)
    if device is None or not by.sees((await session.get_one(Technician, device.technician_id)).territory_id):
        raise NotFound("There is no such phone.")
    device.revoked_at = device.revoked_at or datetime.now(UTC)
    await session.execute(delete(PushSubscription).where(PushSubscription.device_id == device_id))
    await record(session, by.actor, "device_revoked", device_id)
