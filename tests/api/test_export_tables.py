"""What leaves: complete, safe to open, without a real phone number, and readable again where that is promised."""

# ruff: noqa: DTZ001 (a workbook's datetimes are naive)

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from office import Office, office
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions import planning
from api.actions.imports.homes import COLUMNS as HOME_COLUMNS
from api.actions.tickets import Report, report
from api.db.engine import Database
from api.queries.exports.privacy import without_numbers
from domain.places import Territory
from domain.tickets import Channel

__all__ = ["office"]

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
BEIJING = ("--territory", "朝阳", "--city", "北京", "--zone", "Asia/Shanghai")
REPORTED = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
"""The 21st in Beijing."""


@pytest.fixture(scope="module", autouse=True)
def filled(office: Office) -> None:
    for what in ("technicians", "homes"):
        assert office.doorstep("import", what, SAMPLES / f"{what}.csv", *BEIJING).exit_code == 0

    async def add_tickets(session: AsyncSession) -> None:
        territory = (await session.scalars(select(Territory).where(Territory.name == "朝阳"))).one()
        for unit, defect, words in (
            ("1-101", "slow-leak", '=HYPERLINK("http://evil"), call 139 0000 0101'),
            ("1-102", "light-fitting", "@home after six"),
        ):
            told = Report(
                territory_id=territory.id, community="柳岸花园", address="朝阳北路101号1号楼", unit=unit, defect=defect,
                channel=Channel.PHONE, reported_at=REPORTED, description=words, contact_phone="13900000101",
            )  # fmt: skip
            await report(session, told)

    office.write(add_tickets)


def exported(office: Office, what: str, *options: str, kind: str = "csv") -> Path:
    file = office.folder / f"{what}.{kind}"
    result = office.doorstep("export", what, file, *options)
    assert result.exit_code == 0, result.output
    return file


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["technicians", "homes"])
def test_what_is_exported_can_be_imported_and_changes_nothing(office: Office, what: str, kind: str) -> None:
    everything = office.ask(f"SELECT * FROM {what} ORDER BY id") + office.ask("SELECT * FROM owners ORDER BY id")
    result = office.doorstep("import", what, exported(office, what, kind=kind))
    assert result.exit_code == 0, result.output
    assert re.match(rf"(\d) {what}: \1 known already", result.output)
    assert (
        office.ask(f"SELECT * FROM {what} ORDER BY id") + office.ask("SELECT * FROM owners ORDER BY id") == everything
    )


@pytest.mark.parametrize("what", ["technicians", "homes"])
def test_an_export_into_an_empty_house_asks_only_for_the_numbers_it_hides(office: Office, what: str) -> None:
    file = exported(office, what)
    lines = file.read_text("utf-8-sig").replace("T10", "U10").replace("柳岸", "新岸")
    result = office.doorstep("import", what, office.file(f"new-{what}.csv", lines))
    told = [line for line in result.output.splitlines() if line.startswith("line")]
    assert result.exit_code == 1
    assert len(told) == 4
    assert all(re.search(r"phone: .* is masked", line) for line in told)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["tickets", "technicians", "homes"])
def test_no_export_holds_a_real_number(office: Office, what: str, kind: str) -> None:
    file = exported(office, what, kind=kind)
    if kind == "csv":
        shown = file.read_text("utf-8-sig")
    else:
        shown = "\n".join(str(cell.value) for row in openpyxl.load_workbook(file).active for cell in row)
    assert "39****01" in shown or "38****00" in shown
    assert not re.search(r"1[39][ -]?\d{4}[ -]?\d{4}|139 0000", shown)


def test_numbers_in_free_text_are_masked_and_short_ones_are_left() -> None:
    assert without_numbers("call +86 139-0000-0101, gate 4711#, 12 years") == "call +86****0101, gate 4711#, 12 years"


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(office: Office) -> None:
    told = {row["description"] for row in rows(exported(office, "tickets"))}
    assert told == {'\'=HYPERLINK("http://evil"), call 139****0101', "'@home after six"}


def test_tickets_are_on_their_territory_s_clock_and_picked_by_its_calendar(office: Office) -> None:
    found = rows(exported(office, "tickets", "--day", "2026-11-21"))
    assert {(row["reported_at"], row["zone"]) for row in found} == {("2026-11-21 01:30:00+08:00", "Asia/Shanghai")}
    assert rows(exported(office, "tickets", "--day", "2026-11-20")) == []
    assert rows(exported(office, "tickets", "--territory", "Harbour")) == []
    book = openpyxl.load_workbook(exported(office, "tickets", "--territory", "朝阳", kind="xlsx")).active
    header, first = list(book.iter_rows(values_only=True))[:2]
    values = dict(zip(header, first, strict=True))
    assert values["reported_at"] == datetime(2026, 11, 21, 1, 30)
    assert (values["covered"], values["covered_until"]) == ("no", datetime(2025, 6, 30))


def test_a_plan_is_a_list_of_stops_and_of_what_is_left_out(office: Office) -> None:
    day = (datetime.now(UTC) + timedelta(days=1)).date()

    async def plan_it(database: Database) -> None:
        async with database.read() as session:
            territory = (await session.scalars(select(Territory).where(Territory.name == "朝阳"))).one()
        plan = await database.write(planning.request, territory.id, day, 1.0)
        await planning.solve(database, plan.id, threads=1, osrm_url=None)

    missing = office.doorstep("export", "plan", office.folder / "plan.csv", "--day", day.isoformat())
    assert (missing.exit_code, "There is no plan" in missing.output) == (2, True)
    office.run(plan_it)
    found = rows(exported(office, "plan", "--day", day.isoformat()))
    assert len(found) == 2
    assert {row["plan_state"] for row in found} == {"draft"}
    for row in found:
        assert bool(row["technician_code"]) != bool(row["left_out_because"])
        assert row["community"] == "柳岸花园"


def test_an_export_that_can_not_be_written_says_why(office: Office) -> None:
    for name, says in (("nowhere/homes.csv", "can't be written"), ("homes.pdf", "must end in .csv or .xlsx")):
        result = office.doorstep("export", "homes", office.folder / name)
        assert (result.exit_code, says in result.output) == (2, True), result.output
    unknown = office.doorstep("export", "homes", office.folder / "homes.csv", "--territory", "Harbor")
    assert (unknown.exit_code, 'Did you mean "Harbour"' in unknown.output) == (2, True)


def test_homes_leave_in_the_columns_they_come_in(office: Office) -> None:
    assert list(rows(exported(office, "homes"))[0]) == list(HOME_COLUMNS)
