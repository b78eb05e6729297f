"""People at the desk: added, given a password, let go."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.accounts import passwords
from api.db.trail import record
from domain.access import Session
from domain.errors import Conflict, Invalid, NotFound
from domain.people import Role, Staff
from domain.places import Territory

SHORTEST_PASSWORD = 12


async def add(
    session: AsyncSession, username: str, name: str, role: Role, territories: list[str], password: str
) -> UUID:
    """Raises Conflict for a name that is taken, NotFound for a territory that isn't there, Invalid for a password
    that is too short."""
    if await session.scalar(select(Staff.id).where(Staff.username == username)):
        raise Conflict(f"There is a {username} already. `doorstep staff password` gives a new password.")
    found = (await session.scalars(select(Territory).where(Territory.name.in_(territories)))).all()
    if unknown := set(territories) - {territory.name for territory in found}:
        raise NotFound(f"There is no territory {', '.join(sorted(unknown))}.")
    staff = Staff(username=username, name=name, role=role, password_hash=hashed(password), territories=list(found))
    session.add(staff)
    await session.flush()
    await record(session, "system", "staff.added", staff.id, username=username, role=role)
    return staff.id


async def new_password(session: AsyncSession, username: str, password: str) -> None:
    """Ends that person's sessions too."""
    staff = await known(session, username)
    staff.password_hash = hashed(password)
    await session.execute(delete(Session).where(Session.staff_id == staff.id))
    await record(session, "system", "staff.password", staff.id)


async def let_go(session: AsyncSession, username: str) -> None:
    """Signs the person out for good; what they did keeps their name."""
    staff = await known(session, username)
    staff.active = False
    await session.execute(delete(Session).where(Session.staff_id == staff.id))
    await record(session, "system", "staff.let_go", staff.id)


async def known(session: AsyncSession, username: str) -> Staff:
    staff = await session.scalar(select(Staff).where(Staff.username == username))
    if staff is None:
        raise NotFound(f"There is nobody called {username}.")
    return staff


def hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    return passwords.hash(password)
