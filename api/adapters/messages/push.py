"""Web push to a technician's phones: one POST to each one's push service, which passes on what it can't read.

The address is the technician's id: browsers renew their subscriptions, and a message may be old by the time it leaves.
A phone whose subscription has ended is forgotten.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.messages.gateway import NotNow, Outgoing, Refused
from api.adapters.messages.push_key import kept_or_made
from api.adapters.messages.web_push import MOST_BYTES, point_of, sealed, to_base64, vapid
from api.adapters.public_hosts import NotPublic, public_address
from api.db.engine import Database
from domain.access import Device
from domain.push_subscriptions import PushSubscription

KEPT_FOR_S = 12 * 3600
"""How long a push service keeps it for a phone that is off: a working day."""
ENDED = (404, 410)
LATER = (408, 425, 429)


@dataclass(frozen=True)
class PushServices:
    """`address_of` answers where a service's name leads, and raises for what is not public."""

    client: httpx.AsyncClient
    database: Database
    key_folder: Path
    contact: str
    address_of: Callable[[str], Awaitable[str]] = public_address

    @cached_property
    def key(self) -> EllipticCurvePrivateKey:
        """Raises SettingsError where it can't be read or made."""
        return kept_or_made(self.key_folder)

    @property
    def public_key(self) -> str:
        return to_base64(point_of(self.key))

    async def send(self, out: Outgoing) -> str:
        """It has arrived once any phone's service has it."""
        async with self.database.read() as session:
            phones = await phones_of(session, UUID(out.to))
        told = msgspec.json.encode({"id": out.key, "title": out.subject, "body": out.text})
        if len(told) > MOST_BYTES:
            raise Refused("It is too long for a push.")
        failures: list[Exception] = []
        for phone in phones:
            try:
                await self._push(phone, told, out.key)
            except (Refused, NotNow) as error:
                failures.append(error)
        if len(failures) < len(phones):
            return ""
        later = next((error for error in failures if isinstance(error, NotNow)), None)
        raise later or (failures[0] if failures else Refused("No phone of theirs shows messages."))

    async def _push(self, phone: PushSubscription, told: bytes, key: str) -> None:
        """Raises Refused, with the subscription forgotten if it has ended, or NotNow."""
        url = httpx.URL(phone.endpoint)
        headers = {
            "Host": url.netloc.decode(),
            "Authorization": vapid(phone.endpoint, self.key, self.contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_FOR_S),
            "Topic": key,  # told twice, a phone that was off shows it once
            "Urgency": "high",
        }
        try:
            body = sealed(told, phone.p256dh, phone.auth)
            there = url.copy_with(host=await self.address_of(url.host))
            # By its address, so that no second answer leads elsewhere; the certificate must still be the name's.
            asked = self.client.build_request(
                "POST", there, content=body, headers=headers, extensions={"sni_hostname": url.host}
            )
            answer = await self.client.send(asked, stream=True, follow_redirects=False)
            await answer.aclose()
        except NotPublic:
            await self.database.write(forget, phone.id)
            raise Refused("The push service's name leads to a private address.") from None
        except ValueError:
            await self.database.write(forget, phone.id)
            raise Refused("The phone's key can't be used.") from None
        except (httpx.HTTPError, OSError) as error:
            raise NotNow(f"The push service does not answer: {type(error).__name__}.") from None
        if answer.status_code in ENDED:
            await self.database.write(forget, phone.id)
            raise Refused("The phone does not show messages any more.")
        if answer.status_code >= 500 or answer.status_code in LATER:
            raise NotNow(f"The push service answers {answer.status_code}.")
        if not answer.is_success:
            raise Refused(f"The push service answers {answer.status_code}.")


async def phones_of(session: AsyncSession, technician_id: UUID) -> list[PushSubscription]:
    found = await session.scalars(
        select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(Device.technician_id == technician_id, Device.revoked_at.is_(None))
        .order_by(PushSubscription.made_at)
    )
    return list(found)


async def forget(session: AsyncSession, subscription_id: UUID) -> None:
    await session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))
