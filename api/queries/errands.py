"""Reports and imports as whoever asked for them sees them, and managers all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from domain.errands import Errand, ErrandKind
from domain.errors import NotFound
from domain.people import Role

MOST = 50


class ErrandView(Struct):
    """`result` is an import's outcome: its counts, and which rows were refused and why. With `file` there is one to be
    fetched."""

    id: UUID
    about: str
    state: str
    asked_by: str
    asked_at: datetime
    settled_at: datetime | None
    failure: str | None
    result: dict[str, Any] | None
    file: str | None


async def list_errands(session: AsyncSession, kind: ErrandKind, by: Person) -> list[ErrandView]:
    """The newest first."""
    query = select(Errand).where(Errand.kind == kind).options(joinedload(Errand.staff))
    if by.role is not Role.MANAGER:
        query = query.where(Errand.asked_by == by.id)
    found = await session.scalars(query.order_by(Errand.asked_at.desc(), Errand.id.desc()).limit(MOST))
    return [view(one) for one in found]


def view(one: Errand) -> ErrandView:
    return ErrandView(
        id=one.id,
        about=one.about,
        state=one.state,
        asked_by=one.staff.name,
        asked_at=one.asked_at,
        settled_at=one.settled_at,
        failure=one.failure,
        result=one.result,
        file=one.made_name,
    )


async def errand_file(session: AsyncSession, kind: ErrandKind, errand_id: UUID, by: Person) -> tuple[bytes, str]:
    """Raises NotFound."""
    row = (
        await session.execute(
            select(Errand.made, Errand.made_name, Errand.asked_by).where(Errand.id == errand_id, Errand.kind == kind)
        )
    ).one_or_none()
    if row is None or row.made is None or (by.role is not Role.MANAGER and row.asked_by != by.id):
        raise NotFound("There is no such file, or it is no longer kept.")
    return row.made, row.made_name
