"""Lists of homes and owners: they add to what is known."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from office import Office, office
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.tickets import Report, report
from domain.jobs import Job
from domain.people import Owner
from domain.places import Building, Home, Territory
from domain.tickets import Channel

__all__ = ["office"]

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "homes.csv"
HEADER = "community,address,unit,latitude,longitude,accepted_on,handed_over_on,access_notes,owner_name,owner_phone"


def homes(office: Office, *rows: str, status: int = 0) -> str:
    result = office.doorstep(
        "import", "homes", office.file("homes.csv", "\n".join([HEADER, *rows])), "--territory", "城北"
    )
    assert result.exit_code == status, result.output
    return result.output


def owners(office: Office, unit: str) -> list[tuple[str, str]]:
    async def go(session: AsyncSession) -> list[tuple[str, str]]:
        query = select(Owner.name, Owner.phone).join(Owner.home).where(Home.unit == unit).order_by(Owner.name)
        return [(name, phone) for name, phone in await session.execute(query)]

    return office.write(go)


def test_the_sample_list_comes_in_and_changes_nothing_the_second_time(office: Office) -> None:
    words = ("import", "homes", SAMPLE, "--territory", "朝阳", "--city", "北京", "--zone", "Asia/Shanghai")
    first = office.doorstep(*words)
    assert first.exit_code == 0
    assert first.output.splitlines()[0] == "6 homes: 5 new, 1 changed."
    counts = office.counts()
    assert (counts["communities"], counts["buildings"], counts["homes"], counts["owners"]) == (1, 3, 5, 4)
    again = office.doorstep(*words)
    assert again.output.splitlines() == [
        "6 homes: 6 known already.",
        "1 need a location: they are not planned until they have coordinates.",
    ]
    assert office.counts() | {"outbox": 0} == counts | {"outbox": 0}


def test_a_row_speaks_of_its_building_its_home_and_its_owner(office: Office) -> None:
    homes(office, "Lakeside,1 Shore Road,12A,40.05,116.41,2023-06-30,2023/12/1,Ring twice,Ann Lee,13900000001")

    async def look(session: AsyncSession) -> Home:
        query = select(Home).join(Home.building).where(Building.address == "1 Shore Road")
        return (await session.scalars(query.options(joinedload(Home.building)))).one()

    home = office.write(look)
    building = home.building
    assert (building.latitude, building.longitude, building.accepted_on) == (40.05, 116.41, date(2023, 6, 30))
    assert (home.unit, home.handed_over_on, home.access_notes) == ("12A", date(2023, 12, 1), "Ring twice")
    assert owners(office, "12A") == [("Ann Lee", "13900000001")]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("LAKESIDE,１ shore  road,12a,,,,,,,", "1 known already"),
        ("Lakeside,1 Shore Road,12A,,,2023-07-01,,,,", "1 changed"),
        ("Lakeside,1 Shore Road,12A,,,,,Call first,,", "1 changed"),
        ("Lakeside,1 Shore Road,12A,,,,,,Ann Li,13900000001", "1 changed"),
        ("Lakeside,1 Shore Road,12A,,,,,,Bob Li,13900000002", "1 changed"),
        ("Lakeside,1 Shore Road,12A,,,,,,Bob Li,13900000002", "1 known already"),
        ("Lakeside,1 Shore Road,12B,,,,,,,", "1 new"),
    ],
)
def test_an_empty_cell_says_nothing_and_a_filled_one_counts(office: Office, row: str, outcome: str) -> None:
    assert f"1 homes: {outcome}" in homes(office, row)


def test_after_all_that_the_home_has_two_owners_and_kept_what_nobody_mentioned(office: Office) -> None:
    assert owners(office, "12A") == [("Ann Li", "13900000001"), ("Bob Li", "13900000002")]
    assert office.ask("SELECT handed_over_on FROM homes WHERE unit = '12A'") == [(date(2023, 12, 1),)]


def test_a_masked_number_means_the_known_owner_whose_number_it_is(office: Office) -> None:
    homes(office, "Lakeside,1 Shore Road,14,,,,,,Eve,13911112222", "Lakeside,1 Shore Road,14,,,,,,Zoe,13933332222")
    assert "1 known already" in homes(office, "Lakeside,1 Shore Road,14,,,,,,Zoe,139****2222")
    assert "1 changed" in homes(office, "Lakeside,1 Shore Road,12A,,,,,,Ann Ng,139****0001")
    assert owners(office, "12A")[0] == ("Ann Ng", "13900000001")
    assert "is masked" in homes(office, "Lakeside,1 Shore Road,14,,,,,,Nobody,139****2222", status=1)


def test_a_building_that_is_found_elsewhere_makes_drafts_stale(office: Office) -> None:
    async def add_ticket(session: AsyncSession) -> None:
        territory = await session.scalar(select(Territory).where(Territory.name == "城北"))
        assert territory is not None
        told = Report(
            territory_id=territory.id, community="Lakeside", address="1 Shore Road", unit="14", defect="slow-leak",
            channel=Channel.PHONE, reported_at=datetime.now(UTC),
        )  # fmt: skip
        await report(session, told)

    async def version(session: AsyncSession) -> int:
        return (await session.scalars(select(Job.version))).one()

    office.write(add_ticket)
    before = office.write(version)
    homes(office, "Lakeside,1 Shore Road,,40.05,116.41,,,,,")
    assert office.write(version) == before
    homes(office, "Lakeside,1 Shore Road,,40.06,116.41,,,,,")
    assert office.write(version) == before + 1
