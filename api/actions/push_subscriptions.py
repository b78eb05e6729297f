"""A technician's phone is to show messages, or no more."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api import clock
from api.adapters.messages.web_push import from_base64
from api.db.trail import record
from domain.errors import Invalid
from domain.message_templates import Language
from domain.push_subscriptions import PushSubscription

AUTH_BYTES = 16


async def subscribe(
    session: AsyncSession, device_id: UUID, endpoint: str, p256dh: str, auth: str, language: Language
) -> None:
    """In place of what the phone had. A browser that was paired anew takes its subscription with it.

    Raises Invalid for an address that is not https, and for keys that are none.
    """
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise Invalid("The push service's address must be an https one.")
    key, secret = keys_in(p256dh, auth)
    new: dict[str, Any] = {"endpoint": endpoint, "p256dh": key, "auth": secret, "language": language}
    known = select(PushSubscription.id).where(PushSubscription.device_id == device_id).filter_by(**new)
    if await session.scalar(known) is not None:
        return  # a phone says it at every start
    mine_or_same = or_(PushSubscription.device_id == device_id, PushSubscription.endpoint == endpoint)
    await session.execute(delete(PushSubscription).where(mine_or_same))
    new |= {"made_at": clock.now()}
    await session.execute(
        insert(PushSubscription)
        .values(id=uuid7(), device_id=device_id, **new)
        .on_conflict_do_update(index_elements=["device_id"], set_=new)  # the same phone, twice at once
    )
    await record(session, f"device:{device_id}", "push.on", device_id, service=parts.hostname)


def keys_in(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    try:
        key, secret = from_base64(p256dh), from_base64(auth)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
    except ValueError:
        raise Invalid("The subscription's key is no point of P-256 in base64url.") from None
    if len(key) != 65 or len(secret) != AUTH_BYTES:
        raise Invalid(f"The subscription needs a key of 65 bytes and a secret of {AUTH_BYTES}, in base64url.")
    return key, secret


async def unsubscribe(session: AsyncSession, device_id: UUID) -> None:
    gone = delete(PushSubscription).where(PushSubscription.device_id == device_id).returning(PushSubscription.id)
    if await session.scalar(gone) is not None:
        await record(session, f"device:{device_id}", "push.off", device_id)
