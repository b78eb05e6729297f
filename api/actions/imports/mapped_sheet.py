"""A sheet's cells by ticket field, through a mapping."""

from collections.abc import Iterable
from collections.abc import Mapping as Dict

from api.actions.imports.columns import BadValues, Column, Values, bad_row, values_of
from api.actions.imports.mapping import Mapping
from api.actions.imports.result import BadRow
from api.adapters.sheets import Cell, Row, Sheet
from api.adapters.sheets.names import key, near
from domain.errors import Invalid

ANYTHING_ELSE = "*"
"""In [values.FIELD]: stands for every value that isn't named."""


class MappedSheet:
    """Raises Invalid where mapping, sheet and fields don't fit together."""

    def __init__(self, sheet: Sheet, mapping: Mapping, fields: Dict[str, Column]) -> None:
        self.sheet = sheet
        self.constants = {field: value for field, value in mapping.constants.items() if field != "city"}
        tables: dict[str, Iterable[str]] = {
            "columns": mapping.columns,
            "constants": self.constants,
            "values": mapping.values,
        }
        for table, named in tables.items():
            if unknown := [field for field in named if field not in fields]:
                raise Invalid(f'The mapping\'s [{table}] has no field "{unknown[0]}".{near(unknown[0], fields)}')
        self.positions = {
            field: [self._position(column) for column in ([named] if isinstance(named, str) else named)]
            for field, named in mapping.columns.items()
        }
        self.rules = [
            ([(self._position(column), key(value)) for column, value in rule.when.items()], rule.code)
            for rule in mapping.defect
        ]
        self.meanings = {
            field: {key(written): meaning for written, meaning in named.items()}
            for field, named in mapping.values.items()
        }
        told = {*self.positions, *self.constants, *(["defect"] if self.rules else [])}
        if missing := [field for field, column in fields.items() if column.needed and field not in told]:
            raise Invalid(f"The mapping names no column and no constant for {' or '.join(missing)}.")
        self.fields = {field: column for field, column in fields.items() if field in told}

    def _position(self, column: str) -> int:
        at = self.sheet.position(column)
        if at is None:
            guess = near(column, self.sheet.columns)
            raise Invalid(f'The file has no column "{column}", which the mapping names.{guess}')
        return at

    def values(self, row: Row) -> Values:
        """By field. Raises BadValues."""
        return values_of(row, self.fields, lambda field: self._cell(row, field))

    def bad(self, row: Row, error: BadValues) -> BadRow:
        return bad_row(row, error, self._label)

    def _cell(self, row: Row, field: str) -> Cell:
        cell = self._joined(row, field)
        meanings = self.meanings.get(field)
        if meanings and isinstance(cell, str) and cell:
            meaning = meanings.get(key(cell), meanings.get(ANYTHING_ELSE))
            if meaning is None:
                raise ValueError(f'"{cell[:40]}" is not in the mapping\'s [values.{field}]')
            cell = meaning
        if cell == "" and field == "defect" and self.rules:
            cell = self._defect(row)
        return self.constants.get(field, "") if cell == "" else cell

    def _joined(self, row: Row, field: str) -> Cell:
        cells = [row.cells[at] for at in self.positions.get(field, []) if row.cells[at] != ""]
        texts = [cell for cell in cells if isinstance(cell, str)]
        if len(texts) == len(cells):
            return (": " if field == "description" else " ").join(texts)
        return next(cell for cell in cells if not isinstance(cell, str))  # a date or a broken cell can't be joined

    def _defect(self, row: Row) -> str:
        for when, code in self.rules:
            if all(key(str(row.cells[at])) == value for at, value in when):
                return code
        seen = {at: row.cells[at] for when, _ in self.rules for at, _ in when}
        told = " and ".join(f'{self.sheet.columns[at]} "{str(cell)[:40]}"' for at, cell in seen.items())
        raise ValueError(f"no [[defect]] of the mapping fits {told}")

    def _label(self, field: str) -> str:
        """The file's own name of what the field is read from."""
        positions = self.positions.get(field, [])
        if field == "defect":
            positions = [*positions, *(at for when, _ in self.rules for at, _ in when)]
        return " + ".join(dict.fromkeys(self.sheet.columns[at] for at in positions)) or field
