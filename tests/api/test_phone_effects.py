"""Each kind of operation has its effect, once; what was done at a visit is kept whatever became of the visit."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town
from two_stops import rows

from domain.defects import DefectKind
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence
from domain.refusals import Refusal
from domain.sign_offs import SignOff
from domain.tickets import Channel, Ticket, TicketState
from domain.triage import Tier
from domain.visit_facts import FoundDefect, PartUse, UnfinishedWork, VisitNote, VisitPhoto, VisitStep

WORK = {"checklist": [], "parts": [], "minutes": 25, "note": "", "document_hash": "b" * 64}
SAID: dict[str, dict[str, Any]] = {
    "accept": {},
    "depart": {},
    "arrive": {},
    "start": {},
    "pause": {"reason": "drying", "note": "Sealant"},
    "no_access": {"reason": "nobody_home"},
    "another_visit": {"reason": "parts_missing", "done": "Water is off", "needed": "DN20 valve", "minutes": 15},
    "refuse": WORK | {"reason": "wait_and_see", "witness_name": "Li Qiang"},
    "add_note": {"text": "The gate is broken"},
    "use_part": {"code": "bulb", "name": "Bulb", "quantity": 2},
    "attach_photo": {"photo": "c" * 64, "shows": "before"},
    "found_defect": {"defect": "slow-leak", "description": "Drips", "place": "Bathroom, left wall"},
}
FACTS = {
    "accept": VisitStep, "depart": VisitStep, "arrive": VisitStep, "start": VisitStep, "pause": VisitStep,
    "no_access": VisitStep, "another_visit": UnfinishedWork, "refuse": Refusal, "add_note": VisitNote,
    "use_part": PartUse, "attach_photo": VisitPhoto, "found_defect": FoundDefect,
}  # fmt: skip


def visit(town: Town, visit_id: str) -> Visit:
    return next(one for one in rows(town, Visit) if one.id == UUID(visit_id))


def job(town: Town, visit_id: str) -> Job:
    job_id = visit(town, visit_id).job_id
    return next(one for one in rows(town, Job) if one.id == job_id)


def ticket(town: Town, visit_id: str) -> Ticket:
    ticket_id = job(town, visit_id).ticket_id
    return next(one for one in rows(town, Ticket) if one.id == ticket_id)


def say(phone: Pocket, kind: str, stop: str, **values: Any) -> dict[str, Any]:
    return phone.operation(kind, stop, **SAID[kind] | values)


def test_a_visit_is_taken_set_out_for_paused_and_gone_on_with(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    kinds = ["accept", "depart", "arrive", "start", "pause", "start"]
    verdicts = phone.send(*(say(phone, kind, stop) for kind in kinds))
    assert [(v["status"], v["visit_state"]) for v in verdicts] == [
        ("applied", state) for state in ("planned", "travelling", "arrived", "started", "paused", "started")
    ]
    there = visit(town, stop)
    assert there.accepted_at
    assert there.departed_at
    steps = sorted(rows(town, VisitStep), key=lambda step: step.op_id)
    assert [(step.kind, step.reason) for step in steps] == [
        (kind, "drying" if kind == "pause" else None) for kind in kinds
    ]
    assert phone.stops()[0]["accepted"] is True
    assert phone.stops()[1]["accepted"] is False


@pytest.mark.parametrize("kind", SAID)
def test_every_kind_counts_once_however_often_it_is_sent(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]
    if kind == "pause":
        phone.send(say(phone, "start", stop))
    tickets = len(rows(town, Ticket))
    before = len(rows(town, FACTS[kind]))
    operation = say(phone, kind, stop)
    assert [phone.send(operation)[0]["status"] for _ in range(3)] == ["applied", "duplicate", "duplicate"]
    assert len(rows(town, FACTS[kind])) == before + 1
    assert len(rows(town, Ticket)) == tickets + (kind == "found_defect")


@pytest.mark.parametrize("kind", SAID)
def test_what_was_done_at_a_visit_that_went_to_a_colleague_is_kept(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]

    async def give_away(session: AsyncSession) -> None:
        (await session.get_one(Visit, UUID(stop))).technician_id = town.technicians[1]

    town.write(give_away)
    [verdict] = phone.send(say(phone, kind, stop))
    if kind == "found_defect":  # the defect is there, whoever comes
        assert verdict["status"] == "applied"
    else:
        assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "visit_moved")
        assert len(Desk(phone.client, "dora").get("/api/v1/conflicts").json()) == 1
    assert len(rows(town, FACTS[kind])) == 1
    assert visit(town, stop).state is VisitState.PLANNED


@pytest.mark.parametrize("kind", [kind for kind in SAID if kind != "found_defect"])
def test_what_was_done_at_a_visit_that_was_cancelled_is_kept(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]

    async def cancel(session: AsyncSession) -> None:
        (await session.get_one(Visit, UUID(stop))).move(VisitState.CANCELLED)

    town.write(cancel)
    [verdict] = phone.send(say(phone, kind, stop))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "visit_cancelled")
    assert len(rows(town, FACTS[kind])) == 1
    assert visit(town, stop).state is VisitState.CANCELLED


@pytest.mark.parametrize("kind", ["no_access", "another_visit", "refuse"])
def test_an_end_after_the_end_is_kept_for_a_person_to_look_at(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(stop))
    [verdict] = phone.send(say(phone, kind, stop))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "illegal_move")
    assert len(rows(town, FACTS[kind])) == 1
    assert visit(town, stop).state is VisitState.DONE


@pytest.mark.parametrize("kind", ["accept", "depart", "pause"])
def test_a_step_after_the_end_has_no_effect(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(stop))
    [verdict] = phone.send(say(phone, kind, stop))
    assert (verdict["status"], verdict["reason"], verdict["visit_state"]) == ("rejected", "illegal_move", "done")
    assert [step.kind for step in rows(town, VisitStep)] == []


@pytest.mark.parametrize("kind", ["add_note", "use_part", "attach_photo", "found_defect"])
def test_notes_parts_photos_and_defects_may_come_after_the_end(phone: Pocket, town: Town, kind: str) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(phone.complete(stop))
    [verdict] = phone.send(say(phone, kind, stop))
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "done")
    assert len(rows(town, FACTS[kind])) == 1


def test_a_shut_door_lets_the_job_wait_and_the_next_plan_takes_it_up(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    [verdict] = phone.send(say(phone, "no_access", stop, note="Nobody answers"))
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "no_access")
    assert job(town, stop).state is JobState.WAITING
    assert ticket(town, stop).attended_at
    town.publish()
    again = [one for one in rows(town, Visit) if one.job_id == job(town, stop).id]
    assert sorted(one.state for one in again) == [VisitState.NO_ACCESS, VisitState.PLANNED]


def test_unfinished_work_tells_the_next_technician_what_is_needed(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(say(phone, "another_visit", stop))
    assert (visit(town, stop).state, job(town, stop).state) == (VisitState.NEEDS_ANOTHER, JobState.WAITING)
    [left] = rows(town, UnfinishedWork)
    assert (left.done, left.needed, left.work) == ("Water is off", "DN20 valve", timedelta(minutes=15))
    town.publish()
    told = next(one for one in phone.stops() if one["job_id"] == str(job(town, stop).id) and one["visit_id"] != stop)
    assert [(past["outcome"], past["note"]) for past in told["history"]] == [("needs_another", "DN20 valve")]


def test_a_repair_that_the_owner_does_not_sign_is_done_all_the_same(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    [verdict] = phone.send(say(phone, "refuse", stop))
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "done")
    assert job(town, stop).state is JobState.DONE
    assert ticket(town, stop).state is TicketState.CLOSED
    [refusal] = rows(town, Refusal)
    assert (refusal.reason, refusal.witness_name, refusal.work) == (
        "wait_and_see",
        "Li Qiang",
        timedelta(minutes=25),
    )
    seen_on = refusal.happened_at.astimezone(ZoneInfo("Europe/Lisbon")).date()
    assert refusal.watch_until == seen_on + timedelta(days=90)
    assert rows(town, SignOff) == []


def test_an_owner_who_says_that_it_is_not_repaired_gets_another_visit(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    [verdict] = phone.send(say(phone, "refuse", stop, reason="not_repaired"))
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "needs_another")
    assert job(town, stop).state is JobState.WAITING
    assert ticket(town, stop).state is TicketState.OPEN
    [refusal] = rows(town, Refusal)
    assert refusal.watch_until is None


def test_a_defect_found_on_site_is_a_ticket_for_the_same_home(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    operation = say(phone, "found_defect", stop)
    [verdict] = phone.send(operation)
    assert (verdict["status"], verdict["visit_state"]) == ("applied", "planned")
    [found] = rows(town, FoundDefect)
    opened = next(one for one in rows(town, Ticket) if one.id == found.ticket_id)
    assert opened.home_id == ticket(town, stop).home_id
    assert (opened.defect_code, opened.channel, opened.contact_phone) == ("slow-leak", Channel.ON_SITE, "13812340000")
    assert opened.description == "Bathroom, left wall\nDrips"
    assert (opened.source, opened.reference) == ("phone", operation["op_id"])
    assert opened.tier is Tier.GENERAL
    assert [one.state for one in rows(town, Job) if one.ticket_id == opened.id] == [JobState.WAITING]
    assert len({one.home_id for one in rows(town, Ticket)}) == 2


@pytest.mark.parametrize(("suggested", "tier"), [("emergency", Tier.EMERGENCY), ("minor", Tier.GENERAL)])
def test_a_technician_s_suggestion_raises_the_tier_and_never_lowers_it(
    phone: Pocket, town: Town, suggested: str, tier: Tier
) -> None:
    phone.send(say(phone, "found_defect", phone.stops()[0]["visit_id"], tier=suggested))
    [found] = rows(town, FoundDefect)
    assert found.suggested_tier == suggested
    assert next(one.tier for one in rows(town, Ticket) if one.id == found.ticket_id) is tier


def test_a_defect_that_the_catalogue_does_not_hold_is_refused_with_its_reason(phone: Pocket, town: Town) -> None:
    before = len(rows(town, Ticket))
    stop = phone.stops()[0]["visit_id"]
    bad, good = say(phone, "found_defect", stop, defect="ghost"), say(phone, "add_note", stop)
    first, second = phone.send(bad, good)
    assert (first["status"], first["reason"]) == ("rejected", "unknown_defect")
    assert second["status"] == "applied"
    assert len(rows(town, Ticket)) == before


def test_a_reason_that_is_not_on_the_list_is_one_rejection(phone: Pocket) -> None:
    stop = phone.stops()[0]["visit_id"]
    verdicts = phone.send(say(phone, "no_access", stop, reason="bored"), say(phone, "arrive", stop))
    assert [(v["status"], v.get("reason")) for v in verdicts] == [
        ("rejected", "invalid_operation"),
        ("applied", None),
    ]


def test_the_sheet_brings_the_catalogue_and_the_step_of_a_recipe(phone: Pocket, town: Town) -> None:
    [sheet] = [one["body"] for one in phone.sync().json()["changes"] if one["kind"] == "route_sheet"]
    assert {one["code"] for one in sheet["defects"]} == {kind.code for kind in rows(town, DefectKind)}
    assert [stop["step"] for stop in phone.stops()] == [None, None]

    async def give_recipe(session: AsyncSession) -> None:
        recipe = [
            {"name_en": "Open", "name_zh": "打开", "minutes": 30},
            {"name_en": "Close", "name_zh": "封闭", "minutes": 20, "wait_h": [24, 48]},
        ]
        await session.execute(update(DefectKind).where(DefectKind.code == "light-fitting").values(recipe=recipe))

    async def take_recipe(session: AsyncSession) -> None:
        await session.execute(update(DefectKind).where(DefectKind.code == "light-fitting").values(recipe=[]))

    town.write(give_recipe)
    try:
        town.publish()
        assert [stop["step"] for stop in phone.stops()] == [
            {"code": "light-fitting", "en": "Open", "zh": "打开", "number": 1, "count": 2}
        ] * 2
    finally:
        town.write(take_recipe)


def test_a_visit_that_goes_to_somebody_else_is_no_longer_accepted(phone: Pocket, town: Town) -> None:
    stop = phone.stops()[0]["visit_id"]
    phone.send(say(phone, "accept", stop))

    async def swap(session: AsyncSession) -> None:
        for absent in await session.scalars(select(Absence)):
            absent.technician_id = town.technicians[0]

    async def swap_back(session: AsyncSession) -> None:
        for absent in await session.scalars(select(Absence)):
            absent.technician_id = town.technicians[1]

    town.write(swap)
    try:
        town.publish()
    finally:
        town.write(swap_back)
    moved = visit(town, stop)
    assert (moved.technician_id, moved.accepted_at) == (town.technicians[1], None)


@pytest.mark.parametrize("fact", sorted({kind.__tablename__ for kind in FACTS.values()}))
def test_the_app_can_change_no_fact(phone: Pocket, town: Town, fact: str) -> None:
    kind = next(one for one in FACTS.values() if one.__tablename__ == fact)

    async def change(session: AsyncSession) -> None:
        await session.execute(update(kind).values(visit_id=UUID(int=1)))

    async def remove(session: AsyncSession) -> None:
        await session.execute(delete(kind))

    for attempt in (change, remove):
        with pytest.raises(ProgrammingError, match="permission denied"):
            town.write(attempt)
