"""Tables in files, CSV and XLSX: `read_sheet` and `write_table` are the front doors."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from api.adapters.sheets.csv_files import read_csv, write_csv
from api.adapters.sheets.sheet import Broken, Cell, Row, Sheet
from api.adapters.sheets.table import Share, Table, Value
from api.adapters.sheets.whole_file import whole_file
from domain.errors import Invalid

__all__ = [
    "Broken",
    "Cell",
    "Row",
    "Share",
    "Sheet",
    "Table",
    "Value",
    "kind_of",
    "read_sheet",
    "workbook",
    "write_table",
]

MAX_FILE_BYTES = 200_000_000

READ = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
WRITTEN = (".csv", ".xlsx")


def read_sheet(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Sheet:
    """`encoding` and `delimiter` are of a CSV, `sheet` of a workbook. Raises Invalid that says what to do."""
    try:
        kind_of(path, READ)
        return sheet_in(path.name, _bytes_of(path), encoding=encoding, delimiter=delimiter, sheet=sheet)
    except Invalid as error:
        raise Invalid(f"{path.name}: {error}") from error


def sheet_in(
    name: str, raw: bytes, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Sheet:
    """Of a file that is in memory; its name says which kind it is."""
    if kind_of(Path(name), READ) in (".xlsx", ".xlsm"):
        from api.adapters.sheets.xlsx_files import read_xlsx  # half a second that a CSV need not wait

        return read_xlsx(raw, sheet)
    return read_csv(raw, encoding, delimiter)


def write_table(path: Path, table: Table) -> None:
    """CSV or XLSX by the file's name; an older file of that name stays whole until the new one is. Raises Invalid."""
    kind = kind_of(path, WRITTEN)
    with whole_file(path) as draft:
        if kind == ".xlsx":
            from api.adapters.sheets.xlsx_files import write_xlsx

            write_xlsx(draft, table)
        else:
            with draft.open("xb") as file:
                write_csv(file, table)


def workbook(tables: Sequence[Table]) -> bytes:
    """An XLSX with a sheet for each, made in memory."""
    from api.adapters.sheets.xlsx_files import write_xlsx

    made = BytesIO()
    write_xlsx(made, *tables)
    return made.getvalue()


def kind_of(path: Path, kinds: tuple[str, ...] = WRITTEN) -> str:
    """The ending that names the kind of table, such as ".csv". Raises Invalid for one that is not of `kinds`."""
    kind = path.suffix.casefold()
    if kind not in kinds:
        raise Invalid(f'"{path.name}" must end in .csv or .xlsx, and be that kind of file.')
    return kind


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Invalid("There is no such file." if not path.exists() else "It is not a file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Invalid(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB. Split it.")
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"The file can't be read: {error.strerror or error}.") from error
