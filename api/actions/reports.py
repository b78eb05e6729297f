"""The after-sales report: asked for at the desk, counted by a worker."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct, convert, to_builtins
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions import errands
from api.adapters.sheets import workbook
from api.auth import Person
from api.queries.reports.cases import Period
from api.queries.reports.report import Language, report_tables
from domain.errands import Errand, ErrandKind
from domain.errors import Invalid, NotFound
from domain.people import Role
from domain.places import Territory

MOST_DAYS = 366


class ReportAsked(Struct):
    """`territories` None: all there are. With `people` a sheet of single technicians."""

    since: date
    until: date
    territories: list[UUID] | None
    language: Language
    people: bool
    by: UUID


async def request(
    session: AsyncSession, since: date, until: date, territories: Sequence[UUID], language: Language, by: Person
) -> UUID:
    """Of no territories named, of all that this person sees. Raises Invalid, NotFound."""
    if until < since:
        raise Invalid("The period ends before it begins.")
    if until - since >= timedelta(days=MOST_DAYS):
        raise Invalid(f"A report covers {MOST_DAYS} days at most.")
    chosen = sorted(set(territories))
    known = set(await session.scalars(select(Territory.id).where(Territory.id.in_(chosen))))
    if any(one not in known or not by.sees(one) for one in chosen):
        raise NotFound("There is no such territory.")
    of = chosen or (None if by.territories is None else sorted(by.territories))
    asked = ReportAsked(since, until, of, language, by.role is Role.MANAGER, by.id)
    about = f"{since} – {until}"
    errand_id, _ = await errands.ask(session, ErrandKind.REPORT, about, to_builtins(asked), by, anew=True)
    return errand_id


async def make(session: AsyncSession, errand: Errand) -> errands.Made:
    asked = convert(errand.asked, ReportAsked)
    period = Period(asked.since, asked.until, clock.now())
    tables = await report_tables(session, asked.territories, period, asked.language, people=asked.people)
    file = await asyncio.to_thread(workbook, tables)
    return errands.Made(file, f"after-sales-{asked.since}-{asked.until}.xlsx")
