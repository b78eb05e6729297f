"""The desk reads every fact of a visit in order, sees the photos that facts name, and settles conflicts with a note."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from camera import Camera
from litestar import Litestar
from litestar.testing import TestClient
from pictures import picture, saved
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from test_phone_effects import FACTS, SAID, WORK
from town import DAY, HASH, Desk, Pocket, Town
from two_stops import rows

from api.actions import photo_upkeep, planning
from api.adapters.photos.folder import PhotoFolder
from domain.audit import CONFLICT_SETTLED, VISIT_CANCELLED, AuditEntry
from domain.jobs import Visit, VisitState
from domain.operations import Operation
from domain.people import Role, Staff
from domain.photos import Photo
from domain.places import Territory
from mobile_contract import v1 as wire
from mobile_contract.v1.reasons import PauseReason, RefusalReason

CHECK = {"code": "left-clean", "done": False, "note": "Later"}


def facts(phone: Pocket) -> list[dict[str, Any]]:
    """Of the only ticket whose visit has any."""
    desk = Desk(phone.client, "dora")
    details = [desk.get(f"/api/v1/tickets/{one['id']}").json() for one in desk.get("/api/v1/tickets").json()]
    [found] = [visit["facts"] for detail in details for visit in detail["visits"] if visit["facts"]]
    return found


def test_facts_are_told_in_the_device_s_order_with_words_of_both_languages(phone: Pocket) -> None:
    visit = phone.stops()[0]["visit_id"]
    order = [kind for kind in FACTS if kind not in ("no_access", "another_visit", "refuse")]
    told = [phone.operation(kind, visit, **SAID[kind]) for kind in order]
    told[0]["at"] = (datetime.now(UTC) + timedelta(hours=5)).isoformat()  # the device's clock decides no order
    told.append(phone.operation("refuse", visit, **SAID["refuse"] | {"checklist": [CHECK], "remark": "Too dear"}))
    assert {verdict["status"] for verdict in phone.send(*told)} == {"applied"}
    shown = {fact["kind"]: fact for fact in facts(phone)}
    assert list(shown) == [operation["kind"] for operation in told]
    assert [fact["op_id"] for fact in shown.values()] == [operation["op_id"] for operation in told]
    pause, part, photo, found, refusal = (
        shown[kind] for kind in ("pause", "use_part", "attach_photo", "found_defect", "refuse")
    )
    assert (pause["reason_en"], pause["reason_zh"]) == (PauseReason.DRYING.en, PauseReason.DRYING.zh)
    assert pause["note"] == "Sealant"
    assert part["parts"] == [{"code": "bulb", "name": "Bulb", "quantity": 2}]
    assert photo["photos"] == [{"sha256": "c" * 64, "shows": "before", "caption": "", "state": None}]
    assert (found["found"]["name_en"], found["found"]["place"]) == ("Slow leak from a pipe", "Bathroom, left wall")
    assert refusal["reason_zh"] == RefusalReason.WAIT_AND_SEE.zh
    assert (refusal["witness"], refusal["minutes"], refusal["remark"]) == ("Li Qiang", 25, "Too dear")
    assert refusal["checklist"] == [
        {"code": "left-clean", "name_en": "Area left clean", "name_zh": "清理现场", "done": False, "note": "Later"}
    ]
    assert [fact["skewed"] for fact in shown.values()] == [True, *[False] * len(order)]
    assert all(fact["against"] is None and fact["settled"] is None for fact in shown.values())


@pytest.mark.parametrize("kind", ["attach_photo", "refuse"])
def test_a_photo_that_a_fact_names_is_shown_to_who_may_see_the_visit_and_outlives_the_sweep(
    phone: Pocket, town: Town, tmp_path: Path, kind: str
) -> None:
    visit = phone.stops()[0]["visit_id"]
    digest = Camera(phone.client, phone.headers).upload(saved(picture()))
    folder = PhotoFolder(tmp_path / "photos")
    assert town.run(lambda database: database.write(photo_upkeep.copy_next, folder))
    path = f"/api/v1/photos/{digest}/thumbnail"
    assert Desk(phone.client, "dora").get(path).status_code == 404  # nothing names it
    named = {"photo": digest, "shows": "after"} if kind == "attach_photo" else SAID["refuse"] | {"photos": [digest]}
    phone.send(phone.operation(kind, visit, **named))
    town.run(lambda database: photo_upkeep.sweep(database, folder, datetime.now(UTC) + timedelta(days=400)))
    answer = Desk(phone.client, "dora").get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert facts(phone)[0]["photos"][0]["state"] == "ready"
    town.write(hire_elsewhere)
    assert Desk(phone.client, "elsa").get(path).status_code == 404

    async def as_if_another_sent_it(session: AsyncSession) -> None:
        (await session.scalars(select(Photo))).one().technician_id = town.technicians[1]

    town.write(as_if_another_sent_it)
    assert Desk(phone.client, "dora").get(path).status_code == 404


async def hire_elsewhere(session: AsyncSession) -> None:
    if await session.scalar(select(Staff).where(Staff.username == "elsa")):
        return
    elsewhere = (await session.scalars(select(Territory).where(Territory.name == "Elsewhere"))).one()
    session.add(Staff(username="elsa", name="Elsa", role=Role.DISPATCHER, password_hash=HASH, territories=[elsewhere]))


def test_a_visit_left_over_from_a_day_gone_by_says_that_its_day_was_over(
    town: Town, phone: Pocket, site: TestClient[Litestar]
) -> None:
    visit = UUID(phone.stops()[0]["visit_id"])

    async def long_ago(session: AsyncSession) -> None:
        (await session.get_one(Visit, visit)).day = DAY - timedelta(days=3)

    town.write(long_ago)
    town.write(planning.request, town.territory_id, DAY, 1)
    phone.send(phone.complete(str(visit)))
    [conflict] = Desk(site, "dora").get("/api/v1/conflicts").json()
    assert (conflict["reason"], conflict["visit_state"]) == ("visit_cancelled", VisitState.CANCELLED)
    assert (conflict["decided"]["kind"], conflict["decided"]["by"]) == ("cancelled", None)
    assert (conflict["decided"]["plan_id"], conflict["decided"]["plan_version"]) == (None, None)
    assert [entry.subject for entry in rows(town, AuditEntry) if entry.action == VISIT_CANCELLED][-1] == visit


def test_an_ending_that_contradicts_another_has_no_decision_and_says_how_the_visit_stands(phone: Pocket) -> None:
    visit = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(visit))
    phone.send(phone.operation("no_access", visit, reason="nobody_home"))
    [conflict] = Desk(phone.client, "dora").get("/api/v1/conflicts").json()
    assert (conflict["reason"], conflict["decided"], conflict["now"]["state"]) == ("illegal_move", None, "done")
    assert conflict["did"]["detail"] == "A visit that is done can't become no_access."


def test_a_conflict_is_settled_once_in_name_with_the_note_of_who_did(phone: Pocket, town: Town) -> None:
    visit = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(visit))
    [told] = [phone.operation("no_access", visit, reason="nobody_home")]
    phone.send(told)
    path = f"/api/v1/conflicts/{told['op_id']}/settle"
    desk = Desk(phone.client, "dora")
    for wrong in ({"note": "x" * 2001}, {"note": "\0"}, {"remark": ""}):
        assert desk.post(path, wrong).status_code == 400
    assert desk.get("/api/v1/conflicts/waiting").json() == {"count": 1}
    assert desk.post(path, {"note": "Rang the owner"}).status_code == 204
    assert Desk(phone.client, "mia").post(path).status_code == 204
    assert desk.get("/api/v1/conflicts/waiting").json() == {"count": 0}
    settled = facts(phone)[-1]["settled"]
    assert (settled["by"], settled["note"]) == ("Dora", "Rang the owner")
    trail = [entry.data for entry in rows(town, AuditEntry) if entry.subject == UUID(told["op_id"])]
    assert trail == [{"note": "Rang the owner"}, {}]
    assert {entry.action for entry in rows(town, AuditEntry) if entry.data in trail} >= {CONFLICT_SETTLED}


def test_work_at_a_cancelled_visit_is_still_with_its_ticket(phone: Pocket, town: Town) -> None:
    visit = phone.stops()[0]["visit_id"]

    async def cancel(session: AsyncSession) -> None:
        (await session.get_one(Visit, UUID(visit))).move(VisitState.CANCELLED)

    town.write(cancel)
    phone.send(phone.operation("refuse", visit, **WORK, reason="payment", witness_name="Li Qiang"))
    [fact] = facts(phone)
    assert (fact["kind"], fact["against"]) == ("refuse", "visit_cancelled")


def test_the_audit_trail_binds_what_a_refusal_says_by_its_hash(phone: Pocket, town: Town) -> None:
    told = phone.operation("refuse", phone.stops()[0]["visit_id"], **SAID["refuse"])
    phone.send(told)
    [entry] = [entry for entry in rows(town, AuditEntry) if entry.data.get("op_id") == told["op_id"]]
    [receipt] = [one for one in rows(town, Operation) if one.op_id == UUID(told["op_id"])]
    said = msgspec.convert(receipt.payload, wire.Operation)
    assert entry.data["payload"] == receipt.payload_hash == wire.payload_hash(said)
    assert wire.payload_hash(msgspec.structs.replace(said, witness_name="Somebody else")) != entry.data["payload"]
