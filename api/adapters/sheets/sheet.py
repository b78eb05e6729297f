"""A table as its file holds it: named columns, and rows that know the line they begin on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from api.adapters.sheets.names import key
from domain.errors import Invalid

MAX_ROWS = 200_000
MAX_COLUMNS = 500

NOTES = ("bad_line", "bad_column", "bad_reason")
"""What a file of bad rows has before the original columns. Reading leaves them out: a mended file can be imported."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that shows something and has no value, such as #N/A."""

    shown: str
    reason: str


Cell = str | datetime | time | Broken
"""Text is trimmed, numbers are text, "" is an empty cell. A workbook's datetimes are naive."""


CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")
"""What neither the database nor a workbook can hold, or nobody can see."""


SPREADSHEET_ERROR = re.compile(r"#(N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|SPILL!|CALC!|#+)")
"""What a spreadsheet leaves where a formula failed, or, in a CSV, where a column was too narrow for its date."""


def as_cell(written: str) -> Cell:
    text = written.strip()
    if SPREADSHEET_ERROR.fullmatch(text):
        return Broken(text, f"holds the spreadsheet's error {text}")
    if CONTROL.search(text):
        return Broken(CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), "holds a control character")
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts from 1: the physical line of a CSV, the row of a workbook."""

    line: int
    cells: tuple[Cell, ...]
    wrong: str = ""
    """Why the cells can't be told apart by column; empty for a row of the right length."""


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: tuple[str, ...]
    rows: list[Row]

    def position(self, column: str) -> int | None:
        """Letter case, width and doubled spaces don't matter."""
        wanted = key(column)
        return next((at for at, name in enumerate(self.columns) if key(name) == wanted), None)


def with_header(rows: Iterable[Row], *, short_rows: bool) -> Sheet:
    """The first row that isn't empty names the columns. Raises Invalid where it can't.

    Workbooks leave out empty cells at a row's end (`short_rows`); in a CSV a short row was cut off.
    """
    filled = (row for row in rows if any(cell != "" for cell in row.cells))
    header = next(filled, None)
    if header is None:
        raise Invalid("The file is empty: no row names its columns.")
    columns = _column_names(header)
    notes = len(NOTES) if columns[: len(NOTES)] == NOTES else 0
    sheet = Sheet(columns[notes:], [])
    for row in filled:
        if len(sheet.rows) == MAX_ROWS:
            raise Invalid(f"The file has more than {MAX_ROWS:,} rows. Split it.")
        sheet.rows.append(_fitted(row, len(columns), notes, short_rows))
    return sheet


def _fitted(row: Row, width: int, notes: int, short_rows: bool) -> Row:
    cells = _without_empty_end(row.cells, least=width)
    if short_rows:
        cells += ("",) * (width - len(cells))
    wrong = "" if len(cells) == width else f"has {len(cells)} cells where the header has {width}"
    return Row(row.line, cells[notes:], wrong)


def _without_empty_end(cells: tuple[Cell, ...], least: int = 0) -> tuple[Cell, ...]:
    end = len(cells)
    while end > least and cells[end - 1] == "":
        end -= 1
    return cells[:end]


def _column_names(header: Row) -> tuple[str, ...]:
    names = _without_empty_end(header.cells)
    if len(names) > MAX_COLUMNS:
        raise Invalid(f"Line {header.line} names {len(names)} columns; {MAX_COLUMNS} are the most.")
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if not isinstance(name, str) or not name:
            raise Invalid(f"Column {number} has no name in line {header.line}, which must name the columns.")
        if first := seen.get(key(name)):
            raise Invalid(f'Columns {first} and {number} are both named "{name}".')
        seen[key(name)] = number
    return tuple(str(name) for name in names)
