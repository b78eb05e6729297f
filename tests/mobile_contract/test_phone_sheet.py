"""The phone's copy of the route sheets: the same as the office's after any sync, whatever came in between."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from conforming_office import Fault, Office, Running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_samples import MORNING, STROKES, a_complete, a_route_sheet, a_stop, anything

from mobile_contract import client
from mobile_contract.client import Phone, PhoneError, Refused, Unreachable
from mobile_contract.phone.optimistic import ENDS, state_after
from mobile_contract.v1 import Arrive, Complete, Operation, ReasonCode, Start, VisitState, document_hash


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


@pytest.mark.parametrize(
    ("synced", "unsent", "seen"),
    [
        ("planned", "", "planned"),
        ("planned", "A", "arrived"),
        ("travelling", "A", "arrived"),
        ("started", "A", "started"),
        ("planned", "S", "started"),
        ("paused", "S", "started"),
        ("paused", "A", "paused"),
        ("planned", "ASC", "done"),
        ("started", "R", "needs_another"),
        ("started", "CR", "done"),
        ("cancelled", "AS", "cancelled"),
        ("cancelled", "ASC", "done"),
        ("done", "ASR", "done"),
        ("no_access", "C", "no_access"),
    ],
)
def test_a_visit_looks_as_far_as_its_technician_brought_it(synced: str, unsent: str, seen: str) -> None:
    done = a_complete()
    common = {"op_id": done.op_id, "device_seq": 1, "visit_id": done.visit_id, "at": done.at}
    refused = msgspec.structs.replace(done.sign_off, accepted=False)
    letters: dict[str, Operation] = {
        "A": Arrive(**common), "S": Start(**common), "C": done, "R": a_complete(sign_off=refused),
    }  # fmt: skip
    assert state_after(VisitState(synced), [letters[letter] for letter in unsent]) == seen


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(synced=st.sampled_from(VisitState), unsent=st.lists(anything(Operation), max_size=5))
def test_unsent_work_only_brings_a_visit_forward(synced: VisitState, unsent: list[Operation]) -> None:
    order = [VisitState.PLANNED, VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED]
    seen = state_after(synced, unsent)
    kinds = {type(operation) for operation in unsent}
    accepted = [one.sign_off.accepted for one in unsent if isinstance(one, Complete)]
    if synced in ENDS - {VisitState.CANCELLED}:
        assert seen is synced
    elif Complete in kinds:
        assert seen is (VisitState.DONE if accepted[0] else VisitState.NEEDS_ANOTHER)
    elif synced is VisitState.CANCELLED:
        assert seen is VisitState.CANCELLED
    elif Start in kinds:
        assert seen is VisitState.STARTED
    elif synced in order:
        assert order.index(seen) >= order.index(VisitState.ARRIVED if Arrive in kinds else synced)
    else:
        assert seen is synced is VisitState.PAUSED
    assert state_after(seen, unsent) is seen or Complete in kinds or synced is VisitState.PAUSED


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


def test_every_error_of_a_phone_is_one_family() -> None:
    others = {"CLIENT_VERSION", "Flagged", "Phone"}
    errors = [getattr(client, name) for name in set(client.__all__) - others]
    assert len(errors) == 6
    assert all(issubclass(error, PhoneError) for error in errors)
