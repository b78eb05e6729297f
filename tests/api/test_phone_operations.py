"""What phones say happened is applied once, in order, and never lost."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town
from two_stops import rows

from domain.jobs import Job, JobState, Visit, VisitState
from domain.operations import Operation
from domain.places import Territory
from domain.sign_offs import SignOff
from domain.tickets import Ticket, TicketState


@pytest.fixture
def phone(town: Town, site: TestClient[Litestar], one_technician: None) -> Pocket:
    """The first technician's, with four stops on tomorrow's sheet."""
    town.empty(but="absences")
    for house in range(1, 5):
        town.report(where=house)
    town.publish()
    return Pocket(Desk(site, "dora"), town.technicians[0])


def visit(town: Town, visit_id: str) -> Visit:
    return next(one for one in rows(town, Visit) if one.id == UUID(visit_id))


def test_a_phone_fetches_its_sheet_and_its_stops_in_order(phone: Pocket) -> None:
    answer = phone.sync().json()
    assert answer["full"] is True
    assert [change["kind"] for change in answer["changes"]].count("route_sheet") == 1
    stops = phone.stops()
    assert [stop["position"] for stop in stops] == [1, 2, 3, 4]
    assert stops[0]["contact_number"] == "138****0000"
    assert "13812340000" not in phone.sync().text


def test_a_second_sync_brings_nothing_until_something_changes(phone: Pocket) -> None:
    cursor = phone.sync().json()["cursor"]
    assert phone.sync(cursor).json()["changes"] == []
    stop = phone.stops()[0]
    phone.send(phone.operation("arrive", stop["visit_id"]))
    [change] = phone.sync(cursor).json()["changes"]
    assert (change["kind"], change["body"]["state"]) == ("stop", "arrived")


@pytest.mark.parametrize("cursor", ["999999999", "-1", "not a cursor", "١٢", "9" * 40])
def test_a_cursor_that_was_never_given_out_starts_from_nothing(phone: Pocket, cursor: str) -> None:
    answer = phone.sync(cursor).json()
    assert answer["full"] is True
    assert len(answer["changes"]) == 5


def test_a_day_at_a_home_from_arrival_to_signature_closes_the_ticket(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    verdicts = phone.send(phone.operation("arrive", stop), phone.operation("start", stop), phone.complete(stop))
    assert [(v["status"], v["visit_state"]) for v in verdicts] == [
        ("applied", "arrived"),
        ("applied", "started"),
        ("applied", "done"),
    ]
    done = visit(town, stop)
    assert done.state is VisitState.DONE
    assert done.arrived_at
    assert done.started_at
    assert done.finished_at
    [signed] = rows(town, SignOff)
    assert (signed.signer_name, signed.work, signed.accepted) == ("Zhang San", timedelta(minutes=25), True)
    tickets = rows(town, Ticket)
    assert [ticket.state for ticket in tickets].count(TicketState.CLOSED) == 1


def test_operations_are_applied_in_the_device_s_order_whatever_the_order_sent(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    arrive, start, complete = phone.operation("arrive", stop), phone.operation("start", stop), phone.complete(stop)
    verdicts = phone.send(complete, start, arrive)
    assert {v["status"] for v in verdicts} == {"applied"}
    assert visit(town, stop).state is VisitState.DONE


def test_the_same_operation_sent_again_counts_once(phone: Pocket, town: Town) -> None:
    complete = phone.complete(phone.stops()[0]["visit_id"])
    first, second, third = (phone.send(complete)[0] for _ in range(3))
    assert (first["status"], second["status"], third["status"]) == ("applied", "duplicate", "duplicate")
    assert second["visit_state"] == "done"
    assert len(rows(town, SignOff)) == 1


def test_the_same_operation_from_eight_threads_at_once_counts_once(phone: Pocket, town: Town) -> None:
    complete = phone.complete(phone.stops()[0]["visit_id"])
    verdicts: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: verdicts.extend(phone.send(complete))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(v["status"] for v in verdicts) == ["applied"] + ["duplicate"] * 7
    assert len(rows(town, SignOff)) == 1


def test_an_op_id_used_for_something_else_changes_nothing_and_tells_nothing(phone: Pocket, town: Town) -> None:
    first, second = phone.stops()[0]["visit_id"], phone.stops()[1]["visit_id"]
    arrive = phone.operation("arrive", first)
    phone.send(arrive)
    [verdict] = phone.send(arrive | {"visit_id": second})
    assert (verdict["status"], verdict["reason"], verdict.get("visit_state")) == ("rejected", "payload_mismatch", None)
    assert visit(town, second).state is VisitState.PLANNED


def test_another_technician_s_visit_and_operation_are_as_if_unknown(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    arrive = phone.operation("arrive", stop)
    phone.send(arrive)
    other = Pocket(Desk(phone.client, "dora"), town.technicians[1])
    unknown = phone.operation("arrive", "01890000-0000-7000-8000-000000000000")
    answers = [other.send(one)[0] for one in (arrive, phone.operation("start", stop), unknown)]
    assert [(a["status"], a["reason"], a["detail"]) for a in answers] == [
        ("rejected", "unknown_visit", answers[0]["detail"])
    ] * 3
    assert visit(town, stop).state is VisitState.ARRIVED


def test_a_rejected_operation_never_holds_up_the_ones_after_it(phone: Pocket, town: Town) -> None:
    stop, other = (one["visit_id"] for one in phone.stops()[:2])
    complete, broken = phone.complete(stop), phone.operation("dance", stop)
    verdicts = phone.send(complete, broken, phone.operation("arrive", stop), phone.operation("arrive", other))
    assert [v["status"] for v in verdicts] == ["applied", "rejected", "rejected", "applied"]
    assert [v.get("reason") for v in verdicts] == [None, "invalid_operation", "illegal_move", None]


def test_what_can_not_be_read_is_kept_as_it_came(phone: Pocket, town: Town) -> None:
    broken = phone.operation("arrive", phone.stops()[0]["visit_id"], mood="good \u0000")
    [verdict] = phone.send(broken)
    assert (verdict["status"], verdict["reason"]) == ("rejected", "invalid_operation")
    [kept] = [one for one in rows(town, Operation) if one.op_id == UUID(broken["op_id"])]
    assert "good" in kept.payload["raw"]
    assert phone.send(broken)[0]["status"] == "rejected"


def test_finished_work_is_kept_when_the_visit_was_given_to_a_colleague(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]

    async def give_away(session: AsyncSession) -> None:
        moved = await session.get_one(Visit, UUID(stop))
        moved.technician_id = town.technicians[1]

    town.write(give_away)
    [verdict] = phone.send(phone.complete(stop))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "visit_moved")
    assert len(rows(town, SignOff)) == 1
    assert visit(town, stop).state is VisitState.PLANNED
    desk = Desk(phone.client, "dora")
    [conflict] = desk.get("/api/v1/conflicts").json()
    assert (conflict["did"]["technician"], conflict["now"]["technician"]) == ("Technician T1", "Technician T2")
    assert conflict["did"]["signature"]["signer_name"] == "Zhang San"
    assert desk.post(f"/api/v1/conflicts/{conflict['op_id']}/settle").status_code == 204
    assert desk.get("/api/v1/conflicts").json() == []


def test_finished_work_is_kept_when_the_visit_was_cancelled(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]

    async def cancel(session: AsyncSession) -> None:
        (await session.get_one(Visit, UUID(stop))).move(VisitState.CANCELLED)

    town.write(cancel)
    [verdict] = phone.send(phone.complete(stop))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "visit_cancelled")
    assert len(rows(town, SignOff)) == 1


def test_a_second_signature_on_the_same_visit_is_kept_and_flagged(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(stop))
    [verdict] = phone.send(phone.complete(stop, signer_name="Li Si"))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "illegal_move")
    assert {signed.signer_name for signed in rows(town, SignOff)} == {"Zhang San", "Li Si"}


def test_a_refused_repair_waits_for_another_visit(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    [verdict] = phone.send(phone.complete(stop, accepted=False))
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "needs_another")
    job = next(one for one in rows(town, Job) if one.id == visit(town, stop).job_id)
    assert job.state is JobState.WAITING
    assert {ticket.state for ticket in rows(town, Ticket)} == {TicketState.OPEN}


def test_a_device_s_wrong_clock_is_flagged_and_orders_nothing(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    in_a_week = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    phone.send(phone.operation("arrive", stop, at=in_a_week))
    assert visit(town, stop).arrived_at <= datetime.now(UTC)
    assert [one.skewed for one in rows(town, Operation) if one.visit_id == UUID(stop)] == [True]


def test_a_repair_of_several_visits_goes_on_after_its_wait(phone: Pocket, town: Town) -> None:
    town.empty(but="absences")
    ticket_id = town.report("mold", where=9)

    async def give_recipe(session: AsyncSession) -> None:
        ticket = await session.get_one(Ticket, ticket_id)
        job = (await session.scalars(select(Job).where(Job.ticket_id == ticket_id))).one()
        job.skills = ["electrical"]
        defect = await session.get_one(type(ticket).defect.property.mapper.class_, ticket.defect_code)
        defect.recipe = [
            {"name_en": "Open", "name_zh": "打开", "minutes": 30},
            {"name_en": "Close", "name_zh": "封闭", "minutes": 20, "wait_h": [24, 48]},
        ]

    town.write(give_recipe)
    town.publish()
    phone.send(phone.complete(phone.stops()[0]["visit_id"]))
    first, second = sorted((one for one in rows(town, Job)), key=lambda job: job.step)
    assert (first.state, second.state, second.step) == (JobState.DONE, JobState.WAITING, 2)
    assert second.not_before >= datetime.now(UTC) + timedelta(hours=23)
    assert {ticket.state for ticket in rows(town, Ticket)} == {TicketState.OPEN}


def test_a_revoked_phone_gets_and_sends_nothing(phone: Pocket) -> None:
    stop = phone.stops()[0]["visit_id"]
    desk = Desk(phone.client, "dora")
    assert desk.post(f"/api/v1/devices/{phone.device_id}/revoke").status_code == 204
    assert phone.sync().json()["code"] == "device_revoked"
    [answer] = phone.send(phone.operation("arrive", stop), expect=401)
    assert answer["code"] == "device_revoked"


def test_a_pairing_code_works_once(phone: Pocket, town: Town) -> None:
    code = Desk(phone.client, "dora").post(f"/api/v1/technicians/{town.technicians[0]}/pairing-codes").json()["code"]
    body = {"code": code.lower(), "device_name": "one", "client_version": "1.0.0"}
    assert phone.client.post("/mobile/v1/pair", json=body).status_code == 200
    again = phone.client.post("/mobile/v1/pair", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "pairing_code_refused")


@pytest.mark.parametrize("version", ["0.9.9", "", "one", "1.0"])
def test_an_app_that_is_too_old_is_told_so(phone: Pocket, version: str) -> None:
    answer = phone.client.get("/mobile/v1/sync", headers=phone.headers | {"Doorstep-Client": version})
    assert (answer.status_code, answer.json()["code"]) == (426, "too_old_client")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"operations": []}', b'{"operations": [{}]}', b'{"operations": [1]}', b"\xff\xfe",
     b'{"operations": "x"}', b"[" * 100_000, b'{"operations": [{"op_id": "no"}]}'],
)  # fmt: skip
def test_a_request_that_can_not_be_read_is_refused_whole(phone: Pocket, town: Town, body: bytes) -> None:
    before = len(rows(town, Operation))
    answer = phone.client.post("/mobile/v1/operations", content=body, headers=phone.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert len(rows(town, Operation)) == before


def test_a_request_that_is_too_large_is_refused(phone: Pocket) -> None:
    body = b'{"operations": [' + b" " * (2 * 1024 * 1024 + 10) + b"]}"
    answer = phone.client.post("/mobile/v1/operations", content=body, headers=phone.headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_everything_a_phone_does_is_in_the_audit_trail(phone: Pocket, town: Town) -> None:
    from domain.audit import AuditEntry

    async def count(session: AsyncSession) -> int:
        return await session.scalar(select(func.count(AuditEntry.seq)).where(AuditEntry.actor.like("device:%"))) or 0

    before = town.write(count)
    phone.send(phone.operation("arrive", phone.stops()[0]["visit_id"]))
    assert town.write(count) == before + 1


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("at", ["0002-01-01T00:00:00Z", "9998-12-31T00:00:00Z", None])
def test_clocks_thousands_of_years_apart_are_flagged_and_stop_nothing(
    phone: Pocket, town: Town, sent_at: str, at: str | None
) -> None:
    stop = phone.stops()[0]["visit_id"]
    arrive = phone.operation("arrive", stop, **({"at": at} if at else {}))
    body = {"operations": [arrive], "sent_at": sent_at}
    answer = phone.client.post("/mobile/v1/operations", json=body, headers=phone.headers)
    assert answer.status_code == 200, answer.text
    assert [verdict["status"] for verdict in answer.json()["verdicts"]] == ["applied"]
    assert visit(town, stop).arrived_at <= datetime.now(UTC)
    assert [one.skewed for one in rows(town, Operation) if one.visit_id == UUID(stop)] == [True]


@pytest.mark.parametrize("name", ["mo\0od", "m" * 100_000])
def test_an_unknown_field_of_any_name_is_one_rejection(phone: Pocket, town: Town, name: str) -> None:
    stop = phone.stops()[0]["visit_id"]
    verdicts = phone.send(phone.operation("arrive", stop, **{name: 1}), phone.operation("arrive", stop))
    assert [verdict["status"] for verdict in verdicts] == ["rejected", "applied"]
    assert len(verdicts[0]["detail"]) <= 500


def test_a_rejected_arrival_leaves_the_visit_as_it_was(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]

    job_id = visit(town, stop).job_id

    async def cancel(session: AsyncSession) -> None:
        (await session.get_one(Job, job_id)).move(JobState.CANCELLED)

    town.write(cancel)
    [verdict] = phone.send(phone.operation("arrive", stop))
    assert (verdict["status"], verdict["reason"]) == ("rejected", "illegal_move")
    assert (visit(town, stop).state, visit(town, stop).arrived_at) == (VisitState.PLANNED, None)


def test_a_repair_is_watched_from_the_day_it_was_signed_where_it_is(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]

    async def to_the_date_line(session: AsyncSession) -> None:
        territory = await session.get_one(Territory, town.territory_id)
        territory.zone_name = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Pago_Pago"

    async def back(session: AsyncSession) -> None:
        (await session.get_one(Territory, town.territory_id)).zone_name = "Europe/Lisbon"

    town.write(to_the_date_line)
    try:
        phone.send(phone.complete(stop))
    finally:
        town.write(back)
    [signed] = rows(town, SignOff)
    there = "Pacific/Kiritimati" if signed.received_at.hour >= 10 else "Pacific/Pago_Pago"
    local = signed.signed_at.astimezone(ZoneInfo(there)).date()
    assert local != signed.signed_at.astimezone(UTC).date()
    assert signed.watch_until == local + timedelta(days=90)
