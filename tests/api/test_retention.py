"""What has been kept long enough ends, and nothing younger; its files end with it."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from PIL import Image
from town import Desk, Town

from api.actions import retention
from api.actions.file_ends import end_files
from api.adapters.photos.folder import PhotoFolder
from api.settings import Settings, SettingsError
from domain.retention import load_retention

NOW = datetime.now(UTC)
KEEP = load_retention({})


def jpeg() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


def rows(town: Town, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        done = connection.execute(query.encode(), values)
        return done.fetchall() if done.description else []


def count(town: Town, table: str) -> int:
    ((number,),) = rows(town, f"SELECT count(*) FROM {table}")
    assert isinstance(number, int)
    return number


def swept(town: Town, days: float) -> dict[str, int]:
    """As if so many days had passed."""
    return town.run(lambda database: retention.sweep(database, KEEP, NOW + timedelta(days=days)))


def close(town: Town, ticket: UUID) -> None:
    rows(town, "UPDATE tickets SET state = 'closed', repaired_at = now() WHERE id = %s", ticket)


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()
    for table in ("number_codes", "home_links", "sessions", "intake_messages", "intakes"):
        rows(town, f"DELETE FROM {table}")


def test_links_sessions_and_codes_end_thirty_days_after_they_stopped_working(town: Town, dora: Desk) -> None:
    ticket = town.report()
    owner = OwnerBrowser(dora.client, link_for(dora, ticket))
    owner.post("code")
    home = dora.get(f"/api/v1/tickets/{ticket}").json()["ticket"]["home_id"]
    dora.post(f"/api/v1/homes/{home}/report-links")
    dora.client.post("/api/v1/owner/number", json={"phone": "13700000000"})
    tables = ["owner_codes", "owner_sessions", "number_codes", "sessions", "owner_links", "home_links"]
    assert swept(town, 29) == {}
    assert [count(town, table) for table in tables] == [1, 1, 1, 1, 1, 1]
    assert swept(town, 31) == {"owner_codes": 1, "owner_sessions": 1, "number_codes": 1, "sessions": 1}
    assert [count(town, table) for table in tables] == [0, 0, 0, 0, 1, 1]
    assert swept(town, 120 + 31) == {"owner_links": 1, "home_links": 1}
    assert swept(town, 120 + 31) == {}


def test_a_withdrawn_link_ends_counted_from_then(town: Town, dora: Desk) -> None:
    ticket = town.report()
    link_for(dora, ticket)
    (link,) = dora.get(f"/api/v1/tickets/{ticket}/owner-links").json()
    dora.post(f"/api/v1/owner-links/{link['id']}/revoke")
    assert swept(town, 31)["owner_links"] == 1


def test_messages_end_after_a_year_unless_they_are_still_on_their_way(town: Town, dora: Desk) -> None:
    OwnerBrowser(dora.client, link_for(dora, town.report())).post("code")
    assert "messages" not in swept(town, 364)
    rows(town, "UPDATE messages SET state = 'waiting'")
    assert "messages" not in swept(town, 366)
    rows(town, "UPDATE messages SET state = 'sent'")
    assert swept(town, 366)["messages"] == 1
    assert (count(town, "messages"), count(town, "message_tries")) == (0, 0)


@pytest.mark.parametrize(("state", "days", "left"), [("dismissed", 91, 0), ("dismissed", 89, 1), ("open", 9999, 1)])
def test_a_conversation_that_became_nothing_ends_with_its_pictures(
    town: Town, tmp_path: Path, state: str, days: int, left: int
) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    for kind, name in ((folder.original, "a" * 64), (folder.shown, "b" * 64), (folder.thumbnail, "b" * 64)):
        kind(name).parent.mkdir(parents=True, exist_ok=True)
        kind(name).write_bytes(b"picture")
    rows(
        town,
        "INSERT INTO intakes (id, channel, sender, state, began_at, heard_at, contact_name, contact_phone,"
        " address_told, note) VALUES (gen_random_uuid(), 'wechat', 'o-1', %s, now(), now(), '', '', '', '')",
        state,
    )
    rows(
        town,
        "INSERT INTO intake_messages (id, intake_id, channel, event_id, kind, text, said_at, received_at, media_id,"
        " media_state, media_why, media_sha256, media_original_sha256) SELECT gen_random_uuid(), id, 'wechat', 'e',"
        " 'picture', '', now(), now(), 'm', 'kept', '', %s, %s FROM intakes",
        "b" * 64,
        "a" * 64,
    )
    swept(town, days)
    town.write(end_files, folder)
    assert (count(town, "intakes"), count(town, "intake_messages")) == (left, left)
    assert sum(1 for path in folder.root.rglob("*") if path.is_file()) == 3 * left


def test_names_and_numbers_of_a_closed_ticket_end_after_three_years_and_of_an_open_one_never(town: Town) -> None:
    closed, still_open = town.report(), town.report(where=2)
    close(town, closed)
    assert "tickets" not in swept(town, 1095)
    assert swept(town, 1097)["tickets"] == 1
    names = dict(rows(town, "SELECT id, contact_name || contact_phone FROM tickets"))
    assert names == {closed: "", still_open: "Zhang San13812340000"}
    assert swept(town, 1097) == {}


def test_photos_of_a_closed_ticket_end_after_eight_years_with_their_files(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket = town.report()
    owner = OwnerBrowser(dora.client, link_for(dora, ticket))
    answer = dora.client.post("/api/v1/owner/photos", content=jpeg(), headers=owner.headers)
    assert answer.status_code == 201, answer.text
    folder = PhotoFolder(tmp_path / "photos")
    assert sum(1 for path in folder.root.rglob("*") if path.is_file()) == 3
    assert "ticket_photos" not in swept(town, 3000)
    close(town, ticket)
    assert "ticket_photos" not in swept(town, 2921)
    assert swept(town, 2923)["ticket_photos"] == 1
    town.write(end_files, folder)
    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


def test_a_file_that_another_row_names_stays(town: Town, dora: Desk, tmp_path: Path) -> None:
    tickets = [town.report(where=house) for house in (1, 2)]
    for ticket in tickets:
        headers = OwnerBrowser(dora.client, link_for(dora, ticket)).headers
        dora.client.post("/api/v1/owner/photos", content=jpeg(), headers=headers)
    close(town, tickets[0])
    swept(town, 2923)
    folder = PhotoFolder(tmp_path / "photos")
    assert town.write(end_files, folder) == 2
    assert count(town, "ticket_photos") == 1
    assert sum(1 for path in folder.root.rglob("*") if path.is_file()) == 3


def test_more_than_a_batch_ends_in_one_sweep(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 3)
    for house in range(1, 8):
        close(town, town.report(where=house))
    assert swept(town, 1097)["tickets"] == 7


def test_what_is_over_is_counted_without_changing_anything(town: Town) -> None:
    close(town, town.report())
    then = NOW + timedelta(days=1097)

    def look() -> dict[tuple[str, str], int]:
        return town.write(retention.over, KEEP, then)

    assert look()["contacts", "tickets"] == 1
    assert look() == look()


@pytest.mark.parametrize("told", ["letters=1", "messages=0", "messages=x", "messages", "messages=40000"])
def test_a_setting_that_makes_no_sense_is_refused_by_name(told: str) -> None:
    with pytest.raises(SettingsError, match="DOORSTEP_RETENTION"):
        Settings(retention=told).check()


def test_an_operator_s_days_take_the_place_of_the_shipped_ones(site: TestClient[Litestar]) -> None:
    keep = Settings(retention="messages=7, intakes=1").retention_rules()
    assert (keep["messages"].days, keep["intakes"].days, keep["contacts"].days) == (7, 1, 1096)
