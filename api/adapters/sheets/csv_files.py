"""Reading and writing CSV."""

import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from api.adapters.sheets.encodings import decoded
from api.adapters.sheets.sheet import Row, Sheet, as_cell, with_header
from api.adapters.sheets.table import Table, Value, as_text
from domain.errors import Invalid

DELIMITERS = (",", ";", "\t")

FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
"""How a text begins that a spreadsheet would run (OWASP, "CSV Injection"), behind any number of guards."""

PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def read_csv(raw: bytes, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Detects encoding and delimiter where none is given. Raises Invalid for what is no table of text."""
    text = decoded(raw, encoding)
    if not text.strip(f" \r\n{''.join(DELIMITERS)}"):
        raise Invalid("The file is empty.")
    return with_header(_rows(text, delimiter or _delimiter_of(text)), short_rows=False)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(as_cell(unguarded(cell)) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"The row that begins in line {line} can't be read: {_meaning(str(error))}.") from None


def _meaning(error: str) -> str:
    if "end of data" in error:
        return "a quotation mark opens and is never closed"
    if "field limit" in error:
        return f"a cell has over {csv.field_size_limit():,} characters; is a quotation mark missing?"
    if "expected after" in error:
        return "text follows a closing quotation mark; one inside a cell is written twice"
    return error


def _delimiter_of(text: str) -> str:
    """The one that cuts the header into the most cells."""

    def cells(delimiter: str) -> int:
        header = next((row for row in _rows(text, delimiter) if any(row.cells)), None)
        return len(header.cells) if header else 0

    return max(DELIMITERS, key=cells)


def write_csv(file: IO[bytes], table: Table) -> None:
    """UTF-8 with its mark, without which Excel garbles Chinese. No cell can start a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(map(guarded, table.columns))
    writer.writerows([_written(value) for value in row] for row in table.rows)
    text.flush()
    text.detach()


def _written(value: Value) -> str:
    return guarded(value) if isinstance(value, str) else as_text(value)


def guarded(text: str) -> str:
    """With an apostrophe before what a spreadsheet would run; plain negative numbers stay as they are."""
    return f"'{text}" if FORMULA.match(text) and not PLAIN_NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
