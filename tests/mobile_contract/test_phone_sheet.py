"""The phone's copy of the route sheets: the same as the office's after any sync, whatever came in between."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from conforming_office import Fault, Office, Running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_samples import MORNING, SAYINGS, STROKES, a_complete, a_route_sheet, a_stop

from mobile_contract import client
from mobile_contract.client import Phone, PhoneError, Refused, Unreachable
from mobile_contract.phone.optimistic import ENDS, state_after
from mobile_contract.v1 import Complete, Operation, ReasonCode, RefusalReason, Refuse, VisitState, document_hash


def ids(phone: Phone) -> list[UUID]:
    return [stop.visit_id for stop in phone.stops()]


def test_a_first_sync_brings_the_day_in_its_order(phone: Phone, office: Office) -> None:
    assert (phone.sheet(), phone.stops()) == (None, [])
    visits = office.plan(5)
    assert phone.sync() == 6
    assert ids(phone) == visits
    sheet = phone.sheet()
    assert sheet is not None
    assert (sheet.technician_name, sheet.day) == ("陈伟", MORNING.date())
    assert phone.sheet(MORNING.date()) == sheet
    assert phone.sheet(MORNING.date().replace(year=2030)) is None
    assert phone.sync() == 0


def test_pages_are_read_to_the_end_and_take_effect_together(phone: Phone, office: Office) -> None:
    visits = office.plan(9)
    office.page = 2
    office.faults.extend([Fault.NONE, Fault.NONE, Fault.CUT_ANSWER])
    with pytest.raises(Unreachable):
        phone.sync()
    assert (phone.sheet(), phone.stops()) == (None, [])
    assert phone.sync() == 10
    assert ids(phone) == visits


def test_an_office_that_begins_anew_between_two_pages_leaves_nothing_of_the_first(phone: Phone, office: Office) -> None:
    office.plan(3)
    office.page = 2

    def begin_anew(path: str) -> None:
        office.after = lambda path: None
        office.feed.clear()
        office.plan(1)
        office.forget_cursors()

    office.after = begin_anew
    assert phone.sync() == 2
    assert len(phone.stops()) == 1


def test_a_tombstone_takes_a_stop_away_and_a_change_replaces_it(phone: Phone, office: Office) -> None:
    first, second, third = office.plan(3)
    phone.sync()
    office.put(f"stop:{first}", "stop", None)
    moved = a_stop(position=4, visit_id=second)
    office.put(f"stop:{second}", "stop", moved)
    assert phone.sync() == 2
    assert ids(phone) == [third, second]
    assert phone.stops()[1] == moved


def test_a_full_answer_drops_what_the_office_no_longer_lists(phone: Phone, office: Office) -> None:
    office.plan(3)
    phone.sync()
    office.feed.clear()
    (today,) = office.plan(1)
    office.forget_cursors()
    phone.sync()
    assert ids(phone) == [today]


def test_the_copy_and_the_cursor_outlive_the_process(
    phone: Phone, office: Office, running_office: Running, tmp_path: Path
) -> None:
    visits = office.plan(2)
    phone.sync()
    phone.close()
    with Phone(tmp_path / "phone", running_office.url) as woken:
        assert ids(woken) == visits
        assert woken.sync() == 0


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.CUT_ANSWER, Fault.ERROR_500, Fault.PORTAL, Fault.REDIRECT])
def test_a_sync_that_fails_changes_nothing_and_says_so(phone: Phone, office: Office, fault: Fault) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    office.plan(3)
    office.faults.append(fault)
    with pytest.raises(Unreachable):
        phone.sync()
    assert ids(phone) == [visit]
    phone.sync()
    assert len(ids(phone)) == 4


def test_a_body_that_can_not_be_read_changes_nothing(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    office.put("stop:broken", "stop", {"visit_id": "?"})
    with pytest.raises(Unreachable, match="visit_id"):
        phone.sync()
    assert ids(phone) == [visit]


def test_a_server_that_never_ends_is_not_followed_for_ever(phone: Phone, office: Office) -> None:
    office.plan(3)
    office.page = 0
    with pytest.raises(Unreachable, match="cursor stands still"):
        phone.sync()


def test_kinds_newer_than_the_client_are_carried_and_not_read(phone: Phone, office: Office) -> None:
    office.plan(1)
    office.put("message:1", "message", {"text": "早上好"})
    assert phone.sync() == 3
    assert len(phone.stops()) == 1


def test_the_phone_says_when_a_newer_client_is_wanted(phone: Phone, office: Office) -> None:
    phone.sync()
    assert not phone.update_wanted
    office.announced = "1.0.1"
    phone.sync()
    assert phone.update_wanted
    office.minimum_client = "1.0.1"
    with pytest.raises(Refused) as refusal:
        phone.sync()
    assert refusal.value.reason is ReasonCode.TOO_OLD_CLIENT


def test_a_visit_taken_away_in_the_middle_of_the_work_stays_until_it_is_signed(phone: Phone, office: Office) -> None:
    begun, planned = office.plan(2)
    phone.sync()
    phone.arrive(begun)
    phone.start(begun)
    phone.send()
    for visit in (begun, planned):
        office.put(f"stop:{visit}", "stop", None)
        office.moved.add(visit)
    phone.sync()
    assert ids(phone) == [begun]
    assert phone.withdrawn() == {begun}
    phone.complete(begun, minutes=30, signer_name="王芳", strokes=STROKES)
    phone.send()
    assert (ids(phone), phone.withdrawn(), phone.unsent) == ([], set(), 0)
    assert len(office.effects) == 3


def test_a_visit_taken_away_can_be_put_down_and_one_that_was_not_can_not(phone: Phone, office: Office) -> None:
    begun, other = office.plan(2)
    phone.sync()
    phone.arrive(begun)
    office.feed.clear()
    office.put(f"stop:{other}", "stop", a_stop(visit_id=other))
    office.forget_cursors()
    phone.sync()
    assert phone.withdrawn() == {begun}
    phone.put_down(begun)
    phone.put_down(other)
    assert ids(phone) == [other]
    assert phone.unsent == 1


def test_a_visit_that_comes_back_is_no_longer_withdrawn(phone: Phone, office: Office) -> None:
    (begun,) = office.plan(1)
    phone.sync()
    phone.arrive(begun)
    office.put(f"stop:{begun}", "stop", None)
    phone.sync()
    office.put(f"stop:{begun}", "stop", a_stop(visit_id=begun))
    phone.sync()
    assert (ids(phone), phone.withdrawn()) == ([begun], set())


def test_several_days_are_held_side_by_side(phone: Phone, office: Office) -> None:
    today = a_route_sheet()
    tomorrow = msgspec.structs.replace(today, day=today.day.replace(day=4))
    office.put("route_sheet:2", "route_sheet", tomorrow)
    office.put("route_sheet:1", "route_sheet", today)
    phone.sync()
    assert (phone.sheet(), phone.sheet(tomorrow.day)) == (today, tomorrow)


LETTERS = {
    "O": "depart", "A": "arrive", "S": "start", "P": "pause", "C": "complete", "R": "complete", "F": "refuse",
    "D": "refuse", "N": "no_access", "M": "another_visit", "K": "accept", "+": "add_note", "!": "found_defect",
}  # fmt: skip
"""R is a sign-off that refuses; F a refused signature, D one because the defect is still there."""


def an_operation(letter: str) -> Operation:
    done = a_complete()
    fields = msgspec.to_builtins(done)
    said: dict[str, Any] = {name: fields[name] for name in ("op_id", "device_seq", "visit_id", "at")}
    work = {name: fields[name] for name in ("checklist", "parts", "minutes", "note")}
    signed = fields["sign_off"] | {"accepted": letter != "R"}
    reason = "not_repaired" if letter == "D" else "payment"
    own = {
        "pause": {"reason": "unsafe"},
        "complete": work | {"sign_off": signed},
        "refuse": work | {"reason": reason, "witness_name": "李强", "document_hash": "0" * 64},
        "no_access": {"reason": "no_key"},
        "another_visit": {"reason": "more_time", "done": "", "needed": ""},
        "add_note": {"text": "试水正常"},
        "found_defect": {"defect": "leak", "description": ""},
    }
    kind = LETTERS[letter]
    return msgspec.convert(said | own.get(kind, {}) | {"kind": kind}, Operation)


@pytest.mark.parametrize(
    ("synced", "unsent", "seen"),
    [
        ("planned", "", "planned"),
        ("planned", "K+!", "planned"),
        ("planned", "O", "travelling"),
        ("planned", "AO", "arrived"),
        ("planned", "A", "arrived"),
        ("travelling", "A", "arrived"),
        ("started", "A", "started"),
        ("planned", "S", "started"),
        ("paused", "S", "started"),
        ("paused", "A", "paused"),
        ("planned", "OASP", "paused"),
        ("planned", "OASPS", "started"),
        ("arrived", "P", "paused"),
        ("planned", "P", "planned"),
        ("planned", "ASC", "done"),
        ("started", "R", "needs_another"),
        ("started", "F", "done"),
        ("started", "D", "needs_another"),
        ("paused", "M", "needs_another"),
        ("planned", "N", "no_access"),
        ("arrived", "NC", "no_access"),
        ("started", "CR", "done"),
        ("cancelled", "OASP", "cancelled"),
        ("cancelled", "ASC", "done"),
        ("cancelled", "N", "no_access"),
        ("done", "ASR", "done"),
        ("no_access", "C", "no_access"),
    ],
)
def test_a_visit_looks_as_far_as_its_technician_brought_it(synced: str, unsent: str, seen: str) -> None:
    assert state_after(VisitState(synced), map(an_operation, unsent)) == seen


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(synced=st.sampled_from(VisitState), unsent=st.lists(st.sampled_from(sorted(LETTERS)), max_size=6))
def test_unsent_work_only_brings_a_visit_forward(synced: VisitState, unsent: list[str]) -> None:
    seen = state_after(synced, map(an_operation, unsent))
    endings = {
        "C": "done",
        "F": "done",
        "R": "needs_another",
        "D": "needs_another",
        "M": "needs_another",
        "N": "no_access",
    }
    first_end = next((endings[letter] for letter in unsent if letter in endings), None)
    order = ["planned", "travelling", "arrived", "started", "paused"]
    if synced in ENDS - {VisitState.CANCELLED}:
        assert seen is synced
    elif first_end:
        assert seen == first_end
    elif synced is VisitState.CANCELLED:
        assert seen is synced
    else:
        floor = {"O": "travelling", "A": "arrived", "S": "started"}
        reached = max([synced, *(floor[one] for one in unsent if one in floor)], key=order.index)
        least = "started" if reached == "paused" and "S" in unsent else reached
        assert order.index(seen) >= order.index(least)
        assert seen != "paused" or "P" in unsent or synced == "paused"


@pytest.mark.parametrize("kind", SAYINGS)
def test_whatever_a_phone_says_arrives_as_it_was_said(phone: Phone, office: Office, kind: str) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    op_id = SAYINGS[kind](phone, visit)
    assert phone.unsent == 1
    assert [verdict.status for verdict in phone.send()] == ["applied"]
    (effect,) = office.effects
    assert (effect.op_id, effect.__struct_config__.tag) == (op_id, kind)
    assert (phone.unsent, phone.flagged()) == (0, [])


def test_a_visit_that_was_accepted_looks_so_before_and_after_it_was_sent(phone: Phone, office: Office) -> None:
    taken, other = office.plan(2)
    phone.sync()
    phone.accept(taken)
    phone.add_note(other, "门禁坏了")
    assert [stop.accepted for stop in phone.stops()] == [True, False]
    phone.send()
    assert [stop.accepted for stop in phone.stops()] == [True, False]


def test_a_ping_that_must_wait_holds_up_nothing_and_waits_for_nothing(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    office.busy = {phone.ping(39.99, 116.47)}
    others = [phone.arrive(visit), phone.ping(39.98, 116.47)]
    phone.send()
    assert [effect.op_id for effect in office.effects] == others
    assert phone.unsent == 1


def test_what_the_owner_reads_is_what_is_sealed(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    work = a_complete()
    said = {"minutes": 35, "checklist": work.checklist, "parts": work.parts, "note": "已试水"}
    document = phone.shown(visit, **said)
    phone.complete(visit, **said, signer_name="王芳", strokes=STROKES)
    phone.send()
    (complete,) = office.effects
    assert isinstance(complete, Complete)
    assert complete.sign_off.document_hash == document_hash(document)
    assert (document.ticket_number, document.note) == (phone.stops()[0].ticket_number, "已试水")


def test_what_an_owner_refuses_to_sign_is_sealed_too_and_names_a_witness(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    work = a_complete()
    said = {"minutes": 35, "checklist": work.checklist, "parts": work.parts, "note": "已试水"}
    document = phone.shown(visit, **said)
    phone.refuse(visit, RefusalReason.NOT_REPAIRED, **said, witness_name="物业 李强", remark="仍在滴水")
    assert phone.stops()[0].state is VisitState.NEEDS_ANOTHER
    phone.send()
    (refused,) = office.effects
    assert isinstance(refused, Refuse)
    assert refused.document_hash == document_hash(document)
    assert (refused.witness_name, refused.remark, refused.note) == ("物业 李强", "仍在滴水", "已试水")


def test_every_error_of_a_phone_is_one_family() -> None:
    others = {"CLIENT_VERSION", "Flagged", "Phone"}
    errors = [getattr(client, name) for name in set(client.__all__) - others]
    assert len(errors) == 6
    assert all(issubclass(error, PhoneError) for error in errors)
