"""A person's data is handed out whole, and ends when asked: afterwards no table and no file has a word of theirs but
what is listed as kept."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import psycopg
import pytest
from camera import Camera
from owner_browser import OwnerBrowser, link_for
from pictures import picture, saved
from psycopg import sql
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from test_phone_effects import SAID
from town import DAY, Desk, Pocket, Town

from api.actions import photo_upkeep
from api.adapters.photos.folder import PhotoFolder
from api.queries.audit import check_operations, check_sealed, check_trail
from domain.seal_check import check_bytes
from domain.visit_facts import VisitNote

NAME, PHONE, MAIL, OPENID = "欧阳测试娜", "13912345678", "nana.ouyang@example.com", "oXpersonal77"
SAYS, NOTES, ACCESS = "芝麻开门的水龙头", "技师写的悄悄话", "钥匙藏在青花瓶里"
WORDS = (NAME, PHONE, MAIL, OPENID, SAYS, NOTES, ACCESS)
ERASE = {"phone": "+86 139-1234-5678", "reason": "Asked for it in writing"}


def rows(town: Town, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        done = connection.execute(query.encode(), values)
        return done.fetchall() if done.description else []


def tables_with(town: Town, *words: str) -> dict[str, set[str]]:
    """Every table of the database whose rows, as text, have one of these words; and which."""
    found: dict[str, set[str]] = {}
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in names:
            for word in words:
                query = sql.SQL("SELECT count(*) FROM {} AS r WHERE r::text LIKE %s OR r::text LIKE %s")
                hexed = word.encode().hex()  # bytea is written so
                (count,) = connection.execute(
                    query.format(sql.Identifier(table)), (f"%{word}%", f"%{hexed}%")
                ).fetchone()  # type: ignore[misc]
                if count:
                    found.setdefault(table, set()).add(word)
    return found


def files_with(folder: Path, *words: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(word.encode() in path.read_bytes() for word in words)]


class Life:
    """All that a person can leave behind here: one ticket done and signed, one cancelled, and a conversation."""

    def __init__(self, town: Town, desk: Desk, folder: PhotoFolder) -> None:
        town.empty()
        rows(town, "DELETE FROM owners")
        rows(town, "DELETE FROM known_senders")
        said = {"contact_name": NAME, "contact_phone": PHONE, "description": SAYS}
        self.ticket = town.report(where=1, **said)
        self.other = town.report(where=2, contact_name="Somebody Else", contact_phone="13700000001")
        rows(town, "UPDATE tickets SET contact_mail = %s WHERE id = %s", MAIL, self.ticket)
        ((self.home,),) = rows(town, "SELECT home_id FROM tickets WHERE id = %s", self.ticket)
        rows(town, "UPDATE homes SET access_notes = %s WHERE id = %s", ACCESS, self.home)
        rows(town, "INSERT INTO owners (id, home_id, name, phone) VALUES (%s, %s, %s, %s)",
             uuid4(), self.home, NAME, f"+86 {PHONE}")  # fmt: skip
        self.conversation(town)
        desk.post(f"/api/v1/homes/{self.home}/report-links")
        desk.client.post("/api/v1/owner/number", json={"phone": PHONE})
        self.owner = OwnerBrowser(desk.client, link_for(desk, self.ticket))
        self.owner.post("code")
        sent = desk.client.post("/api/v1/owner/photos", content=saved(picture(60, 40)), headers=self.owner.headers)
        assert sent.status_code == 201, sent.text
        town.publish()
        self.phone = next(pocket for pocket in (Pocket(desk, one) for one in town.technicians) if self.visit_on(pocket))
        camera = Camera(desk.client, self.phone.headers)
        self.signed_photo, self.other_photo = (camera.upload(saved(picture(80 + n, 50))) for n in range(2))
        self.visit = visit = self.visit_on(self.phone)
        note = {**SAID["attach_photo"], "photo": self.other_photo, "caption": NOTES}
        verdicts = self.phone.send(
            self.phone.operation("arrive", visit),
            self.phone.operation("start", visit),
            self.phone.operation("add_note", visit, text=NOTES),
            self.phone.operation("attach_photo", visit, **note),
            self.phone.operation("pause", visit, reason="drying", note=NOTES),
            self.phone.operation("start", visit),
            self.phone.complete(visit, signer_name=NAME, photos=[self.signed_photo]),
        )
        assert {verdict["status"] for verdict in verdicts} == {"applied"}, verdicts
        while town.run(lambda database: database.write(photo_upkeep.copy_next, folder)):
            pass
        self.rated = self.owner.post("rating", {"stars": 5, "remark": f"{SAYS}!", "visit_id": visit})
        rows(town, "INSERT INTO ratings (id, visit_id, stars, remark, rated_at)"
                   " SELECT %s, %s, 5, %s, now() ON CONFLICT DO NOTHING", uuid4(), visit, SAYS)  # fmt: skip
        rows(town, "INSERT INTO clock_pauses (id, ticket_id, reason, agreed_by, agreed_by_channel, note, starts, ends)"
                   " VALUES (%s, %s, 'owner-away', %s, 'phone', %s, now(), now())",
             uuid4(), self.ticket, NAME, SAYS)  # fmt: skip

        rows(town, "INSERT INTO comebacks (id, ticket_id, number, channel, description, defect_code, reported_at,"
                   " reported_by, before) SELECT %s, id, 1, 'phone', %s, defect_code, now(), 'owner', '{}' FROM tickets"
                   " WHERE id = %s", uuid4(), SAYS, self.ticket)  # fmt: skip
        rows(town, "INSERT INTO follow_ups (id, ticket_id, visit_id, territory_id, occasion, since, state, tries,"
                   " settled_by, note) SELECT %s, jobs.ticket_id, visits.id, jobs.territory_id, 'first_rain', day,"
                   " 'planned', 1, '', %s FROM visits JOIN jobs ON jobs.id = visits.job_id"
                   " WHERE visits.id = %s", uuid4(), NOTES, visit)  # fmt: skip

    def visit_on(self, pocket: Pocket) -> str:
        return next((stop["visit_id"] for stop in pocket.stops() if stop["contact_name"] == NAME), "")

    def conversation(self, town: Town) -> None:
        intake = uuid4()
        rows(town, "INSERT INTO intakes (id, channel, sender, state, began_at, heard_at, home_id, contact_name,"
                   " contact_phone, address_told, note) VALUES (%s, 'wechat', %s, 'dismissed', now(), now(), %s, %s,"
                   " %s, %s, %s)", intake, OPENID, self.home, NAME, PHONE, ACCESS, NAME)  # fmt: skip
        rows(town, "INSERT INTO intake_messages (id, intake_id, channel, event_id, kind, text, said_at, received_at,"
                   " media_id, media_state, media_why) VALUES (%s, %s, 'wechat', 'e1', 'text', %s, now(), now(), '',"
                   " 'none', '')", uuid4(), intake, SAYS)  # fmt: skip
        rows(town, "INSERT INTO known_senders VALUES ('wechat', %s, %s, %s, %s, now())",
             OPENID, self.home, NAME, PHONE)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path / "photos")


@pytest.fixture
def life(town: Town, mia: Desk, folder: PhotoFolder) -> Life:
    return Life(town, mia, folder)


# The first of the file: operations stay when a town is emptied, and this one looks at all that there are.
def test_after_an_erasure_no_table_and_no_file_has_a_word_but_what_is_listed_as_kept(
    life: Life, mia: Desk, town: Town, tmp_path: Path
) -> None:
    before = tables_with(town, *WORDS)
    assert {word for words in before.values() for word in words} == set(WORDS)
    assert files_with(tmp_path / "messages", PHONE)
    answer = mia.post("/api/v1/people/erase", ERASE)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    kept = {name for one in told["kept"] for name in one["table"].split(", ")}
    left = tables_with(town, *WORDS)
    assert set(left) <= kept, left
    assert set(left) == {"sign_offs", "sealed_sign_offs", "operations"}
    assert rows(town, "SELECT DISTINCT kind FROM operations WHERE payload::text LIKE %s", f"%{NAME}%") == [
        ("complete",)
    ]
    assert files_with(tmp_path, *WORDS) == []
    assert all(one["why_en"] and one["why_zh"] for one in told["kept"])
    (signed,) = [one for one in told["kept"] if "sign_offs" in one["table"]]
    assert (date.fromisoformat(signed["until"]) - DAY).days in range(2915, 2925)


def test_what_is_held_is_counted_without_showing_the_number(life: Life, mia: Desk) -> None:
    held = mia.post("/api/v1/people/find", {"phone": PHONE}).json()
    assert (held["number"], held["names"], held["open"]) == ("139****5678", [NAME], [])
    assert (len(held["tickets"]), held["visits"], held["conversations"]) == (1, 1, 1)
    assert held["messages"] >= 2


def test_the_export_has_every_word_and_picture_and_opens_with_a_page_in_both_languages(
    life: Life, mia: Desk, town: Town
) -> None:
    answer = mia.post("/api/v1/people/export", {"phone": PHONE})
    assert answer.status_code == 200, answer.text
    with ZipFile(BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = files["person.json"].decode()
    assert [word for word in WORDS if word not in told] == []
    assert "全部资料" in files["README.txt"].decode()
    assert "all that we hold" in files["README.txt"].decode()
    assert len([name for name in files if name.startswith("photos/")]) == 3
    (record,) = [name for name in files if name.startswith("sign-offs/") and name.endswith(".json")]
    assert check_bytes(files[record]).genuine
    assert files[record.replace(".json", ".pdf")].startswith(b"%PDF")
    assert "token_hash" not in told
    assert "Somebody Else" not in told
    number = json.loads(told)["tickets"][0]["number"]
    assert rows(town, "SELECT data FROM audit_entries WHERE action = 'person.exported' ORDER BY seq DESC LIMIT 1") == [
        ({"tickets": [number]},)
    ]


def test_seals_and_the_trail_still_fit_together_after_an_erasure(life: Life, mia: Desk, town: Town) -> None:
    def look() -> tuple[set[Any], set[Any]]:
        trail, (sealed, broken), (told, altered) = (
            town.write(check_trail),
            town.write(check_sealed),
            town.write(check_operations),
        )
        assert (trail.broken, sealed > 0, told > 6) == (None, True, True)
        return set(broken), set(altered)

    before = look()  # what a town that was emptied has lost
    assert mia.post("/api/v1/people/erase", ERASE).status_code == 200
    assert look() == before


def test_an_operation_whose_words_went_without_an_erasure_still_shows(life: Life, mia: Desk, town: Town) -> None:
    _, before = town.write(check_operations)
    done = (
        "UPDATE operations SET payload = '{\"erased\": true}' WHERE kind = 'add_note' AND visit_id = %s RETURNING op_id"
    )
    ((op_id,),) = rows(town, done, life.visit)
    _, after = town.write(check_operations)
    assert set(after) - set(before) == {op_id}


def test_photos_go_but_the_signed_one_stays_with_its_copies(
    life: Life, mia: Desk, town: Town, folder: PhotoFolder
) -> None:
    assert sum(1 for path in folder.root.rglob("*") if path.is_file()) == 9
    mia.post("/api/v1/people/erase", ERASE)
    assert folder.original(life.signed_photo).exists()
    assert not folder.original(life.other_photo).exists()
    assert sum(1 for path in folder.root.rglob("*") if path.is_file()) == 3
    assert rows(town, "SELECT count(*) FROM doomed_files") == [(0,)]


def test_phones_forget_the_visit_and_others_keep_what_is_theirs(life: Life, mia: Desk, town: Town) -> None:
    mia.post("/api/v1/people/erase", ERASE)
    held = [stop for one in town.technicians for stop in Pocket(mia, one).stops()]
    assert [stop["contact_name"] for stop in held] == ["Somebody Else"]
    assert rows(town, "SELECT contact_phone FROM tickets WHERE id = %s", life.other) == [("13700000001",)]


def test_an_open_ticket_stands_against_it_and_nothing_is_changed(life: Life, mia: Desk, town: Town) -> None:
    still_open: UUID = town.report(where=1, contact_name=NAME, contact_phone=PHONE)
    ((number,),) = rows(town, "SELECT number FROM tickets WHERE id = %s", still_open)
    before = tables_with(town, *WORDS)
    refused = mia.post("/api/v1/people/erase", ERASE)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert number in refused.json()["detail"]
    assert tables_with(town, *WORDS) == before


def test_access_notes_of_a_home_that_another_owner_has_stay_and_are_listed(life: Life, mia: Desk, town: Town) -> None:
    rows(town, "INSERT INTO owners (id, home_id, name, phone) VALUES (%s, %s, 'Spouse', '13600000000')",
         uuid4(), life.home)  # fmt: skip
    told = mia.post("/api/v1/people/erase", ERASE).json()
    assert "homes" in {one["table"] for one in told["kept"]}
    assert tables_with(town, ACCESS).keys() == {"homes"}


def test_a_reason_that_names_the_person_is_refused_since_the_trail_keeps_it(life: Life, mia: Desk) -> None:
    refused = mia.post("/api/v1/people/erase", ERASE | {"reason": f"{NAME} asked"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert NAME not in refused.text


def test_erased_twice_there_is_nobody_and_the_trail_has_who_and_why(life: Life, mia: Desk, town: Town) -> None:
    assert mia.post("/api/v1/people/erase", ERASE).status_code == 200
    assert mia.post("/api/v1/people/erase", ERASE).status_code == 404
    ((actor, data),) = rows(
        town, "SELECT actor, data FROM audit_entries WHERE action = 'person.erased' ORDER BY seq DESC LIMIT 1"
    )
    assert actor.startswith("staff:")
    assert data["reason"] == ERASE["reason"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("find", {"phone": "13100000000"}, 404),
        ("export", {"phone": "13100000000"}, 404),
        ("erase", {"phone": "13100000000", "reason": "asked"}, 404),
        ("find", {"phone": "no number"}, 422),
        ("erase", {"phone": PHONE, "reason": ""}, 400),
        ("erase", {"phone": PHONE}, 400),
    ],
)
def test_a_stranger_is_not_found_and_what_makes_no_sense_is_said(
    mia: Desk, path: str, body: dict[str, str], status: int
) -> None:
    answer = mia.post(f"/api/v1/people/{path}", body)
    assert answer.status_code == status, answer.text


def test_a_dispatcher_may_neither_look_nor_take_out_nor_erase(dora: Desk) -> None:
    for path in ("find", "export", "erase"):
        assert dora.post(f"/api/v1/people/{path}", ERASE).status_code == 403


def test_what_a_technician_wrote_can_be_taken_away_and_not_rewritten(life: Life, town: Town) -> None:
    async def rewrite(session: AsyncSession) -> None:
        await session.execute(update(VisitNote).values(text="All was well"))

    with pytest.raises(DBAPIError, match="may be taken away, not changed"):
        town.write(rewrite)
