"""Repair requests of another system become tickets, once, with the same consequences as if they were reported here."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from office import Office, office
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.imports.mapping import Form, Mapping, read_mapping
from api.actions.imports.result import ImportResult
from api.actions.imports.tickets import import_tickets
from api.actions.tickets import Report, report
from api.adapters.sheets import Row, Sheet, read_sheet
from domain.jobs import Job, JobState
from domain.places import Building, Community, Home, Territory
from domain.tickets import Channel, Ticket, TicketState

__all__ = ["office"]

NYC = Path("api/data/nyc-311/housing-repairs.csv")
HOUSE = Path(__file__).parents[2]

LEDGER = Mapping(
    file=Form(source="ledger", zone="Europe/Lisbon", time_format="%d/%m/%Y %H:%M"),
    columns={
        "reference": "no", "reported_at": "when", "closed_at": "closed", "address": "street", "unit": "flat",
        "latitude": "lat", "longitude": "lon", "defect": "what", "description": ["what", "words"],
        "contact_phone": "phone",
    },
    constants={"community": "Old Harbour", "channel": "wechat"},
    values={"defect": {"leak": "slow-leak", "*": "light-fitting"}},
)  # fmt: skip
COLUMNS = ("no", "when", "closed", "street", "flat", "lat", "lon", "what", "words", "phone")


def ledger(*rows: tuple[str, ...]) -> Sheet:
    return Sheet(COLUMNS, [Row(line, row) for line, row in enumerate(rows, start=2)])


def take(office: Office, sheet: Sheet, mapping: Mapping = LEDGER, name: str = "Harbour", **how: object) -> ImportResult:
    async def go(session: AsyncSession) -> ImportResult:
        territory = await session.scalar(select(Territory).where(Territory.name == name))
        assert territory is not None
        return await import_tickets(session, sheet, mapping, territory, **how)  # type: ignore[arg-type]

    return office.write(go)


def tickets(office: Office, source: str) -> list[tuple[Ticket, Job]]:
    async def go(session: AsyncSession) -> list[tuple[Ticket, Job]]:
        query = select(Ticket, Job).join(Job, Job.ticket_id == Ticket.id).where(Ticket.source == source)
        return [(ticket, job) for ticket, job in await session.execute(query.order_by(Ticket.reference))]

    return office.write(go)


def test_the_shipped_requests_of_new_york_come_in_with_their_mapping_and_only_once(office: Office) -> None:
    words = ("import", "tickets", HOUSE / NYC, "--mapping", "nyc-311", "--territory", "New York", "--city", "New York")
    first = office.doorstep(*words)
    assert (first.exit_code, first.output) == (0, "158 tickets: 158 new.\n")
    counts = office.counts()
    assert (counts["tickets"], counts["jobs"]) == (158, 158)
    again = office.doorstep(*words)
    assert (again.exit_code, again.output) == (0, "158 tickets: 158 known already.\n")
    assert office.counts() == counts
    zones = office.ask("SELECT zone_name FROM territories WHERE name = 'New York'")
    assert zones == [("America/New_York",)]


def test_what_was_closed_is_closed_and_its_job_done_unless_it_is_reopened(office: Office) -> None:
    states = office.ask(
        "SELECT t.state, j.state, count(*) FROM tickets t JOIN jobs j ON j.ticket_id = t.id "
        "WHERE source = 'nyc-311' GROUP BY 1, 2 ORDER BY 3"
    )
    assert states == [("open", "waiting", 2), ("closed", "done", 156)]
    row = ("C1", "29/02/2024 08:30", "02/03/2024 10:00", "1 Quay", "", "", "", "leak", "", "")
    take(office, ledger(row), replace_source("as they are"))
    take(office, ledger(row), replace_source("reopened"), reopen=True)
    closed, reopened = tickets(office, "as they are")[0], tickets(office, "reopened")[0]
    assert (closed[0].state, closed[1].state) == (TicketState.CLOSED, JobState.DONE)
    assert closed[0].repaired_at == datetime(2024, 3, 2, 10, tzinfo=UTC)
    assert (reopened[0].state, reopened[0].repaired_at, reopened[1].state) == ("open", None, "waiting")


def replace_source(source: str) -> Mapping:
    return Mapping(
        file=Form(source=source, zone=LEDGER.file.zone, time_format=LEDGER.file.time_format),
        columns=LEDGER.columns,
        constants=LEDGER.constants,
        values=LEDGER.values,
    )


def test_columns_constants_and_values_mean_what_the_mapping_says(office: Office) -> None:
    sheet = ledger(
        ("M1", "29/07/2024 08:30", "", "7  Quay Street", "3A", "41.15", "-8.61", "Leak", "under the sink", "912345678"),
        ("M2", "2024-07-29T09:00:00+02:00", "", "７ quay street", "", "", "", "no light", "", ""),
    )
    result = take(office, sheet, replace_source("words"))
    assert (result.new, result.unlocated) == (2, [])
    (first, job), (second, _) = tickets(office, "words")
    assert first.reported_at == datetime(2024, 7, 29, 7, 30, tzinfo=UTC)
    assert (first.defect_code, first.channel, first.contact_phone) == ("slow-leak", Channel.WECHAT, "912345678")
    assert first.description == "Leak: under the sink"
    assert second.reported_at == datetime(2024, 7, 29, 7, tzinfo=UTC)
    assert second.defect_code == "light-fitting"
    assert job.skills == ["plumbing"]
    assert office.ask("SELECT address FROM buildings WHERE address ILIKE '%quay street'") == [("7 Quay Street",)]


def test_a_known_address_keeps_its_place_and_gains_one_if_it_had_none(office: Office) -> None:
    async def build(session: AsyncSession) -> None:
        territory = await session.scalar(select(Territory).where(Territory.name == "Harbour"))
        community = Community(territory=territory, name="OLD  harbour 2")
        session.add(Building(community=community, address="9 Dock", latitude=1.0, longitude=2.0))
        session.add(Building(community=community, address="10 Dock", location_note="not on the map"))

    office.write(build)
    mapping = replace_source("places")
    mapping.constants = {**mapping.constants, "community": "Old Harbour 2"}
    when = "29/02/2024 08:30"
    result = take(
        office,
        ledger(
            ("P1", when, "", "9 DOCK", "", "41.1", "-8.6", "leak", "", ""),
            ("P2", when, "", "10 Dock", "", "41.1", "-8.6", "leak", "", ""),
            ("P3", when, "", "11 Dock", "", "", "", "leak", "", ""),
        ),
        mapping,
    )
    assert office.ask(
        "SELECT address, latitude, location_note FROM buildings WHERE address LIKE '%Dock' ORDER BY id"
    ) == [
        ("9 Dock", 1.0, ""),
        ("10 Dock", 41.1, ""),
        ("11 Dock", None, ""),
    ]
    assert len(result.unlocated) == 1
    asked = office.ask("SELECT subject FROM outbox WHERE kind = 'building.unlocated' ORDER BY seq")
    assert asked[-1:] == [(result.unlocated[0],)]


def test_a_row_without_a_number_is_known_by_its_words(office: Office) -> None:
    row = ("", "29/02/2024 08:30", "", "1 Quay", "", "", "", "leak", "drip", "")
    mapping = replace_source("unnumbered")
    first = take(office, ledger(row, row, (*row[:8], "drop", "")), mapping)
    again = take(office, ledger((*row[:8], "drop", ""), row), mapping)
    assert (first.new, first.known) == (2, 1)
    assert (again.new, again.known) == (0, 2)


def test_times_can_be_moved_and_what_is_moved_is_open(office: Office) -> None:
    row = ("T1", "29/02/2024 08:30", "02/03/2024 10:00", "1 Quay", "", "", "", "leak", "", "")
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    take(office, ledger(row), replace_source("moved"), reported_at=lambda told: tomorrow)
    ((ticket, job),) = tickets(office, "moved")
    assert (ticket.reported_at, ticket.state, job.state) == (tomorrow, "open", "waiting")


def test_an_imported_ticket_is_the_one_that_a_report_would_have_made(office: Office) -> None:
    """Tier, clocks, warranty and job, of every kind of defect in New York's rows, as if they were of Beijing."""
    whole, mapping = read_sheet(HOUSE / NYC), read_mapping("nyc-311")
    one_of_each = replace(whole, rows=list({row.cells[3:5]: row for row in whole.rows}.values()))
    mapping.constants = {}

    async def date_buildings(session: AsyncSession) -> None:
        for home in await session.scalars(select(Home).options(joinedload(Home.building))):
            home.building.accepted_on, home.handed_over_on = date(2017, 5, 1), date(2017, 9, 1)

    async def report_again(session: AsyncSession) -> None:
        query = select(Ticket, Building.address, Community.name, Community.territory_id)
        query = query.join(Ticket.home).join(Home.building).join(Building.community).where(Ticket.source == "imported")
        for ticket, address, community, territory_id in (await session.execute(query)).all():
            told = Report(
                territory_id=territory_id, community=community, address=address, defect=ticket.defect_code,
                channel=ticket.channel, reported_at=ticket.reported_at, source="reported", reference=ticket.reference,
            )  # fmt: skip
            await report(session, told)

    for source in ("that builds the houses", "imported"):
        mapping.file.source = source
        assert take(office, one_of_each, mapping, "城北", reopen=True).new == 36
        office.write(date_buildings)
    office.write(report_again)
    imported, reported = tickets(office, "imported"), tickets(office, "reported")
    assert {ticket.warranty["covered"] for ticket, _ in reported} == {True, False, None}
    of_ticket = (
        "home_id", "defect_code", "channel", "state", "tier", "contact_due", "attend_due", "repair_due", "clock_policy",
        "warranty",
    )  # fmt: skip
    of_job = ("territory_id", "tier", "duration", "skills", "due", "state", "step")
    for (ours, our_job), (theirs, their_job) in zip(imported, reported, strict=True):
        assert [getattr(ours, name) for name in of_ticket] == [getattr(theirs, name) for name in of_ticket]
        assert [getattr(our_job, name) for name in of_job] == [getattr(their_job, name) for name in of_job]


def test_the_trail_and_the_outbox_say_that_it_happened(office: Office) -> None:
    told = office.ask("SELECT data FROM audit_entries WHERE action = 'tickets.imported' ORDER BY seq LIMIT 1")
    assert told == [({"source": "nyc-311", "new": 158},)]
    assert office.ask("SELECT body FROM outbox WHERE kind = 'tickets.imported' ORDER BY seq LIMIT 1") == [
        ({"new": 158},)
    ]


@pytest.mark.parametrize("stage", ["Checking", "Writing"])
def test_stopped_at_any_stage_nothing_is_written(office: Office, stage: str) -> None:
    rows = [(str(n), "29/02/2024 08:30", "", f"{n} Row", "", "", "", "leak", "", "") for n in range(600)]
    before = office.counts()

    def stop(doing: str, done: int, of: int) -> None:
        if (doing, done) == (stage, 500):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(office, ledger(*rows), replace_source("stopped"), progress=stop)
    assert office.counts() == before
