"""Any sequence of recording, sending, dying and bad network ends with every operation delivered exactly once."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import httpx
from conforming_office import Fault, Office, Running
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from wire_samples import SAYINGS

from mobile_contract.client import Phone, StorageError, Unreachable

FAULTS = st.lists(st.sampled_from(Fault), max_size=3)
VISITS = st.integers(0, 3)
SIGNED = {"complete", "refuse"}


class Killed(BaseException):
    """The phone's process is gone: nothing of it runs any more."""


class PhoneAndOffice(RuleBasedStateMachine):
    running: Running

    def __init__(self) -> None:
        super().__init__()
        self.office: Office = self.running.office
        self.office.reset()
        self.visits = self.office.plan(4)
        self.folder = Path(tempfile.mkdtemp())
        self.recorded: list[UUID] = []
        self.dies_at = ""
        # One connection pool for all its lives: dying must not depend on it.
        self.http = httpx.Client(
            event_hooks={"request": [lambda request: self.die("request")], "response": [self.answered]}
        )
        self.phone = self.wake()
        self.phone.pair("PAIR-1", "Redmi Note")

    def wake(self) -> Phone:
        return Phone(self.folder, self.running.url, http=self.http)

    def answered(self, response: httpx.Response) -> None:
        if self.dies_at == "response":
            response.read()
        self.die("response")

    def die(self, moment: str) -> None:
        if self.dies_at == moment:
            self.phone._storage.close()  # whatever the dead process would still do, the disk doesn't see
            raise Killed

    @rule(visit=VISITS, kind=st.sampled_from(sorted(SAYINGS.keys() - SIGNED)))
    def say(self, visit: int, kind: str) -> None:
        self.recorded.append(SAYINGS[kind](self.phone, self.visits[visit]))

    @precondition(lambda self: self.phone.stops())
    @rule(data=st.data(), kind=st.sampled_from(sorted(SIGNED)))
    def show_and_end(self, data: st.DataObject, kind: str) -> None:
        stop = data.draw(st.sampled_from(self.phone.stops()))
        self.recorded.append(SAYINGS[kind](self.phone, stop.visit_id))

    @rule(faults=FAULTS)
    def send(self, faults: list[Fault]) -> None:
        self.office.faults.extend(faults)
        self.phone.send()
        self.office.faults.clear()

    @rule(faults=FAULTS)
    def sync(self, faults: list[Fault]) -> None:
        self.office.faults.extend(faults)
        try:
            self.phone.sync()
        except Unreachable:
            assert faults
        self.office.faults.clear()

    @rule()
    def crash(self) -> None:
        self.phone._storage.close()
        self.phone = self.wake()

    @rule(moment=st.sampled_from(["request", "response"]), faults=FAULTS)
    def crash_in_the_middle_of_sending(self, moment: str, faults: list[Fault]) -> None:
        self.office.faults.extend(faults)
        self.dies_at = moment
        nothing_to_die_of = bool(faults) or not self.phone.unsent
        with suppress(Killed, StorageError):
            self.phone.send()
            assert nothing_to_die_of
        self.dies_at = ""
        self.office.faults.clear()
        self.phone._storage.close()
        self.phone = self.wake()

    @rule()
    def the_office_moves_everything(self) -> None:
        self.office.moved.update(self.visits)
        for visit in self.visits:
            self.office.put(f"stop:{visit}", "stop", None)

    @invariant()
    def nothing_is_lost_and_nothing_counts_twice(self) -> None:
        judged = list(self.office.verdicts)
        effects = [operation.op_id for operation in self.office.effects]
        assert len(set(effects)) == len(effects)
        assert set(judged) <= set(self.recorded)
        assert self.phone.unsent >= len(set(self.recorded) - set(judged))

    def teardown(self) -> None:
        try:
            self.office.faults.clear()
            self.phone.send()
            assert self.phone.unsent == 0
            assert set(self.office.verdicts) == set(self.recorded)
            order = {op_id: number for number, op_id in enumerate(self.recorded)}
            for visit in self.visits:
                arrived = [order[one.op_id] for one in self.office.effects if one.visit_id == visit]
                assert arrived == sorted(arrived)
            refused = {op_id for op_id, (_, verdict) in self.office.verdicts.items() if verdict.status == "rejected"}
            flagged = {flag.operation.op_id for flag in self.phone.flagged() if flag.verdict.status == "rejected"}
            assert flagged == refused
        finally:
            self.phone.close()
            self.http.close()
            shutil.rmtree(self.folder)


def test_any_sequence_of_events_delivers_every_operation_exactly_once(running_office: Running) -> None:
    run_state_machine_as_test(
        type("PhoneAndThisOffice", (PhoneAndOffice,), {"running": running_office}),
        settings=settings(
            max_examples=80, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
