"""A list that is uploaded at the desk: kept with its errand, taken in by a worker as the command line does it."""

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, convert, to_builtins
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import errands
from api.actions.imports.coordinates import System
from api.actions.imports.homes import import_homes
from api.actions.imports.mapping import mapping_in
from api.actions.imports.result import ImportResult, table_of_bad
from api.actions.imports.technicians import import_technicians
from api.actions.imports.tickets import import_tickets
from api.adapters.sheets import READ, Sheet, kind_of, sheet_in, workbook
from api.auth import Person
from domain.errands import Errand, ErrandKind
from domain.errors import Invalid, NotFound
from domain.places import Territory

What = Literal["tickets", "technicians", "homes"]

MOST_BYTES = 10_000_000
FAULTS_TOLD = 200
"""More are in the file of bad rows."""


class ImportAsked(Struct):
    """`territory` is of rows that name none. `mapping`, for tickets: a shipped one's name, or a mapping file's text."""

    what: What
    file: str
    territory: UUID | None
    mapping: str
    coordinates: System
    skip_bad: bool


def decoded(content: str) -> bytes:
    """Raises Invalid."""
    try:
        return b64decode(content, validate=True)
    except ValueError:
        raise Invalid("The file's content is not base64.") from None


async def request(
    session: AsyncSession, asked: ImportAsked, content: bytes, by: Person, *, anew: bool
) -> tuple[UUID, bool]:
    """The errand, and whether it is new. The same file with the same options is taken in once, unless `anew` says
    again. Raises Invalid for what no worker need look at, NotFound."""
    if not content:
        raise Invalid("The file is empty.")
    if len(content) > MOST_BYTES:
        raise Invalid(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it, or use `doorstep import`.")
    kind_of(Path(asked.file), READ)
    if asked.what == "tickets":
        if asked.territory is None:
            raise Invalid("Whose tickets are they? Choose a territory.")
        mapping_in(asked.mapping)
    if asked.territory is not None and await session.get(Territory, asked.territory) is None:
        raise NotFound("There is no such territory.")
    return await errands.ask(session, ErrandKind.IMPORT, asked.file, to_builtins(asked), by, given=content, anew=anew)


async def make(session: AsyncSession, errand: Errand) -> errands.Made:
    asked = convert(errand.asked, ImportAsked)
    content = await session.scalar(select(Errand.given).where(Errand.id == errand.id))
    sheet = await asyncio.to_thread(sheet_in, asked.file, content or b"")
    result = await taken_in(session, asked, sheet)
    file = await asyncio.to_thread(workbook, [table_of_bad(sheet, result.bad)]) if result.bad else None
    failure = None if result.written else f"Nothing was written: {len(result.bad)} of {result.rows} rows are bad."
    return errands.Made(file, "refused-rows.xlsx" if file else None, as_data(asked.what, result), failure)


async def taken_in(session: AsyncSession, asked: ImportAsked, sheet: Sheet) -> ImportResult:
    territory = await session.get(Territory, asked.territory) if asked.territory else None
    if asked.what == "tickets":
        if territory is None:
            raise Invalid("The territory is gone. Choose another one.")
        return await import_tickets(
            session, sheet, mapping_in(asked.mapping), territory, skip_bad=asked.skip_bad, system=asked.coordinates
        )
    work = import_technicians if asked.what == "technicians" else import_homes
    return await work(session, sheet, territory=territory, skip_bad=asked.skip_bad, system=asked.coordinates)


def as_data(what: What, result: ImportResult) -> dict[str, Any]:
    faults = result.faults
    return {
        "imported": what,
        "written": result.written,
        "rows": result.rows,
        "new": result.new,
        "changed": result.changed,
        "known": result.known,
        "bad": len(result.bad),
        "faults": [{"line": one.line, "column": one.column, "reason": one.reason} for one in faults[:FAULTS_TOLD]],
        "need_location": len(result.unlocated),
        "notes": result.notes,
    }
