"""Proposed repairs of a running day, as the board shows them: a tick on each line."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from domain.errors import NotFound
from domain.repairs import Repair


class There(Struct):
    """Who comes, and when."""

    technician_id: UUID
    technician: str
    starts_at: datetime


class ShiftView(Struct):
    """Another visit, which stays with its technician and starts at another time; `after` is None if it can't be made.

    `promise`: kept, moved or broken.
    """

    job: str
    ticket_number: str
    before: There
    after: There | None
    promise: str


class MoveView(Struct):
    """One line to decide on. `before` is the plan as it was, `rejected` what becomes of it by the event alone,
    `accepted` with this line and all that it `needs`; None is no visit that day. `minutes` is what it costs, in minutes
    of driving, moved promises included; less than 0 is saved. `decided`: accepted, rejected, or None as yet.
    """

    job: str
    ticket_number: str
    before: There | None
    rejected: There | None
    accepted: There | None
    promise: str | None
    minutes: float
    needs: list[str]
    shifts: list[ShiftView]
    decided: str | None = None


class RepairView(Struct):
    """`unavoidable` is what the event does to other visits, whatever is decided."""

    id: UUID
    territory_id: UUID
    day: date
    event: dict[str, Any]
    made_at: datetime
    state: str
    moves: list[MoveView]
    unavoidable: list[ShiftView]


async def list_repairs(session: AsyncSession, by: Person, territory_id: UUID, day: date) -> list[RepairView]:
    """Newest first. Raises NotFound for a territory that isn't this person's."""
    if not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    found = await session.scalars(
        select(Repair)
        .where(Repair.territory_id == territory_id, Repair.day == day)
        .order_by(Repair.made_at.desc())
        .limit(50)
    )
    return [view(repair) for repair in found]


def view(repair: Repair) -> RepairView:
    moves = convert(repair.moves, list[MoveView])
    for move in moves:
        move.decided = repair.decided.get(move.job)
    return RepairView(
        id=repair.id,
        territory_id=repair.territory_id,
        day=repair.day,
        event=repair.event,
        made_at=repair.made_at,
        state=repair.state,
        moves=moves,
        unavoidable=convert(repair.unavoidable, list[ShiftView]),
    )
