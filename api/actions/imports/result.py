"""What became of a file: how many rows were new, known or bad, and why the bad ones are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from api.adapters.sheets import Broken, Row, Sheet, Table
from api.adapters.sheets.sheet import NOTES

Progress = Callable[[str, int, int], None]
"""Told what is being done, the rows done and the rows there are."""


def untold(doing: str, done: int, of: int) -> None:
    """For whoever doesn't ask."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`column` is the file's own name for it; empty when the row as a whole is wrong."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class BadRow:
    row: Row
    faults: list[Fault]


@dataclass
class ImportResult:
    """`known` rows were there already, just so. Nothing was `written` if a row was bad and bad ones weren't skipped."""

    rows: int
    bad: list[BadRow]
    written: bool
    new: int = 0
    changed: int = 0
    known: int = 0
    notes: list[str] = field(default_factory=list)
    unlocated: list[UUID] = field(default_factory=list)
    """Buildings of the file that need a location."""

    @property
    def faults(self) -> list[Fault]:
        return sorted((fault for bad in self.bad for fault in bad.faults), key=lambda fault: fault.line)


def table_of_bad(sheet: Sheet, bad: Iterable[BadRow]) -> Table:
    """The original rows, each with its line, columns and reasons before it: importable again once mended."""
    return Table(
        "bad rows",
        (*NOTES, *sheet.columns),
        [
            [
                row.row.line,
                "; ".join(dict.fromkeys(fault.column for fault in row.faults)),
                "; ".join(fault.reason for fault in row.faults),
                *(cell.shown if isinstance(cell, Broken) else cell for cell in row.row.cells),
            ]
            for row in bad
        ],
    )
