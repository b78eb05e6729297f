"""kill -9 at every kind of moment: nothing that was recorded is lost, and nothing counts twice."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from conforming_office import Office, Running

from mobile_contract.client import Phone

SCRIPT = Path(__file__).with_name("phone_process.py")


class Life:
    """One process of the phone, from its start to its kill."""

    def __init__(self, folder: Path, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(folder), url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    def last_words(self) -> list[UUID]:
        """Every operation whose recording had returned before the end."""
        said, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == -signal.SIGKILL, errors.decode()
        return [UUID(line) for line in said.decode().split("\n")[:-1]]


def delivered_once_in_order(office: Office, recorded: list[UUID]) -> bool:
    """An operation may have been stored in the instant before the kill, unsaid: it counts as recorded too."""
    sequence = sorted(operation.device_seq for operation in office.judged)
    assert sequence == list(range(1, len(sequence) + 1))
    judged = [operation.op_id for operation in office.judged]
    assert len(set(judged)) == len(judged)
    return set(recorded) <= set(judged)


@pytest.fixture
def folder(phone: Phone, office: Office, tmp_path: Path) -> Path:
    """The folder of a paired phone with a day's work, in nobody's hands."""
    office.plan(5)
    phone.close()
    return tmp_path / "phone"


def test_killed_while_recording_and_sending_nothing_is_lost(
    folder: Path, office: Office, running_office: Running
) -> None:
    chance = random.Random(20260303)
    recorded: list[UUID] = []
    for _ in range(6):
        life = Life(folder, running_office.url)
        assert life.process.stdout is not None
        for _ in range(chance.randint(1, 60)):
            recorded.append(UUID(life.process.stdout.readline().decode().strip()))
        life.kill()
        recorded += life.last_words()
    with Phone(folder, running_office.url) as phone:
        phone.send()
        assert phone.unsent == 0
    assert len(set(recorded)) == len(recorded) > 6
    assert delivered_once_in_order(office, recorded)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_the_moment_a_batch_takes_effect_nothing_is_lost(
    folder: Path, office: Office, running_office: Running, moment: str
) -> None:
    life = Life(folder, running_office.url)

    def kill(path: str) -> None:
        if path.endswith("/operations"):
            setattr(office, moment, lambda path: None)
            life.kill()
            life.process.wait(10)

    hook: Callable[[str], None] = kill
    setattr(office, moment, hook)
    recorded = life.last_words()
    assert len(recorded) == 15
    with Phone(folder, running_office.url) as phone:
        assert phone.unsent == 15
        phone.send()
        assert phone.unsent == 0
    assert delivered_once_in_order(office, recorded)
    assert [operation.op_id for operation in office.effects] == recorded
