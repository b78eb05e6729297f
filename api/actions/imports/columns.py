"""Rows read by column: each column says what its cells mean, and every fault of a row is found at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.actions.imports.result import BadRow, Fault
from api.adapters.sheets import Cell, Row, Sheet
from api.adapters.sheets.names import near
from domain.errors import Invalid

MISSPELT = 0.8
"""An unknown column this like an absent one is taken for a slip, not for something else that may be left out."""

Values = dict[str, Any]
"""By column, for the columns that the file has."""


@dataclass(frozen=True, slots=True)
class Column:
    """A file may name it in English or Chinese. An empty cell means `empty`, or is a fault if one is needed."""

    zh: str
    parse: Callable[[Cell], Any]
    about: str
    needed: bool = False
    empty: Any = None

    def value(self, cell: Cell) -> Any:
        """Raises ValueError."""
        if cell != "":
            return self.parse(cell)
        if self.needed:
            raise ValueError("is empty")
        return self.empty


class BadValues(Exception):
    """What is wrong with a row, by column; "" is the row as a whole."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = faults


def values_of(row: Row, columns: Mapping[str, Column], cell: Callable[[str], Cell]) -> Values:
    """What each column's cell means. Raises BadValues with all that is wrong."""
    if row.wrong:
        raise BadValues({"": row.wrong})
    values, faults = {}, {}
    for name, column in columns.items():
        try:
            values[name] = column.value(cell(name))
        except ValueError as error:
            faults[name] = str(error)
    if faults:
        raise BadValues(faults)
    return values


def bad_row(row: Row, error: BadValues, label: Callable[[str], str]) -> BadRow:
    """`label` gives the file's own name of a column."""
    return BadRow(row, [Fault(row.line, label(name), why) for name, why in error.faults.items()])


class RowReader:
    """Raises Invalid for a sheet that lacks a needed column, or has one that is likely misspelt."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, Column]) -> None:
        self.sheet, self.columns = sheet, columns
        self.present: dict[str, int] = {}
        for name, column in columns.items():
            found = [at for each in (name, column.zh) if (at := sheet.position(each)) is not None]
            if len(found) > 1:
                raise Invalid(f'The columns "{name}" and "{column.zh}" are the same; keep one.')
            if found:
                self.present[name] = found[0]
        used = set(self.present.values())
        self.unused = [name for at, name in enumerate(sheet.columns) if at not in used]
        absent = [name for name in columns if name not in self.present]
        if missing := [name for name in absent if columns[name].needed]:
            raise Invalid(" ".join(self._missing(name) for name in missing))
        if misspelt := [
            f'"{name}" is no column.{guess}' for name in self.unused if (guess := near(name, absent, MISSPELT))
        ]:
            raise Invalid(" ".join(misspelt))

    def _missing(self, name: str) -> str:
        about = self.columns[name].about
        return f'There is no column "{name}"{f", {about}" if about else ""}.{near(name, self.unused)}'

    def values(self, row: Row) -> Values:
        """Raises BadValues."""
        present = {name: self.columns[name] for name in self.present}
        return values_of(row, present, lambda name: row.cells[self.present[name]])

    def written(self, column: str) -> set[str]:
        """All that stands in a column, as it is."""
        at = self.present.get(column, len(self.sheet.columns))
        return {str(row.cells[at]) for row in self.sheet.rows if at < len(row.cells)}

    def bad(self, row: Row, error: BadValues) -> BadRow:
        return bad_row(row, error, self._label)

    def _label(self, column: str) -> str:
        return self.sheet.columns[self.present[column]] if column in self.present else column

    def notes(self) -> list[str]:
        return [f"Columns not used: {', '.join(self.unused)}."] if self.unused else []
