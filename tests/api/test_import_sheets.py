"""Tables in files: what is read is what the file shows, whoever saved it."""

# ruff: noqa: DTZ001 (a workbook's datetimes are naive)

import io
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from api.adapters.sheets import Broken, Cell, Row, Table, read_sheet, write_table
from api.adapters.sheets.csv_files import guarded, read_csv, unguarded
from api.adapters.sheets.weekdays import read_weekdays, write_weekdays
from api.adapters.sheets.xlsx_files import read_xlsx
from domain.errors import Invalid


def cells(raw: bytes, **how: str) -> list[tuple[Cell, ...]]:
    return [row.cells for row in read_csv(raw, **how).rows]


def workbook(*rows: list[object], formats: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "name,town\n李雷,北京\n"),
        ("utf-8-sig", "name,town\n李雷,北京\n"),
        ("utf-16", "name\ttown\n李雷\t北京\n"),
        ("gb18030", "name,town\n李雷,北京\n"),
        ("gbk", "name;town\r\n李雷;北京\r\n"),
    ],
)
def test_the_encodings_and_delimiters_that_spreadsheets_save_are_recognised(encoding: str, text: str) -> None:
    sheet = read_csv(text.encode(encoding))
    assert sheet.columns == ("name", "town")
    assert sheet.rows == [Row(2, ("李雷", "北京"))]


def test_western_text_is_not_taken_for_chinese() -> None:
    raw = "name,town\nMüller,Köln\n".encode("cp1252")
    with pytest.raises(Invalid, match=r"Line 2 is neither UTF-8 nor GB18030.*--encoding"):
        read_csv(raw)
    assert cells(raw, encoding="cp1252") == [("Müller", "Köln")]


def test_lines_are_the_file_s_own_though_cells_hold_line_breaks_and_rows_are_empty() -> None:
    sheet = read_csv(b'a,b\n"one\ntwo",1\n\n,\n"three",2\r\n4,"5\r\n6"\r\n7,8')
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, ("one\ntwo", "1")),
        (6, ("three", "2")),
        (7, ("4", "5\r\n6")),
        (9, ("7", "8")),
    ]


def test_a_row_too_short_or_too_long_says_so_and_empty_cells_at_its_end_do_no_harm() -> None:
    sheet = read_csv(b"a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert [row.wrong for row in sheet.rows] == [
        "has 2 cells where the header has 3",
        "has 4 cells where the header has 3",
        "",
    ]


def test_a_workbook_s_numbers_dates_and_times_keep_their_meaning() -> None:
    raw = workbook(
        ["phone", "long", "share", "day", "at", "yes", "failed"],
        [13800138000.0, 10**15, 0.5, datetime(2024, 2, 29), time(8, 30), True, "#N/A"],
        [7001, "007", 41.15, datetime(2024, 2, 29, 17, 30), 0.354166666666667, False, "fine"],
        formats={"E3": "hh:mm"},
    )
    first, second = (row.cells for row in read_xlsx(raw).rows)
    assert first[0] == "13800138000"
    assert isinstance(first[1], Broken)
    assert first[2:6] == ("0.5", datetime(2024, 2, 29), time(8, 30), "yes")
    assert first[6] == Broken("#N/A", "holds the spreadsheet's error #N/A")
    assert second == ("7001", "007", "41.15", datetime(2024, 2, 29, 17, 30), time(8, 30), "no", "fine")


def test_a_formula_counts_by_its_result_and_is_a_fault_without_one() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=40+2", value=42)
        sheet.write_string(1, 1, "x")
    assert read_xlsx(file.getvalue()).rows == [Row(2, ("42", "x"))]
    unsaved = read_xlsx(workbook(["a", "b"], ["=40+2", "x"])).rows[0].cells
    assert isinstance(unsaved[0], Broken)
    assert "open it in Excel and save it again" in unsaved[0].reason


def test_the_first_visible_sheet_is_read_or_the_one_that_is_named() -> None:
    file, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    for title in ("roster", "homes"):
        book.create_sheet(title).append([title])
    book.save(file)
    assert read_xlsx(file.getvalue()).columns == ("roster",)
    assert read_xlsx(file.getvalue(), "homes").columns == ("homes",)
    with pytest.raises(Invalid, match=r'no sheet "rooster"\..*Did you mean "roster"'):
        read_xlsx(file.getvalue(), "rooster")


def test_a_workbook_that_unpacks_to_more_than_is_sane_is_refused_unread() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", b"")
        for part in range(4):
            bomb.writestr(f"xl/worksheets/sheet{part}.xml", b" " * 80_000_000)
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(Invalid, match="unpacks to more than 300 MB"):
        read_xlsx(file.getvalue())


def test_what_a_workbook_claims_of_its_own_size_is_not_believed() -> None:
    raw = workbook(["a", "b"], ["1", "2"])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            new.writestr(part, content.replace(b'r="2"', b'r="1048000"').replace(b'"A2"', b'"A1048000"'))
    assert read_xlsx(file.getvalue()).rows[0].line == 1048000


SAFE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)


@given(SAFE)
def test_no_guarded_text_can_start_a_formula_and_none_is_changed_by_a_round_trip(text: str) -> None:
    assert unguarded(guarded(text)) == text
    number = text.removeprefix("-").replace(".", "", 1)
    if not (number.isascii() and number.isdigit()):
        assert guarded(text)[:1] not in tuple("=+-@＝＋－＠\t\r")


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(SAFE.map(str.strip), SAFE.map(str.strip)), min_size=1, max_size=5))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, kind: str, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("round") / f"trip.{kind}"
    write_table(path, Table("trip", ("a", "b"), [("x" + a, b) for a, b in rows]))
    assert [row.cells for row in read_sheet(path).rows] == [("x" + a, b) for a, b in rows]


def test_an_exported_workbook_holds_real_dates_and_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    values = (date(2024, 2, 29), datetime(2024, 2, 29, 17, 30, tzinfo=UTC), time(8, 30), "=1+1", 12, True, None)
    write_table(path, Table("out", tuple("abcdefg"), [values]))
    row = next(openpyxl.load_workbook(path).active.iter_rows(min_row=2))
    assert [cell.value for cell in row] == [
        datetime(2024, 2, 29), datetime(2024, 2, 29, 17, 30), time(8, 30), "=1+1", 12, "yes", None,
    ]  # fmt: skip
    assert [cell.data_type for cell in row] == ["d", "d", "d", "s", "n", "s", "n"]


def test_a_file_that_can_not_be_finished_leaves_the_older_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"the older one")
    with pytest.raises(Invalid, match="characters"):
        write_table(path, Table("out", ("a",), [("x" * 40_000,)]))
    assert path.read_bytes() == b"the older one"
    assert [file.name for file in tmp_path.iterdir()] == ["out.xlsx"]
    with pytest.raises(Invalid, match=r"nowhere/out.csv can't be written: No such file or directory"):
        write_table(tmp_path / "nowhere" / "out.csv", Table("out", ("a",), []))


GOOD_CSV = 'code,name,day\nT1,李雷,2024-02-29\nT2,"Ann ""A""",2024-03-01\n'.encode()
GOOD_XLSX = workbook(["code", "name", "day"], ["T1", "李雷", datetime(2024, 2, 29)], ["T2", 13800138000, 0.25])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("good", "kind"), [(GOOD_CSV, "csv"), (GOOD_XLSX, "xlsx")])
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_reader(
    good: bytes, kind: str, data: st.DataObject
) -> None:
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        cut = data.draw(st.integers(0, 20))
        raw[at : at + cut] = data.draw(st.binary(max_size=8))
        raw = raw or bytearray(b"x")
    with suppress(Invalid):
        (read_csv if kind == "csv" else read_xlsx)(bytes(raw))


@given(st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_are_read_as_they_are_written(days: set[int]) -> None:
    assert read_weekdays(write_weekdays(days)) == sorted(days)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("Mon-Fri", [0, 1, 2, 3, 4]),
        ("monday, Wed ,SUN", [0, 2, 6]),
        ("周一至周五", [0, 1, 2, 3, 4]),
        ("星期六、周日", [5, 6]),
        ("一-三，天", [0, 1, 2, 6]),
    ],
)
def test_weekdays_are_read_in_english_and_chinese(written: str, days: list[int]) -> None:
    assert read_weekdays(written) == days
