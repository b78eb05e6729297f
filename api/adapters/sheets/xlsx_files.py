"""Reading and writing XLSX workbooks."""

import io
import math
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from pathlib import Path
from typing import IO, Any

import openpyxl
import xlsxwriter

from api.adapters.sheets.names import near
from api.adapters.sheets.sheet import MAX_COLUMNS, NOTES, Broken, Cell, Row, Sheet, as_cell, with_header
from api.adapters.sheets.table import Share, Table, Value, as_text
from domain.errors import Invalid

MAX_UNPACKED_BYTES = 300_000_000
"""Ten times what 200,000 usual rows take; a bomb unpacks to far more."""

MAX_LINES = 1_048_576
MAX_TEXT = 32_767
"""Excel's own limits of a sheet and a cell."""

WHOLE_NUMBERS_KEPT = 10**15
"""Excel keeps 15 digits of a number: a longer one has lost its end."""


def read_xlsx(raw: bytes, sheet_name: str | None = None) -> Sheet:
    """The named sheet, or the first that isn't hidden. Raises Invalid for what is no workbook or too large."""
    _check_container(raw)
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and extensions that say nothing about values
            return with_header(_rows(raw, sheet_name), short_rows=True)
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever its parts meet first in a damaged file
        raise Invalid(f"The workbook is damaged: {type(error).__name__}: {error}"[:300]) from error


def _check_container(raw: bytes) -> None:
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("The workbook has a password or is of the old kind (.xls). Save it as .xlsx without a password.")
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Invalid("The file is not a workbook, or it is damaged or cut off.") from None
    if any(part.flag_bits & 0x1 for part in parts):
        raise Invalid("The workbook has a password. Save it without one.")
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Invalid(f"The workbook unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB. Split it.")
    if not any(part.filename.casefold() == "[content_types].xml" for part in parts):
        raise Invalid("The file is a ZIP archive and not a workbook.")


def _rows(raw: bytes, sheet_name: str | None) -> Iterator[Row]:
    values = _sheet_of(raw, sheet_name, results=True)
    # A formula whose result was never saved has no value: only its text tells it from an empty cell.
    formulas = _lines(_sheet_of(raw, sheet_name, results=False)) if _has_formulas(values) else repeat(())
    for line, (cells, sources) in enumerate(zip(_lines(values), formulas, strict=False), start=1):
        if not cells:
            continue  # a row that the file leaves out
        padded = (*sources, *repeat(None, len(cells) - len(sources)))
        yield Row(line, tuple(_cell(value, source) for value, source in zip(cells, padded, strict=True)))


def _sheet_of(raw: bytes, name: str | None, *, results: bool) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=results, keep_links=False)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    visible = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"] or list(sheets)
    if name is None and not visible:
        raise Invalid("The workbook has no sheet of cells.")
    title = visible[0] if name is None else name
    if title not in sheets:
        raise Invalid(f'The workbook has no sheet "{title}".{near(title, sheets)} It has: {", ".join(sheets)}.')
    return sheets[title]


def _lines(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what the file claims about its own size is not believed
    most = MAX_COLUMNS + len(NOTES) + 1
    return (cells[:most] for cells in sheet.iter_rows(max_row=MAX_LINES, values_only=True))


def _has_formulas(sheet: Any) -> bool:
    with sheet._get_source() as source:
        before = b""
        while block := source.read(1 << 20):
            if b"<f" in before + block:
                return True
            before = block[-1:]
    return False


def _cell(value: Any, source: Any) -> Cell:
    match value:
        case None if source is not None:
            return Broken("", "holds a formula whose result is not in the file; open it in Excel and save it again")
        case None:
            return ""
        case str():
            return as_cell(value)
        case bool():
            return as_text(value)
        case datetime() | time():
            return value
        case date():
            return datetime.combine(value, time())
        case timedelta() if timedelta() <= value < timedelta(days=1):
            return (datetime(2000, 1, 1, tzinfo=UTC) + value).time()
        case int() | float():
            return _number(value)
        case _:
            return Broken(str(value), f"is not text, a number or a date: {str(value)[:40]}")


def _number(value: int | float) -> Cell:
    if not math.isfinite(value) or abs(value) >= WHOLE_NUMBERS_KEPT:
        return Broken(str(value), "is a number of more digits than Excel keeps (15); format the column as text")
    return str(int(value)) if value == int(value) else repr(value)


def write_xlsx(file: Path | IO[bytes], *tables: Table) -> None:
    """A sheet for each, with a fixed header; aware datetimes lose their offset, for Excel knows none."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            time: book.add_format({"num_format": "hh:mm"}),
            Share: book.add_format({"num_format": "0.0%"}),
        }
        for table in tables:
            _write_sheet(book.add_worksheet(table.title[:31]), table, bold, formats)


def _write_sheet(sheet: Any, table: Table, bold: Any, formats: dict[type, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(table.columns):
        sheet.set_column(
            column, column, _width([name, *(row[column] for row in table.rows[:200] if column < len(row))])
        )
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(table.rows, start=1):
        if line == MAX_LINES:
            raise Invalid(f"A workbook has no more than {MAX_LINES:,} rows. Export as CSV.")
        for column, value in enumerate(row):
            _write(sheet, line, column, value, formats)


def _width(values: Sequence[Value]) -> float:
    """In characters of Latin; those of Chinese are twice as wide."""
    widest = max(sum(1 + (char > "⺀") for char in as_text(value)) for value in values)
    return min(max(widest + 1, 8), 60)


def _write(sheet: Any, line: int, column: int, value: Value, formats: dict[type, Any]) -> None:
    match value:
        case None | "":
            return
        case datetime() if value.year >= 1900:
            sheet.write_datetime(line, column, value.replace(tzinfo=None), formats[datetime])
        case date() if not isinstance(value, datetime) and value.year >= 1900:
            sheet.write_datetime(line, column, value, formats[date])
        case time():
            sheet.write_datetime(line, column, value, formats[time])
        case Share():
            sheet.write_number(line, column, value, formats[Share])
        case int() | float() if not isinstance(value, bool):
            sheet.write_number(line, column, value)
        case _:
            # As text, even if it looks like a formula, a number or a link.
            text = as_text(value)
            if len(text) > MAX_TEXT:
                raise Invalid(f"Row {line} has a cell of over {MAX_TEXT:,} characters. Export as CSV.")
            sheet.write_string(line, column, text)
