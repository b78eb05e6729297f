"""The short form of `./doorstep faults`: one schedule, and whether the harness would notice what it looks for."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from fault_schedules import invariants
from fault_schedules.house import House
from fault_schedules.run import Outcome, run
from fault_schedules.schedule import ALWAYS, Fault, Schedule
from real_processes import until

SHORT = Schedule.of(20_261_123, phones=8, operations=30)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House() as house:
        yield house


@pytest.fixture(scope="module")
def outcome(house: House) -> Outcome:
    print(SHORT)
    return run(house, SHORT, heals_within_s=60)  # other tests have the processor too; the long run is stricter


def test_a_schedule_follows_from_its_seed() -> None:
    assert Schedule.of(7, phones=8, operations=500) == Schedule.of(7, phones=8, operations=500)
    assert str(Schedule.of(7, phones=8, operations=500)) != str(Schedule.of(8, phones=8, operations=500))


def test_whatever_breaks_each_record_takes_effect_once_and_all_phones_end_alike(outcome: Outcome) -> None:
    assert outcome.broken == []
    assert outcome.recorded >= SHORT.phones * SHORT.operations
    assert set(outcome.kills) >= set(ALWAYS)
    assert outcome.faults.total() > SHORT.phones
    assert set(outcome.faults) <= set(Fault)
    assert outcome.deaths == sum(map(len, SHORT.deaths))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE operations SET status = 'rejected' WHERE op_id = %s", "has 1 effects"),
        ("DELETE FROM visit_notes WHERE op_id = %s", "has 0 effects"),
        (
            "INSERT INTO visit_steps (op_id, visit_id, technician_id, kind, happened_at, received_at, note)"
            " SELECT op_id, visit_id, technician_id, 'start', happened_at, received_at, '' FROM visit_notes"
            " WHERE op_id = %s",
            "has 2 effects",
        ),
        ("UPDATE operations SET device_seq = device_seq + 9999 WHERE op_id = %s", "before number"),
    ],
)
def test_the_count_finds_what_is_lost_doubled_or_out_of_order(
    house: House, outcome: Outcome, damage: str, told: str
) -> None:
    url = house.database_url.replace("+psycopg", "").replace("doorstep@/", "postgres@/")
    with psycopg.connect(url) as connection:
        devices = {"devices": [row[0] for row in connection.execute("SELECT id FROM devices").fetchall()]}
        assert not [row for question in invariants.ASKED for row in connection.execute(question, devices).fetchall()]
        first = """SELECT op_id FROM visit_notes JOIN operations o USING (op_id, visit_id) WHERE EXISTS (
            SELECT FROM operations p WHERE p.visit_id = o.visit_id AND p.device_id = o.device_id
            AND p.device_seq > o.device_seq) LIMIT 1"""
        row = connection.execute(first).fetchone()
        assert row
        connection.execute("SET session_replication_role = replica")  # past what forbids it
        connection.execute(damage, [row[0]])
        found = [row for question in invariants.ASKED for row in connection.execute(question, devices).fetchall()]
        connection.rollback()
    assert [what for op_id, what in found if str(op_id) == str(row[0]) and told in what], found


def test_stopped_by_ctrl_c_in_the_middle_it_leaves_nothing(reachable: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        faults = subprocess.Popen(
            [sys.executable, "-m", "fault_schedules", "--schedules", "1", "--operations", "200", "--phones", "2"],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "TMPDIR": str(reachable)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    main = psutil.Process(faults.pid)

    def at_work() -> bool:
        return any("fault_schedules.phone_process" in one.cmdline() for one in main.children())

    try:
        until(at_work, 150, log.read_text)
        started = main.children(recursive=True)
        faults.send_signal(signal.SIGINT)
        assert faults.wait(90) == 130, log.read_text()
    finally:
        faults.kill()
        faults.wait()
    assert "nothing is left running" in log.read_text()
    assert not [one for one in started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert list(reachable.iterdir()) == []
