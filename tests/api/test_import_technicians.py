"""A roster comes in, is corrected, and comes in again."""

from datetime import date, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from office import Office, office
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from domain.people import Technician

__all__ = ["office"]

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "technicians.csv"
BEIJING = ("--territory", "朝阳", "--city", "北京", "--zone", "Asia/Shanghai")


def technician(office: Office, code: str) -> Technician:
    async def go(session: AsyncSession) -> Technician:
        options = [
            joinedload(Technician.territory), selectinload(Technician.certificates), selectinload(Technician.shifts),
            selectinload(Technician.absences),
        ]  # fmt: skip
        return (await session.scalars(select(Technician).where(Technician.code == code).options(*options))).one()

    return office.write(go)


def test_the_sample_roster_comes_in_and_changes_nothing_the_second_time(office: Office) -> None:
    first = office.doorstep("import", "technicians", SAMPLE, *BEIJING)
    assert (first.exit_code, first.output) == (0, "4 technicians: 4 new.\n")
    counts = office.counts()
    again = office.doorstep("import", "technicians", SAMPLE)
    assert (again.exit_code, again.output) == (0, "4 technicians: 4 known already.\n")
    assert office.counts() == counts
    assert office.ask("SELECT DISTINCT version FROM technicians") == [(1,)]


def test_a_technician_is_what_the_row_says(office: Office) -> None:
    wang, chen = technician(office, "T101"), technician(office, "T103")
    assert (wang.name, wang.phone, wang.territory.city) == ("王建国", "13800000001", "Beijing")
    assert wang.skills == ["general-repair", "plumbing", "waterproofing"]
    assert wang.max_overtime == timedelta(hours=1)
    week = {s.weekday: (s.starts, s.ends, s.break_from, s.break_to, s.break_length) for s in wang.shifts}
    assert list(week) == [0, 1, 2, 3, 4, 5]
    assert week[4] == (time(8), time(17, 30), time(11, 30), time(12, 30), timedelta(hours=1))
    assert week[5] == (time(9), time(13), None, None, timedelta())
    assert [(c.kind, c.number, c.valid_to) for c in sorted(chen.certificates, key=lambda c: c.kind)] == [
        ("cert:gas", "R7741", date(2027, 5, 31)),
        ("cert:refrigeration", "L2208", date(2030, 1, 14)),
    ]
    assert chen.abilities_on(date(2028, 1, 1)) == ["cert:refrigeration", "cooling", "gas", "heating"]
    duty = wang.duty_on(date(2026, 11, 28))
    assert duty is not None
    assert (duty.starts.hour, duty.ends.hour, str(duty.starts.tzinfo)) == (9, 13, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("13800000002", "13800000009"),
        ("39.9087", "39.9088"),
        ("electrical;low-voltage", "electrical"),
        (":2029-03-31", ":2029-04-30"),
        ("Mon-Fri,08:00,17:30,11:30", "Mon-Thu,08:00,17:30,11:30"),
        ("Mon-Fri,08:00,17:30,11:30", "Mon-Fri,07:00,17:30,11:30"),
    ],
)
def test_a_changed_row_changes_its_technician_and_moves_the_version_that_plans_watch(
    office: Office, old: str, new: str
) -> None:
    lines = SAMPLE.read_text("utf-8").splitlines()
    assert old in lines[2]
    file = office.file("changed.csv", "\n".join([lines[0], lines[2].replace(old, new), *lines[3:]]))
    before = technician(office, "T102").version
    result = office.doorstep("import", "technicians", file)
    assert (result.exit_code, result.output) == (0, "3 technicians: 1 changed, 2 known already.\n")
    assert technician(office, "T102").version == before + 1
    office.doorstep("import", "technicians", SAMPLE)
    assert technician(office, "T102").version == before + 2


def test_an_empty_cell_empties_and_a_column_that_is_not_there_leaves_things_as_they_are(office: Office) -> None:
    header = "code,name,latitude,longitude,skills"
    short = office.file("short.csv", f"{header}\nT101,王建国,39.9219,116.4434,plumbing;waterproofing;general-repair")
    assert "1 known already" in office.doorstep("import", "technicians", short, "--territory", "朝阳").output
    cleared = office.file("cleared.csv", f"{header},phone,certificates\nT103,Chen Wei,39.9512,116.4890,gas,,")
    assert "1 changed" in office.doorstep("import", "technicians", cleared, "--territory", "朝阳").output
    chen = technician(office, "T103")
    assert (chen.phone, chen.certificates, len(chen.shifts)) == ("", [], 5)


def test_chinese_headers_names_and_days_are_understood_in_a_workbook_with_numbers_for_phones(office: Office) -> None:
    book = openpyxl.Workbook()
    row = {
        "工号": "9001", "姓名": "钱一", "电话": 13800138000, "片区": "城北", "纬度": 40.0, "经度": 116.4,
        "技能": "给排水；电气", "证书": "高处作业：G1:2024-01-01:2027-01-01", "班次日期": "周一至周五",
        "上班时间": time(8, 30), "下班时间": time(17, 30),
    }  # fmt: skip
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(office.folder / "roster.xlsx")
    result = office.doorstep("import", "technicians", office.folder / "roster.xlsx")
    assert (result.exit_code, result.output) == (0, "1 technicians: 1 new.\n")
    qian = technician(office, "9001")
    assert (qian.phone, qian.skills, qian.territory.name) == ("13800138000", ["electrical", "plumbing"], "城北")
    assert [one.kind for one in qian.certificates] == ["cert:height"]
    assert {(s.starts, s.ends) for s in qian.shifts} == {(time(8, 30), time(17, 30))}


@pytest.mark.parametrize(("system", "metres"), [("wgs84", 0), ("gcj02", 550), ("bd09", 1500)])
def test_the_shift_of_chinese_maps_is_undone(office: Office, system: str, metres: float) -> None:
    file = office.file("shifted.csv", f"code,name,latitude,longitude,skills\nS-{system},A,39.9087,116.3975,gas\n")
    result = office.doorstep("import", "technicians", file, "--territory", "城北", "--coordinates", system)
    assert result.exit_code == 0, result.output
    found = technician(office, f"S-{system}")
    moved = ((found.latitude - 39.9087) ** 2 + ((found.longitude - 116.3975) * 0.767) ** 2) ** 0.5 * 111_195
    assert moved == pytest.approx(metres, rel=0.3)
    assert "1 known already" in office.doorstep(
        "import", "technicians", file, "--territory", "城北", "--coordinates", system
    ).output  # fmt: skip


def test_who_has_no_shift_is_named_and_unused_columns_are_too(office: Office) -> None:
    file = office.file("idle.csv", "code,name,latitude,longitude,skills,shoe size\nI1,A,39.9,116.4,gas,42\n")
    output = office.doorstep("import", "technicians", file, "--territory", "城北").output
    assert "Without a shift, so without work: I1." in output
    assert "Columns not used: shoe size." in output
