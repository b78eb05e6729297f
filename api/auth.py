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
from domain.errors import DeviceRevoked, LinkEnded, NotAllowed, NotPaired, NotSignedIn, TooOldClient
from domain.home_links import HomeLink, HomeSession
from domain.owner_links import LinkPurpose, OwnerLink, OwnerSession
from domain.people import Role, Staff, Technician
from domain.places import Building, Community, Home
from domain.tickets import Ticket
from mobile_contract.v1.handshake import CLIENT_HEADER, too_old

SESSION_COOKIE = "doorstep_session"
CSRF_COOKIE = "doorstep_csrf"
CSRF_HEADER = "X-CSRF-Token"
OWNER_HEADER = "Owner-Session"
"""A header of our own, which no other site can make a browser send: owners need no token against forged requests."""
MINIMUM_CLIENT = "1.0.0"


@dataclass(frozen=True)
class Person:
    """Someone signed in: staff through a session, a technician through a paired phone, an owner through a link, whose
    id is then the person's."""

    id: UUID
    name: str
    role: Role
    territories: frozenset[UUID] | None
    """Those that may be seen; None: all."""
    device_id: UUID | None = None

    @property
    def actor(self) -> str:
        """As the audit trail names them."""
        if self.role is Role.OWNER:
            return f"owner:{self.id}"
        return f"device:{self.device_id}" if self.device_id else f"staff:{self.id}"

    def sees(self, territory_id: UUID) -> bool:
        return self.territories is None or territory_id in self.territories


@dataclass(frozen=True)
class OpenedLink:
    """A browser in which an owner's link was opened. It reaches one ticket; no route for owners takes an id."""

    session_id: UUID
    ticket_id: UUID
    proven: bool
    """Whether the code that was sent to the ticket's phone number has been typed here, not long ago."""
    secret: str


@dataclass(frozen=True)
class OpenedHome:
    """A browser that may report for one home, and nothing else. `phone` is the number that was proven, or empty."""

    session_id: UUID
    home_id: UUID
    phone: str


class Access(StrEnum):
    PUBLIC = "public"
    HOME = "home"
    """Whoever has opened a home's link, or proven a number that lives there: to report, and for nothing else."""


DESK = frozenset({Role.DISPATCHER, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})
PHONE = frozenset({Role.TECHNICIAN})
OWNER = frozenset({Role.OWNER})

WHO_MAY: dict[str, frozenset[Role] | Access] = {
    # the operator's, and the doors themselves
    "health": Access.PUBLIC,
    "ready": Access.PUBLIC,
    "metrics": Access.PUBLIC,
    "site": Access.PUBLIC,
    "site_file": Access.PUBLIC,
    "phone_page": Access.PUBLIC,
    "owner_page": Access.PUBLIC,
    "board_page": Access.PUBLIC,
    "map_tiles": Access.PUBLIC,
    "wechat_echo": Access.PUBLIC,  # they ask for WeChat's signature
    "wechat_message": Access.PUBLIC,
    "wechat_who": Access.PUBLIC,  # they ask for a link's token
    "wechat_tell_who": Access.PUBLIC,
    "sign_in": Access.PUBLIC,
    "pair": Access.PUBLIC,
    "open_owner_link": Access.PUBLIC,
    "open_home_link": Access.PUBLIC,
    "send_number_code": Access.PUBLIC,
    "prove_any_number": Access.PUBLIC,
    # the desk
    "sign_out": DESK,
    "me": DESK,
    "list_territories": DESK,
    "list_tickets": DESK,
    "report_ticket": DESK,
    "find_callers": DESK,
    "list_watched_repairs": DESK,
    "show_ticket": DESK,
    "list_jeopardy": DESK,
    "list_pause_reasons": DESK,
    "note_contact": DESK,
    "pause_clocks": DESK,
    "resume_clocks": DESK,
    "related_tickets": DESK,
    "link_tickets": DESK,
    "unlink_ticket": DESK,
    "list_defects": DESK,
    "first_time_fix": DESK,
    "list_follow_ups": DESK,
    "settle_follow_up": DESK,
    "mark_rainy_day": DESK,
    "unmark_rainy_day": DESK,
    "list_expiring_cover": DESK,
    "expiring_cover_table": DESK,
    "offer_inspection": DESK,
    "list_technicians": DESK,
    "list_positions": DESK,
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
    "publish_plans": DESK,
    "compare_plans": DESK,
    "request_batch": DESK,
    "list_batches": DESK,
    "show_batch": DESK,
    "stop_batch": DESK,
    "show_queue": DESK,
    "retry_task": DESK,
    "drop_task": DESK,
    "list_reports": DESK,
    "request_report": DESK,
    "report_file": DESK,
    "list_imports": MANAGER,
    "request_import": MANAGER,
    "refused_rows": MANAGER,
    "live_day": DESK,
    "board_day": DESK,
    "what_if": DESK,
    "find_fixes": DESK,
    "place_visit": DESK,
    "move_day": DESK,
    "unassign_visit": DESK,
    "cancel_visit": DESK,
    "lock_visit": DESK,
    "hear_events": DESK,
    "say_here": DESK,
    "list_repairs": DESK,
    "propose_repair": DESK,
    "decide_repair": DESK,
    "list_offers": DESK,
    "hold_slot": DESK,
    "release_slot": DESK,
    "book_slot": DESK,
    "list_bookings": DESK,
    "cancel_booking": DESK,
    "make_owner_link": DESK,
    "list_owner_links": DESK,
    "revoke_owner_link": DESK,
    "make_home_link": DESK,
    "list_home_links": DESK,
    "revoke_home_link": DESK,
    "ticket_photo": DESK,
    "offer_quote": DESK,
    "list_quotes": DESK,
    "withdraw_quote": DESK,
    "ticket_thumbnail": DESK,
    "list_intakes": DESK,
    "count_intakes": DESK,
    "ticket_of_intake": DESK,
    "dismiss_intake": DESK,
    "read_intake": DESK,
    "intake_picture": DESK,
    "intake_thumbnail": DESK,
    "list_messages": DESK,
    "ticket_conversation": DESK,
    "send_message_again": DESK,
    "list_message_templates": DESK,
    "change_message_template": MANAGER,
    "drop_message_template": MANAGER,
    "change_wechat_template": MANAGER,
    "drop_wechat_template": MANAGER,
    "find_person": MANAGER,
    "export_person": MANAGER,
    "erase_person": MANAGER,
    "list_alarms": DESK,
    "accept_alarm": DESK,
    "list_turns": DESK,
    "list_colleagues": MANAGER,
    "add_turn": MANAGER,
    "drop_turn": MANAGER,
    "list_conflicts": DESK,
    "count_conflicts": DESK,
    "settle_conflict": DESK,
    "sign_off_record": DESK,
    "sign_off_pdf": DESK,
    "show_photo": DESK,
    "photo_thumbnail": DESK,
    # the technician's phone
    "photo_terms": Access.PUBLIC,
    "begin_photo": PHONE,
    "photo_offset": PHONE,
    "send_photo": PHONE,
    "drop_photo": PHONE,
    "push_terms": PHONE,
    "push_on": PHONE,
    "push_off": PHONE,
    "sync": PHONE,
    "send_operations": PHONE,
    # an owner's own ticket
    "owner_ticket": OWNER,
    "owner_offers": OWNER,
    "owner_hold": OWNER,
    "owner_release": OWNER,
    "owner_book": OWNER,
    "owner_cancel": OWNER,
    "send_owner_code": OWNER,
    "prove_owner_number": OWNER,
    "rate_visit": OWNER,
    "send_ticket_photo": OWNER,
    "accept_quote": OWNER,
    "decline_quote": OWNER,
    "owner_came_back": OWNER,
    "owner_stayed_fixed": OWNER,
    # a home, before there is a ticket
    "owner_home": Access.HOME,
    "report_defect": Access.HOME,
}
"""Operation id of each route → the roles that may use it. A route that isn't here is open to nobody."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raises NotSignedIn or NotAllowed unless the table lets this person use this route."""
    allowed = WHO_MAY.get(handler.name or "", frozenset())
    if allowed is Access.PUBLIC:
        return
    person = connection.scope.get("user")
    if not isinstance(person, Person):
        if allowed is OWNER or allowed is Access.HOME:
            raise LinkEnded("Open the link again, or ask the office for a new one.")
        raise NotPaired("This phone is not paired.") if allowed is PHONE else NotSignedIn("Sign in first.")
    if allowed is Access.HOME:
        return  # only a home's session makes somebody of a browser there
    if person.role not in allowed:
        raise NotAllowed(f"A {person.role} may not do this.")


class WhoIsAsking(AbstractAuthenticationMiddleware):
    """Reads the staff session's cookie, the phone's bearer token, or on owners' routes their own header, which counts
    nowhere else; without any, nobody is signed in."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        allowed = WHO_MAY.get(connection.route_handler.name or "")
        if allowed is Access.PUBLIC:
            return AuthenticationResult(None, None)  # nobody is asked for: an old token or a lost database don't matter
        database: Database = connection.app.state.database
        if allowed is OWNER:
            secret = connection.headers.get(OWNER_HEADER, "")
            async with database.look() as connection_to_database:
                return AuthenticationResult(*await owner_of(connection_to_database, secret))
        if allowed is Access.HOME:
            secret = connection.headers.get(OWNER_HEADER, "")
            async with database.look() as connection_to_database:
                return AuthenticationResult(*await resident_of(connection_to_database, secret))
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


OWNER_OF_SESSION = (
    select(OwnerSession.id, OwnerSession.proven_until, OwnerLink.id, OwnerLink.ticket_id, Community.territory_id)
    .join(OwnerSession.link)
    .join(OwnerLink.ticket)
    .join(Ticket.home)
    .join(Home.building)
    .join(Building.community)
    .where(
        OwnerSession.token_hash == bindparam("token_hash"),
        OwnerSession.expires_at > bindparam("now"),
        OwnerLink.purpose == LinkPurpose.TRACK,
        OwnerLink.expires_at > bindparam("now"),
        OwnerLink.revoked_at.is_(None),
    )
)


async def owner_of(database: AsyncConnection, secret: str) -> tuple[Person | None, OpenedLink | None]:
    """Nobody once the link has expired or been withdrawn, however long the browser's own time still runs."""
    now = datetime.now(UTC)
    row = (await database.execute(OWNER_OF_SESSION, {"token_hash": secret_hash(secret), "now": now})).one_or_none()
    if row is None:
        return None, None
    session_id, proven_until, link_id, ticket_id, territory_id = row
    proven = proven_until is not None and now < proven_until
    person = Person(link_id, "", Role.OWNER, frozenset({territory_id}))
    return person, OpenedLink(session_id, ticket_id, proven, secret)


HOME_OF_SESSION = (
    select(HomeSession.id, HomeSession.phone, HomeLink.id, HomeLink.home_id, Community.territory_id)
    .join(HomeSession.link)
    .join(HomeLink.home)
    .join(Home.building)
    .join(Building.community)
    .where(
        HomeSession.token_hash == bindparam("token_hash"),
        HomeSession.expires_at > bindparam("now"),
        HomeLink.expires_at > bindparam("now"),
        HomeLink.revoked_at.is_(None),
    )
)


async def resident_of(database: AsyncConnection, secret: str) -> tuple[Person | None, OpenedHome | None]:
    """As `owner_of`, for a home's link."""
    values = {"token_hash": secret_hash(secret), "now": datetime.now(UTC)}
    row = (await database.execute(HOME_OF_SESSION, values)).one_or_none()
    if row is None:
        return None, None
    session_id, phone, link_id, home_id, territory_id = row
    return Person(link_id, "", Role.OWNER, frozenset({territory_id})), OpenedHome(session_id, home_id, phone)
