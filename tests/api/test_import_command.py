"""`doorstep import` itself: all rows or none, the file of bad rows, and what happens when it is stopped."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from office import Office, office
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.certificates import Abilities
from api.actions.imports.checking import IMPORT_LOCK
from api.actions.imports.homes import COLUMNS as HOMES
from api.actions.imports.homes import import_homes
from api.actions.imports.mapping import read_mapping
from api.actions.imports.technicians import columns
from api.actions.imports.territories import territory_for
from api.actions.imports.tickets import fields
from api.adapters.sheets import read_sheet
from api.db.engine import Database
from api.queries.house_rules import load_house_rules

__all__ = ["office"]

HEADER = "community,address,unit,handed_over_on,owner_name,owner_phone"
THREE = f'{HEADER}\nOld,1 Quay,1,2024-02-29,"=Ann",912345678\nOld,"1\nQuay",2,soon,-7,912345679\nOld,1 Quay,3,,,\n'


def homes(office: Office, file: Path, *options: str | Path) -> Result:
    return office.doorstep("import", "homes", file, "--territory", "Harbour", *options)


def count(office: Office) -> int:
    return office.counts()["homes"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bad_rows_stop_the_import_or_are_put_aside_mended_and_imported(office: Office, kind: str) -> None:
    file, aside, before = (
        office.file(f"{kind}-homes.csv", THREE),
        office.folder / f"{kind}-homes.bad.csv",
        count(office),
    )
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in (HEADER.split(","), ["Old", "1 Wharf", 1], ["Old", "1 Wharf", 2, "soon"], ["Old", "1 Wharf", 3]):
            book.active.append(row)
        file, aside = office.folder / "xlsx-homes.xlsx", office.folder / "xlsx-homes.bad.xlsx"
        book.save(file)

    refused = homes(office, file)
    assert refused.exit_code == 1
    assert refused.output.splitlines() == [
        "Nothing was written: 1 of 3 rows are bad.",
        'line 3, handed_over_on: "soon" is not a day written year first, such as 2024-02-29',
    ]
    assert (count(office), aside.exists()) == (before, False)

    skipped = homes(office, file, "--skip-bad")
    assert skipped.exit_code == 1
    assert skipped.output.splitlines()[0] == "3 homes: 2 new, 1 bad."
    assert f"The bad rows are in {aside}" in skipped.output
    assert count(office) == before + 2
    put_aside = read_sheet(aside)
    assert (len(put_aside.rows), put_aside.columns) == (1, tuple(HEADER.split(",")))
    assert put_aside.rows[0].cells == read_sheet(file).rows[1].cells

    if kind == "csv":
        assert aside.read_text("utf-8-sig").splitlines()[0] == f"bad_line,bad_column,bad_reason,{HEADER}"
        aside.write_text(aside.read_text("utf-8-sig").replace("soon", "2024-03-01"), "utf-8")
    else:
        book = openpyxl.load_workbook(aside)
        book.active["G2"] = "2024-03-01"
        book.save(aside)
    mended = homes(office, aside)
    assert (mended.exit_code, mended.output) == (0, "1 homes: 1 new.\n1 need a location: they are not planned until"
                                                    " they have coordinates.\n")  # fmt: skip
    assert count(office) == before + 3


def test_an_earlier_file_of_bad_rows_is_never_overwritten_unasked(office: Office) -> None:
    file = office.file("again.csv", f"{HEADER}\nOld,,1,,,\n")
    for name in ("again.bad.csv", "again.bad-2.csv", "again.bad-3.csv"):
        assert name in homes(office, file, "--skip-bad").output
    named = office.folder / "mine.csv"
    assert homes(office, file, "--bad-rows", named).exit_code == 1
    assert "is empty" in named.read_text("utf-8-sig")


def test_if_the_bad_rows_can_not_be_kept_the_good_ones_are_not_written(office: Office) -> None:
    before = office.counts()
    file = office.file("kept.csv", f"{HEADER}\nOld,,1,,,\nNew Place,1 Way,1,,,\n")
    result = homes(office, file, "--skip-bad", "--bad-rows", office.folder / "nowhere" / "bad.csv")
    assert (result.exit_code, "can't be written" in result.output) == (2, True)
    assert office.counts() == before


def test_json_is_all_that_goes_to_standard_output(office: Office) -> None:
    told = json.loads(homes(office, office.file("json.csv", THREE), "--json").stdout)
    assert told == {
        "imported": "homes", "written": False, "rows": 3, "new": 0, "changed": 0, "known": 0, "bad": 1,
        "faults": [{"line": 3, "column": "handed_over_on",
                    "reason": '"soon" is not a day written year first, such as 2024-02-29'}],
        "bad_rows_file": None, "need_location": 0, "notes": [],
    }  # fmt: skip


def test_many_faults_are_cut_short_with_the_way_to_see_them_all(office: Office) -> None:
    output = homes(office, office.file("many.csv", f"{HEADER}\n" + "Old,,1,,,\n" * 30)).output
    assert output.splitlines()[-1] == "… and 10 more; --bad-rows FILE lists them all."


def test_a_file_without_rows_is_no_fault(office: Office) -> None:
    result = homes(office, office.file("none.csv", f"{HEADER}\n"))
    assert (result.exit_code, result.output) == (0, "The file has no rows.\n")


def test_a_new_territory_comes_with_its_first_rows_or_not_at_all(office: Office) -> None:
    new = ("--territory", "Riverside", "--city", "Porto", "--zone", "Europe/Lisbon")
    for content, status, there in ((f"{HEADER}\nOld,,1,,,\n", 1, 0), (f"{HEADER}\nOld,1 Way,1,,,\n", 0, 1)):
        result = office.doorstep("import", "homes", office.file("new.csv", content), *new)
        assert result.exit_code == status, result.output
        assert len(office.ask("SELECT 1 FROM territories WHERE name = 'Riverside'")) == there


def test_two_imports_of_one_file_at_once_make_no_duplicates(office: Office) -> None:
    sheet = read_sheet(office.file("twice.csv", f"{HEADER}\n" + "".join(f"Twin,{n} Way,1,,,\n" for n in range(300))))

    async def once(session: AsyncSession) -> int:
        return (await import_homes(session, sheet, territory=await territory_for(session, "Harbour"))).new

    async def both(database: Database) -> list[int]:
        return await asyncio.gather(database.write(once), database.write(once))

    assert sorted(office.run(both)) == [0, 300]


def test_ctrl_c_in_the_middle_leaves_nothing_and_says_so(office: Office) -> None:
    file = office.file("long.csv", f"{HEADER}\n" + "".join(f"Long,{n} Way,1,,A,{n:09d}\n" for n in range(30_000)))
    before, words = office.counts(), ["import", "homes", str(file), "--territory", "Harbour"]
    environment = os.environ | office.environment
    process = subprocess.Popen(
        [sys.executable, "-m", "api", *words],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    locked = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {IMPORT_LOCK} AND granted"
    deadline = time.monotonic() + 30
    while not office.ask(locked):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "Stopped. Nothing was written.\n")
    assert office.counts() == before


def test_the_page_on_importing_names_every_column(office: Office) -> None:
    page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text("utf-8")

    async def known(session: AsyncSession) -> dict[str, list[str]]:
        requests = fields(read_mapping("nyc-311").file, await load_house_rules(session))
        return {"homes": list(HOMES), "technicians": list(columns(Abilities([]))), "tickets": list(requests)}

    chapters = {part.split("\n")[0].lower(): part for part in page.split("\n## ")}
    for what, names in office.write(known).items():
        rows = [line.split("|")[1].strip(" `") for line in chapters[what].splitlines() if line.startswith("| `")]
        assert rows == names
    for name, column in (HOMES | columns(Abilities([]))).items():
        assert f"| `{name}` | {column.zh} |" in page
