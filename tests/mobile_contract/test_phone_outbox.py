"""The outbox against a real server on a bad network: it never loses, and never drops without a verdict."""

import threading
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from conforming_office import Fault, Office, Running
from wire_samples import STROKES, a_complete

from mobile_contract.client import NotRecorded, Phone, Refused
from mobile_contract.phone.outbox import Outbox
from mobile_contract.phone.storage import Storage
from mobile_contract.v1 import Arrive, Complete, ReasonCode, Verdict, VerdictStatus, VisitState

LOSING = [fault for fault in Fault if fault not in (Fault.NONE, Fault.HANDLE_TWICE, Fault.SAY_TWICE)]


def finish(phone: Phone, visit_id: UUID) -> list[UUID]:
    return [
        phone.arrive(visit_id),
        phone.start(visit_id),
        phone.complete(visit_id, minutes=40, signer_name="王芳", strokes=STROKES),
    ]


def state(phone: Phone, visit_id: UUID) -> VisitState:
    return next(stop.state for stop in phone.stops() if stop.visit_id == visit_id)


def test_work_without_a_network_is_kept_and_arrives_once_in_its_order(phone: Phone, office: Office) -> None:
    first, second = office.plan(2)
    phone.sync()
    office.faults.extend([Fault.DROP_BEFORE] * 3)
    recorded = finish(phone, first) + finish(phone, second)
    for _ in range(3):
        assert phone.send() == []
        assert phone.unsent == 6
    assert {verdict.status for verdict in phone.send()} == {VerdictStatus.APPLIED}
    assert phone.unsent == 0
    assert [operation.op_id for operation in office.effects] == recorded
    assert [operation.device_seq for operation in office.effects] == [1, 2, 3, 4, 5, 6]
    assert phone.send() == []


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_happens_on_the_way_every_operation_takes_effect_once(
    phone: Phone, office: Office, fault: Fault
) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    recorded = finish(phone, visit)
    office.faults.append(fault)
    phone.send()
    unsent = phone.unsent
    assert (unsent > 0) is (fault in LOSING)
    phone.send()
    assert phone.unsent == 0
    assert [operation.op_id for operation in office.effects] == recorded
    assert phone.flagged() == []
    assert state(phone, visit) is VisitState.DONE


def test_what_the_technician_did_shows_at_once_and_stays_through_sending(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    assert state(phone, visit) is VisitState.PLANNED
    phone.arrive(visit)
    assert state(phone, visit) is VisitState.ARRIVED
    phone.send()
    assert (phone.unsent, state(phone, visit)) == (0, VisitState.ARRIVED)
    phone.start(visit)
    assert state(phone, visit) is VisitState.STARTED


def test_an_owner_who_refuses_leaves_a_visit_that_needs_another(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    phone.complete(visit, minutes=40, signer_name="王芳", strokes=STROKES, accepted=False)
    assert state(phone, visit) is VisitState.NEEDS_ANOTHER
    phone.send()
    assert (phone.unsent, state(phone, visit)) == (0, VisitState.NEEDS_ANOTHER)
    (complete,) = office.effects
    assert isinstance(complete, Complete)
    assert not complete.sign_off.accepted


def test_a_rejected_operation_stops_none_after_it_and_stays_to_be_seen(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    finish(phone, visit)
    phone.send()
    refused = phone.start(visit)
    unknown = phone.arrive(UUID(int=7))
    other = office.plan(1)[0]
    kept = phone.arrive(other)
    assert [verdict.status for verdict in phone.send()] == ["rejected", "rejected", "applied"]
    assert phone.unsent == 0
    assert [(flag.operation.op_id, flag.verdict.reason, flag.verdict.detail) for flag in phone.flagged()] == [
        (refused, ReasonCode.ILLEGAL_MOVE, "Not this one."),
        (unknown, ReasonCode.UNKNOWN_VISIT, "Not this one."),
    ]
    assert office.effects[-1].op_id == kept


def test_work_on_a_visit_that_was_moved_is_kept_and_flagged(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    recorded = finish(phone, visit)
    office.moved.add(visit)
    phone.send()
    assert phone.unsent == 0
    assert [operation.op_id for operation in office.effects] == recorded
    assert {flag.verdict.reason for flag in phone.flagged()} == {ReasonCode.VISIT_MOVED}


def test_a_retry_holds_back_its_own_visit_and_no_other(phone: Phone, office: Office) -> None:
    slow, *others = office.plan(70)
    phone.sync()
    stuck = phone.arrive(slow)
    for visit in others:
        phone.arrive(visit)
        phone.start(visit)
    phone.start(slow)  # the 140th: in the second batch, ahead of which its arrival got `retry`
    office.busy.add(stuck)
    phone.send()
    assert phone.unsent == 2
    assert len(office.effects) == 138
    office.busy.clear()
    phone.send()
    assert phone.unsent == 0
    assert [type(operation).__name__ for operation in office.effects[-2:]] == ["Arrive", "Start"]
    assert [operation.device_seq for operation in office.effects[-2:]] == [1, 140]


def test_batches_hold_at_most_100_and_go_in_order(phone: Phone, office: Office) -> None:
    visits = office.plan(250)
    phone.sync()
    for visit in visits:
        phone.arrive(visit)
    phone.send()
    assert office.batches == [100, 100, 50]
    assert [operation.device_seq for operation in office.effects] == list(range(1, 251))


def test_a_batch_holds_no_more_bytes_than_the_server_reads(phone: Phone, office: Office) -> None:
    visits = office.plan(9)
    phone.sync()
    long_signature = [[(x % 10_000, 20_000, 3_600_000) for x in range(10_000, 30_000)]]
    for visit in visits:
        phone.complete(visit, minutes=1, signer_name="王芳", strokes=long_signature)  # type: ignore[arg-type]
    phone.send()
    assert phone.unsent == 0
    assert sum(office.batches) == 9
    assert len(office.batches) > 1


def test_a_server_that_reads_less_gets_smaller_batches(phone: Phone, office: Office) -> None:
    for visit in office.plan(20):
        phone.arrive(visit)
    office.most = 3
    phone.send()
    assert phone.unsent == 0
    assert [operation.device_seq for operation in office.effects] == list(range(1, 21))


def test_one_operation_that_no_server_reads_is_kept_and_stops_none_of_the_others(phone: Phone, office: Office) -> None:
    operations = [phone.arrive(visit) for visit in office.plan(9)]
    office.unreadable_with = {operations[4]}
    phone.send()
    assert phone.unsent == 1
    assert len(office.effects) == 8
    office.unreadable_with = set()
    phone.send()
    assert phone.unsent == 0


def test_a_repaired_fault_needs_no_new_recording_the_same_bytes_go_out_again(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.arrive(visit)
    office.faults.append(Fault.DROP_AFTER)
    phone.send()
    assert (phone.unsent, len(office.effects)) == (1, 1)
    (verdict,) = phone.send()
    assert verdict.status is VerdictStatus.DUPLICATE
    assert (phone.unsent, len(office.effects)) == (0, 1)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (lambda office: office.revoked.update(office.devices), ReasonCode.DEVICE_REVOKED),
        (lambda office: office.devices.clear(), ReasonCode.NOT_PAIRED),
        (lambda office: setattr(office, "minimum_client", "9.0.0"), ReasonCode.TOO_OLD_CLIENT),
    ],
    ids=["revoked", "not paired", "too old"],
)
def test_what_a_person_must_settle_is_said_and_the_outbox_is_kept(
    phone: Phone, office: Office, trouble: object, reason: ReasonCode
) -> None:
    phone.arrive(office.plan(1)[0])
    trouble(office)  # type: ignore[operator]
    with pytest.raises(Refused) as refusal:
        phone.send()
    assert refusal.value.reason is reason
    assert phone.unsent == 1


def test_work_out_of_bounds_is_refused_before_it_is_stored(phone: Phone, office: Office) -> None:
    (visit,) = office.plan(1)
    phone.sync()
    with pytest.raises(NotRecorded, match="minutes"):
        phone.complete(visit, minutes=2000, signer_name="王芳", strokes=STROKES)
    with pytest.raises(NotRecorded, match="signer_name"):
        phone.complete(visit, minutes=20, signer_name="", strokes=STROKES)
    with pytest.raises(NotRecorded, match="strokes"):
        phone.complete(visit, minutes=20, signer_name="王芳", strokes=[])
    with pytest.raises(NotRecorded, match="not on this phone"):
        phone.complete(UUID(int=9), minutes=20, signer_name="王芳", strokes=STROKES)
    with pytest.raises(NotRecorded, match=r"surrogates|UTF-8|utf-8"):
        phone.complete(visit, minutes=20, signer_name="\ud800", strokes=STROKES)
    assert phone.unsent == 0
    phone.arrive(visit)
    phone.send()
    assert [operation.device_seq for operation in office.effects] == [1]


def test_a_verdict_counts_only_for_what_was_sent(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    outbox = Outbox(storage)
    sent = outbox.record(lambda seq: msgspec.structs.replace(a_complete(), device_seq=seq))
    assert len(outbox.take(100, 10_000)) == 1
    still_here = outbox.record(lambda seq: msgspec.structs.replace(a_complete(), device_seq=seq))
    outbox.settle([Verdict(op_id=op_id, status=VerdictStatus.APPLIED) for op_id in (sent, still_here)])
    outbox.release()
    (left,) = outbox.take(100, 10_000)
    assert msgspec.json.decode(left)["op_id"] == str(still_here)
    storage.close()


def test_recording_goes_on_while_a_slow_send_is_on_its_way(
    phone: Phone, office: Office, running_office: Running
) -> None:
    first, second = office.plan(2)
    phone.arrive(first)
    arrived, go_on = threading.Event(), threading.Event()

    def wait(path: str) -> None:
        arrived.set()
        go_on.wait(10)

    office.before = wait
    sending = threading.Thread(target=phone.send)
    sending.start()
    assert arrived.wait(10)
    phone.arrive(second)
    assert phone.unsent == 2
    go_on.set()
    sending.join(10)
    assert phone.unsent == 0
    assert [type(operation) for operation in office.effects] == [Arrive, Arrive]
