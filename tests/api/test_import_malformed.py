"""Files that can't be used, whole or in part: each gets a clear answer, and nothing is written."""

# ruff: noqa: DTZ001 (a workbook's datetimes are naive)

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime

import openpyxl
import pytest
from office import TABLES, Office, office

__all__ = ["office"]

TECHNICIANS = "code,name,latitude,longitude,skills"
FULL = (
    f"{TECHNICIANS},phone,territory,certificates,shift_days,shift_starts,shift_ends,break_from,break_to,break_minutes,"
    "max_overtime_minutes,speed,active"
)
HOMES = "community,address,unit,latitude,longitude,accepted_on,owner_name,owner_phone"
TICKETS = "no,when,closed,where,street,lat,lon,what,phone,via"

MAPPING = """
[file]
source = "ledger"
zone = "Europe/Lisbon"
time_format = "%d/%m/%Y %H:%M"
[columns]
reference = "no"
reported_at = "when"
closed_at = "closed"
community = "where"
address = "street"
latitude = "lat"
longitude = "lon"
contact_phone = "phone"
channel = "via"
[values.channel]
tel = "phone"
post = "letter"
[[defect]]
when = { what = "leak" }
code = "slow-leak"
"""


@dataclass(frozen=True)
class Bad:
    """`says` is in the answer; status 1 is of bad rows, 2 of an unusable file."""

    name: str
    what: str
    content: str | bytes
    says: str
    status: int = 2
    options: tuple[str, ...] = ()
    file: str = "file.csv"


@dataclass(frozen=True)
class BadRow:
    what: str
    says: str
    changes: dict[str, str]


def technician(says: str, **changes: str) -> BadRow:
    return BadRow("technicians", says, changes)


def home(says: str, **changes: str) -> BadRow:
    return BadRow("homes", says, changes)


def ticket(says: str, **changes: str) -> BadRow:
    return BadRow("tickets", says, changes)


GOOD: dict[str, dict[str, str]] = {
    "technicians": {
        "code": "T{n}", "name": "Ann", "latitude": "41.1", "longitude": "-8.6", "skills": "plumbing",
        "phone": "912345678", "territory": "Harbour", "shift_days": "Mon-Fri", "shift_starts": "8:00",
        "shift_ends": "17:00", "break_from": "12:00", "break_to": "13:00", "break_minutes": "30",
    },
    "homes": {"community": "Old Harbour", "address": "{n} Quay Street", "unit": "2"},
    "tickets": {"no": "{n}", "when": "29/02/2024 08:30", "where": "Quay", "street": "1 Quay", "what": "leak"},
}  # fmt: skip
COLUMNS = {"technicians": FULL, "homes": HOMES, "tickets": TICKETS}


def workbook(*rows: list[object]) -> bytes:
    file, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return file.getvalue()


ROW = "T1,Ann,41.1,-8.6,plumbing"
BOOK = workbook(TECHNICIANS.split(","), ["T1", "Ann", 41.1, -8.6, "plumbing"])
HERE = ("--territory", "Harbour")

UNUSABLE = [
    Bad("empty", "technicians", "", "is empty"),
    Bad("only a mark", "technicians", b"\xef\xbb\xbf", "is empty"),
    Bad("only empty lines", "technicians", "\n\n,,,\n  \n", "is empty"),
    Bad("NUL bytes", "technicians", f"{TECHNICIANS}\n{ROW}\0\n", "line 2 holds a NUL"),
    Bad("UTF-16 without a mark", "technicians", TECHNICIANS.encode("utf-16-le"), "NUL"),
    Bad("random bytes", "technicians", bytes(range(128, 256)) * 9, "neither UTF-8 nor GB18030"),
    Bad("Western letters", "technicians", f"{TECHNICIANS}\nT1,J\xfcrgen,41,-8,gas".encode("latin-1"), "Line 2"),
    Bad("cut in a letter", "technicians", f"{TECHNICIANS}\nT1,李".encode()[:-1], "Line 2"),
    Bad("a workbook named .csv", "technicians", BOOK, "name it .xlsx"),
    Bad("an old workbook named .csv", "technicians", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Save it as .xlsx"),
    Bad("a PDF", "technicians", b"%PDF-1.7 \n1 0 obj", "it is a PDF"),
    Bad("a picture", "technicians", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "it is a picture"),
    Bad("a compressed file", "technicians", b"\x1f\x8b\x08" + b"\0" * 90, "Unpack it"),
    Bad("a quotation mark never closed", "technicians", f'{TECHNICIANS}\nT1,"Ann,1,2,gas\nT2', "begins in line 2"),
    Bad("text after a quotation", "technicians", f'{TECHNICIANS}\nT1,"Ann"e,1,2,gas\n', "closing quotation mark"),
    Bad("a huge cell", "technicians", f"{TECHNICIANS}\nT1,{'x' * 200_000},1,2,gas\n", "131,072 characters"),
    Bad("too many rows", "technicians", TECHNICIANS + "\nT,A,1,2,gas" * 200_001, "more than 200,000 rows"),
    Bad("too many columns", "technicians", ",".join(f"c{n}" for n in range(501)), "500 are the most"),
    Bad("the same column twice", "technicians", f"{TECHNICIANS},Code\n{ROW},T2", "Columns 1 and 6"),
    Bad("one column in both languages", "technicians", f"{TECHNICIANS},工号\n{ROW},T2", '"code" and "工号"'),
    Bad("a column without a name", "technicians", f"code,,{TECHNICIANS}\n", "Column 2 has no name"),
    Bad("no header", "technicians", f"{ROW}\n", 'no column "code"'),
    Bad("a missing column", "technicians", f"code,name,latitude,skills\n{ROW}", 'no column "longitude"'),
    Bad("a misspelt column", "technicians", f"{TECHNICIANS},certficates\n{ROW},", 'mean "certificates"', 2, HERE),
    Bad("a misspelt needed column", "technicians", "cod,name,latitude,longitude,skills\n", 'Did you mean "cod"?'),
    Bad("no territory", "technicians", f"{TECHNICIANS}\n{ROW}", "Whose rows are they?"),
    Bad("an unknown territory", "technicians", f"{TECHNICIANS}\n{ROW}", 'mean "Harbour"', 2, ("--territory", "Habour")),
    Bad("a zone that isn't", "technicians", f"{TECHNICIANS}\n{ROW}", 'no time zone "Lisbon"', 2,
        ("--territory", "New", "--city", "Porto", "--zone", "Lisbon")),
    Bad("another city", "homes", f"{HOMES}\n", "is in Porto, not in Beijing", 2, (*HERE, "--city", "Beijing")),
    Bad("another zone", "homes", f"{HOMES}\n", "is in the zone", 2, (*HERE, "--zone", "Asia/Shanghai")),
    Bad("no such encoding", "homes", f"{HOMES}\n", 'no encoding "klingon"', 2, ("--encoding", "klingon")),
    Bad("not a text encoding", "homes", f"{HOMES}\n", 'no encoding "zlib"', 2, ("--encoding", "zlib")),
    Bad("the wrong encoding", "homes", f"{HOMES}\n社,1".encode(), "not ascii", 2, ("--encoding", "ascii")),
    Bad("the wrong delimiter", "homes", f"{HOMES}\n", 'no column "community"', 2, ("--delimiter", "tab")),
    Bad("a wrong ending", "homes", f"{HOMES}\n", "must end in .csv or .xlsx", file="homes.ods"),
    Bad("no ending", "homes", f"{HOMES}\n", "must end in .csv or .xlsx", file="homes"),
    Bad("text named .xlsx", "homes", f"{HOMES}\n", "not a workbook", file="homes.xlsx"),
    Bad("an empty workbook file", "homes", b"", "not a workbook", file="homes.xlsx"),
    Bad("half a workbook", "technicians", BOOK[: len(BOOK) // 2], "cut off", file="half.xlsx"),
    Bad("a workbook with a password", "homes", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "has a password", file="h.xlsx"),
    Bad("another kind of archive", "homes", archive(letter=b"dear"), "not a workbook", file="h.xlsx"),
    Bad("a hollow workbook", "homes", archive(**{"[Content_Types].xml": b"<x/>"}), "damaged", file="h.xlsx"),
    Bad("a workbook of nonsense", "homes",
        archive(**{"[Content_Types].xml": b"<x", "xl__workbook.xml": b"\xff\xfe"}), "damaged", file="h.xlsx"),
    Bad("a bomb of entities", "homes", archive(**{"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;'>" % (n + 1, *[n] * 8) for n in range(97, 110))
        + b"]><x>&n;</x>"}), "damaged", file="h.xlsx"),
    Bad("an empty workbook", "homes", workbook(), "is empty", file="h.xlsx"),
    Bad("no such sheet", "homes", BOOK, "no sheet", 2, ("--sheet", "roster"), file="h.xlsx"),
    Bad("a workbook of other columns", "homes", BOOK, 'no column "community"', file="h.xlsx"),
    Bad("bad rows into the file itself", "homes", f"{HOMES}\n", "need another", 2, ("--bad-rows", "file.csv")),
    Bad("bad rows into a picture", "homes", f"{HOMES}\n", "must end in", 2, ("--bad-rows", "bad.png")),
    Bad("a ticket's missing column", "tickets", "no,when\n1,2", 'no column "closed", which the mapping', 2, HERE),
]  # fmt: skip

USELESS_IN_PART = [
    Bad("too few cells", "technicians", f"{TECHNICIANS}\nT1,Ann,41.1\n", "line 2: has 3 cells", 1, HERE),
    Bad("too many cells", "technicians", f"{TECHNICIANS}\n{ROW},more\n", "line 2: has 6 cells", 1, HERE),
    Bad("a code twice", "technicians", f"{TECHNICIANS}\n{ROW}\n{ROW}\n", "line 3, code: stands in line 2", 1, HERE),
    Bad("a control character", "technicians", f"{TECHNICIANS}\nT1,A\x07n,1,2,gas", "name: holds a control", 1, HERE),
    Bad("a date for a unit", "homes", workbook(["community", "address", "unit"], ["a", "b", datetime(2024, 3, 2)]),
        "unit: \"2024-03-02 00:00:00\" was made a date", 1, HERE, "h.xlsx"),
    Bad("a formula never counted", "homes", workbook(["community", "address"], ["a", '=CONCAT("b","c")']),
        "address: holds a formula", 1, HERE, "h.xlsx"),
    Bad("a spreadsheet's error", "homes", "community,address\nOld,#REF!\n", "the spreadsheet's error #REF!", 1, HERE),
    Bad("a building in two places", "homes", f"{HOMES}\nA,B,1,41.1,-8.6,,,\nA,b,2,41.2,-8.6,,,\n",
        "line 3, latitude: differs from line 2", 1, HERE),
    Bad("two requests under one number", "tickets",
        f"{TICKETS}\n1,29/02/2024 08:30,,Q,1 Quay,,,leak,,\n1,29/02/2024 08:30,,Q,2 Quay,,,leak,,\n",
        "line 3, no: stands in line 2 already", 1, HERE),
]  # fmt: skip


BAD_ROWS = [
    technician("code: is empty", code=""),
    technician("name: is empty", name=" "),
    technician("has 101 characters; 100 are the most", name="x" * 101),
    technician("latitude: is empty", latitude=""),
    technician('latitude: "north" is not a number', latitude="north"),
    technician('latitude: "91" is not between -90 and 90', latitude="91"),
    technician('longitude: "nan" is not between', longitude="nan"),
    technician("0, 0 lies in the open sea", latitude="0", longitude="0"),
    technician('no skill "plumming". Did you mean "plumbing"', skills="electrical;plumming"),
    technician("is a certificate: it goes into", skills="cert:height"),
    technician("was shortened by the spreadsheet", phone="1.38E+10"),
    technician('"none" is not a phone number', phone="none"),
    technician("is masked", phone="138****0000"),
    technician('no territory "Harbor". Did you mean "Harbour"', territory="Harbor"),
    technician("is not kind:number:from:to", certificates="height until 2030"),
    technician('no certificate "flying"', certificates="flying:1:2024-01-01:2025-01-01"),
    technician('"2024-02-30" is not a day of the calendar', certificates="height:1:2024-02-30:2025-01-01"),
    technician("ends on 2023-01-01, before it begins", certificates="height:1:2024-01-01:2023-01-01"),
    technician('"Fri-Mon" is not a range', shift_days="Fri-Mon"),
    technician('"Funday" is not a day of the week', shift_days="Mon,Funday"),
    technician("names a day twice", shift_days="Mon-Wed,Tue"),
    technician("has 2 kinds of day, shift_starts 1", shift_days="Mon-Fri;Sat"),
    technician('"25:00" is not a time of day', shift_starts="25:00"),
    technician("07:00 is not after the start, 08:00", shift_ends="07:00"),
    technician("break_to: is empty", break_to=""),
    technician("outside of the shift", break_from="6:00"),
    technician("ends after the shift", break_to="16:45"),
    technician("is 0; leave all three empty", break_minutes="0"),
    technician("there are 2 breaks for 1 kinds of day", break_from="12:00;13:00", break_to="12:00;13:00",
               break_minutes="20;20"),
    technician('"999" is not between 0 and 480', max_overtime_minutes="999"),
    technician('"11" is not between 0.1 and 10', speed="11"),
    technician("is neither yes nor no", active="perhaps"),
    home("community: is empty", community=""),
    home("address: has 300 characters", address="x" * 300),
    home("longitude: is empty, though the latitude is given", latitude="41.1"),
    home('"3/4/2024" is not a day written year first', accepted_on="3/4/2024"),
    home('"1024-03-04" is not in the years 1950 to 2199', accepted_on="1024-03-04"),
    home("owner_name: is empty, though the owner_phone is given", owner_phone="912345678"),
    home("is masked, and not how one known owner", owner_name="Ann", owner_phone="912***678"),
    ticket("when: is empty", when=""),
    ticket("is not a time written like 29/02/2024 17:30", when="31/02/2024 08:30"),
    ticket("lies in the future", when="01/01/2150 08:30"),
    ticket("is not in the years", when="01/01/0024 08:30"),
    ticket("closed: lies before the time of report", closed="28/02/2024 08:30"),
    ticket('what: no [[defect]] of the mapping fits what "fire"', what="fire"),
    ticket('"fax" is not in the mapping\'s [values.channel]', via="fax"),
    ticket('"letter" is no channel', via="post"),
    ticket("was shortened by the spreadsheet", no="1.2E+12"),
    ticket("lat: is empty, though the longitude is given", lon="-8.6"),
]  # fmt: skip


@pytest.mark.parametrize("bad", [*UNUSABLE, *USELESS_IN_PART], ids=lambda bad: bad.name)
def test_the_answer_is_clear_and_nothing_is_written(office: Office, bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office.folder)
    file, before = office.file(bad.file, bad.content), office.counts()
    mapping = ("--mapping", office.file("mapping.toml", MAPPING)) if bad.what == "tickets" else ()
    result = office.doorstep("import", bad.what, file.name, *bad.options, *mapping)
    assert result.exit_code == bad.status, result.output
    assert bad.says in result.output
    assert "Traceback" not in result.output
    assert max(map(len, result.output.splitlines())) < 400
    assert office.counts() == before == dict.fromkeys(TABLES, 0) | {"territories": 2}


@pytest.fixture(scope="module")
def said(office: Office) -> dict[int, str]:
    """What is said of each bad row, by its identity. Those of a kind stand in one file, each in a line of its own."""
    answers = {}
    for what, columns in COLUMNS.items():
        bad = [row for row in BAD_ROWS if row.what == what]
        rows = [
            {name: cell.format(n=n) for name, cell in (GOOD[what] | row.changes).items()} for n, row in enumerate(bad)
        ]
        lines = [",".join(f'"{row.get(name, "")}"' for name in columns.split(",")) for row in rows]
        file, before = office.file(f"{what}.csv", "\n".join([columns, *lines])), office.counts()
        mapping = ("--mapping", office.file("mapping.toml", MAPPING)) if what == "tickets" else ()
        result = office.doorstep("import", what, file, "--json", *HERE, *mapping)
        assert (result.exit_code, office.counts()) == (1, before), result.output
        for number, row in enumerate(bad, start=2):
            faults = [fault for fault in json.loads(result.stdout)["faults"] if fault["line"] == number]
            answers[id(row)] = "\n".join(f"{fault['column']}: {fault['reason']}" for fault in faults)
    return answers


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: f"{row.what} {row.changes}")
def test_each_bad_row_is_told_by_line_column_and_reason(said: dict[int, str], row: BadRow) -> None:
    assert row.says in said[id(row)]
    assert len(said[id(row)]) < 300


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[file]", "[file", "Expected ']'"),
        ('source = "ledger"', "", "missing required field `source`"),
        ('zone = "Europe/Lisbon"', 'zone = "Lisbon"', 'no time zone "Lisbon"'),
        ("%d/%m/%Y", "%d/%m", "does not tell a day"),
        ("%d/%m/%Y", "%Q", "does not tell a day"),
        ("reference =", "refrence =", 'no field "refrence". Did you mean "reference"'),
        ('reported_at = "when"', "", "no column and no constant for reported_at"),
        ("[values.channel]", "[values.chanel]", 'no field "chanel"'),
        ('"when"', "7", "Expected"),
        ('code = "slow-leak"', 'code = "slow-leek"', 'not in the catalogue. Did you mean "slow-leak"'),
        ("when = { what", "when = { which", 'no column "which"'),
        ("[columns]", '[constants]\ncity = "Lagos"\n[columns]', "is for Lagos; the territory Harbour is in Porto"),
    ],
)
def test_a_mapping_that_can_not_be_used_says_what_to_mend(office: Office, old: str, new: str, says: str) -> None:
    file = office.file("tickets.csv", f"{TICKETS}\n")
    assert MAPPING.count(old)
    mapping = office.file("broken.toml", MAPPING.replace(old, new, 1))
    result = office.doorstep("import", "tickets", file, "--mapping", mapping, "--territory", "Harbour")
    assert (result.exit_code, says in result.output) == (2, True), result.output


def test_a_mapping_that_is_not_there_names_the_shipped_ones(office: Office) -> None:
    file = office.file("tickets.csv", f"{TICKETS}\n")
    result = office.doorstep("import", "tickets", file, "--mapping", "nyc-312", "--territory", "Harbour")
    assert result.exit_code == 2
    assert "Shipped mappings: nyc-311" in result.output


def test_a_file_that_is_not_there_or_is_no_file_says_so(office: Office) -> None:
    for name, says in (("nothing.csv", "There is no such file"), ("folder.csv", "It is not a file")):
        (office.folder / "folder.csv").mkdir(exist_ok=True)
        result = office.doorstep("import", "homes", office.folder / name, "--territory", "Harbour")
        assert (result.exit_code, says in result.output) == (2, True), result.output
