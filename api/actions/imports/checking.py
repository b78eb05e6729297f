"""Every row is checked before the first is written, and one import runs at a time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.columns import BadValues
from api.actions.imports.result import BadRow, Progress
from api.adapters.sheets import Row, Sheet

T = TypeVar("T")

IMPORT_LOCK = 8311_0005
"""Advisory lock: the same file imported twice at once is known the second time."""

AT_A_TIME = 500
"""Rows between two breaths, in which a Ctrl-C is heard."""


async def wait_for_other_imports(session: AsyncSession) -> None:
    """Holds until this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(IMPORT_LOCK)))


async def check_rows(
    sheet: Sheet,
    check: Callable[[Row], T],
    bad_row: Callable[[Row, BadValues], BadRow],
    progress: Progress,
) -> tuple[list[T], list[BadRow]]:
    """What `check` made of the good rows, and the bad rows, which it refused with BadValues."""
    good: list[T] = []
    bad: list[BadRow] = []
    for done, row in enumerate(sheet.rows, start=1):
        try:
            good.append(check(row))
        except BadValues as error:
            bad.append(bad_row(row, error))
        if done % AT_A_TIME == 0 or done == len(sheet.rows):
            progress("Checking", done, len(sheet.rows))
            await asyncio.sleep(0)
    return good, bad


class SeenBefore:
    """Keys of rows and the line each came first on."""

    def __init__(self) -> None:
        self.lines: dict[object, int] = {}

    def check(self, column: str, row: Row, key: object) -> None:
        """Raises BadValues the second time."""
        if first := self.lines.get(key):
            raise BadValues({column: f"stands in line {first} already"})
        self.lines[key] = row.line
