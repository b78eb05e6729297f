"""Who is asking, and who may do what: one table, deny by default."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.db.engine import Database
from domain.access import Device, Session, secret_hash
from domain.errors import DeviceRevoked, NotAllowed, NotPaired, NotSignedIn, TooOldClient
from domain.people import Role, Staff, Technician
from mobile_contract.v1.handshake import CLIENT_HEADER, too_old

SESSION_COOKIE = "doorstep_session"
CSRF_COOKIE = "doorstep_csrf"
CSRF_HEADER = "X-CSRF-Token"
MINIMUM_CLIENT = "1.0.0"


@dataclass(frozen=True)
class Person:
    """Someone signed in: staff through a session, a technician through a paired phone."""

    id: UUID
    name: str
    role: Role
    territories: frozenset[UUID] | None
    """Those that may be seen; None: all."""
    device_id: UUID | None = None

    @property
    def actor(self) -> str:
        """As the audit trail names them."""
        return f"device:{self.device_id}" if self.device_id else f"staff:{self.id}"

    def sees(self, territory_id: UUID) -> bool:
        return self.territories is None or territory_id in self.territories


class Access(StrEnum):
    PUBLIC = "public"


DESK = frozenset({Role.DISPATCHER, Role.MANAGER})
PHONE = frozenset({Role.TECHNICIAN})

WHO_MAY: dict[str, frozenset[Role] | Access] = {
    # the operator's, and the doors themselves
    "health": Access.PUBLIC,
    "ready": Access.PUBLIC,
    "metrics": Access.PUBLIC,
    "site": Access.PUBLIC,
    "site_file": Access.PUBLIC,
    "sign_in": Access.PUBLIC,
    "pair": Access.PUBLIC,
    # the desk
    "sign_out": DESK,
    "me": DESK,
    "list_territories": DESK,
    "list_tickets": DESK,
    "report_ticket": DESK,
    "show_ticket": DESK,
    "list_defects": DESK,
    "list_technicians": DESK,
    "new_pairing_code": DESK,
    "revoke_device": DESK,
    "list_plans": DESK,
    "request_plan": DESK,
    "show_plan": DESK,
    "plan_picture": DESK,
    "plan_problem": DESK,
    "plan_solution": DESK,
    "stop_plan": DESK,
    "publish_plan": DESK,
    "list_conflicts": DESK,
    "settle_conflict": DESK,
    # the technician's phone
    "sync": PHONE,
    "send_operations": PHONE,
}
"""Operation id of each route → the roles that may use it. A route that isn't here is open to nobody."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raises NotSignedIn or NotAllowed unless the table lets this person use this route."""
    allowed = WHO_MAY.get(handler.name or "", frozenset())
    if allowed is Access.PUBLIC:
        return
    person = connection.scope.get("user")
    if not isinstance(person, Person):
        raise NotPaired("This phone is not paired.") if allowed is PHONE else NotSignedIn("Sign in first.")
    if person.role not in allowed:
        raise NotAllowed(f"A {person.role} may not do this.")


class WhoIsAsking(AbstractAuthenticationMiddleware):
    """Reads the staff session's cookie, or the phone's bearer token; without either, nobody is signed in."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        if WHO_MAY.get(connection.route_handler.name or "") is Access.PUBLIC:
            return AuthenticationResult(None, None)  # nobody is asked for: an old token or a lost database don't matter
        database: Database = connection.app.state.database
        bearer = connection.headers.get("Authorization", "")
        if bearer.startswith("Bearer "):
            check_client(connection.headers.get(CLIENT_HEADER))
            async with database.look() as connection_to_database:
                person, newest = await phone_of(connection_to_database, bearer.removeprefix("Bearer "))
            return AuthenticationResult(person, newest)
        if token := connection.cookies.get(SESSION_COOKIE):
            async with database.read() as session:
                return AuthenticationResult(await staff_of(session, token), None)
        return AuthenticationResult(None, None)


def check_client(version: str | None) -> None:
    """Raises TooOldClient for a phone's app that this server no longer understands, or that says no version."""
    if too_old(version, MINIMUM_CLIENT):
        raise TooOldClient(f"This server needs version {MINIMUM_CLIENT} of the app. Unsent work stays on the phone.")


PHONE_OF_TOKEN = (
    select(
        Device.id,
        Device.revoked_at,
        Technician.id,
        Technician.name,
        Technician.territory_id,
        Technician.feed_seq,
    )
    .join(Device.technician)
    .where(Device.token_hash == bindparam("token_hash"))
)


async def phone_of(database: AsyncConnection, token: str) -> tuple[Person, int]:
    """Whose phone it is, and the newest number in its feed. Raises NotPaired or DeviceRevoked."""
    row = (await database.execute(PHONE_OF_TOKEN, {"token_hash": secret_hash(token)})).one_or_none()
    if row is None:
        raise NotPaired("This phone is not paired.")
    device_id, revoked_at, technician_id, name, territory_id, newest = row
    if revoked_at is not None:
        raise DeviceRevoked("This phone's access was withdrawn. Unsent work stays on it; pair it again to send it.")
    return Person(technician_id, name, Role.TECHNICIAN, frozenset({territory_id}), device_id), newest


async def staff_of(session: AsyncSession, token: str) -> Person | None:
    staff = await session.scalar(
        select(Staff)
        .join(Session, Session.staff_id == Staff.id)
        .where(Session.token_hash == secret_hash(token), Session.expires_at > datetime.now(UTC), Staff.active)
    )
    if staff is None:
        return None
    territories = None if staff.role is Role.MANAGER else frozenset(t.id for t in staff.territories)
    return Person(staff.id, staff.name, staff.role, territories)
