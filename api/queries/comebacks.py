"""Repairs that did not hold: what desk and owner see of them, and how many held at the first visit."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from domain.comebacks import Comeback
from domain.defects import DefectKind
from domain.errors import Invalid
from domain.jobs import Job, Visit, VisitState
from domain.people import Technician


class ComebackView(Struct):
    """`technician` is who was there last; `repaired_at` is when that repair was done."""

    number: int
    reported_at: datetime
    channel: str
    description: str
    defect_en: str
    defect_zh: str
    visit_id: UUID | None
    technician: str
    repaired_at: datetime | None
    recipe_en: list[str]
    """The visits of the repair that did not hold, as the catalogue has them."""
    recipe_zh: list[str]


async def comebacks_of(session: AsyncSession, ticket_id: UUID) -> list[ComebackView]:
    """The newest first."""
    rows = await session.execute(
        select(Comeback, Technician.name)
        .outerjoin(Visit, Visit.id == Comeback.visit_id)
        .outerjoin(Technician, Technician.id == Visit.technician_id)
        .where(Comeback.ticket_id == ticket_id)
        .order_by(Comeback.number.desc())
    )
    found = rows.all()
    codes = {code for back, _ in found for code in (back.defect_code, back.before["defect"])}
    kinds = {kind.code: kind for kind in await session.scalars(select(DefectKind).where(DefectKind.code.in_(codes)))}
    return [view(back, name or "", kinds[back.defect_code], kinds[back.before["defect"]]) for back, name in found]


def view(back: Comeback, technician: str, told: DefectKind, before: DefectKind) -> ComebackView:
    repaired = back.before.get("repaired_at")
    return ComebackView(
        number=back.number,
        reported_at=back.reported_at,
        channel=back.channel,
        description=back.description,
        defect_en=told.name_en,
        defect_zh=told.name_zh,
        visit_id=back.visit_id,
        technician=technician,
        repaired_at=datetime.fromisoformat(repaired) if repaired else None,
        recipe_en=[step.name_en for step in before.steps],
        recipe_zh=[step.name_zh for step in before.steps],
    )


class FirstTimeFix(Struct):
    """`fixed` of `needed`: jobs whose first visit at which somebody worked ended them, and whose fault has not come
    back while it was watched. A visit that found nobody at home is none."""

    needed: int
    fixed: int
    came_back: int


WORKED = select(Visit.id).where(Visit.job_id == Job.id, Visit.state.in_((VisitState.DONE, VisitState.NEEDS_ANOTHER)))
CAME_BACK = exists().where(Comeback.visit_id == Visit.id)
HELD = and_(Visit.state == VisitState.DONE, ~CAME_BACK)


def of_first_visits(*columns: Any) -> Select[Any]:
    """Of each job and its first visit at which somebody worked."""
    first = WORKED.order_by(Visit.finished_at).limit(1).correlate(Job).scalar_subquery()
    return select(*columns).select_from(Job).join(Visit, Visit.id == first)


async def first_time_fix(session: AsyncSession, by: Person, since: date, until: date) -> FirstTimeFix:
    """By the day of the first visit, both ends included. Raises Invalid for a span that ends before it begins."""
    if until < since:
        raise Invalid("until is before since.")
    counts = func.count(), func.count().filter(HELD), func.count().filter(CAME_BACK)
    query = of_first_visits(*counts).where(Visit.day.between(since, until))
    if by.territories is not None:
        query = query.where(Job.territory_id.in_(by.territories))
    needed, fixed, came_back = (await session.execute(query)).one()
    return FirstTimeFix(needed, fixed, came_back)
