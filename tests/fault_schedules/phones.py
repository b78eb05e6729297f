"""The phones as those who watch them know them: what each said it recorded, and what it heard."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Self
from uuid import UUID

import msgspec
from fault_schedules.sayings import FINISH, SHOW, Broke, Emptied, Recorded, Saying, Sent, Shown

from mobile_contract.v1 import Verdict, VerdictStatus


class PhoneInHand:
    """One phone through its lives. `deaths`: after that many records it is killed with -9 and wakes again."""

    def __init__(
        self, number: int, folder: Path, device_id: UUID, address: str, seed: int, operations: int, deaths: list[int]
    ) -> None:
        self.number, self.folder, self.device_id, self.address = number, folder, device_id, address
        self.seed, self.operations, self.deaths = seed, operations, list(deaths)
        self.chance = Random(f"{seed}/deaths of phone {number}")
        self.lives = 0
        self.recorded: list[UUID] = []
        self.heard: dict[UUID, list[Verdict]] = {}
        self.retries = self.duplicates = 0
        self.emptied = threading.Event()
        self.shown: Shown | None = None
        self.broke = ""
        self.wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wake(self) -> None:
        self.lives += 1
        left = max(0, self.operations - len(self.recorded))
        seed = f"{self.seed}/phone {self.number}/life {self.lives}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fault_schedules.phone_process", self.folder, self.address, seed, str(left)],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.listening = threading.Thread(target=self.listen, args=(self.process,))
        self.listening.start()

    def kill(self) -> None:
        """All that it said before its end has been heard when this returns."""
        self.process.kill()
        self.listening.join()
        self.process.wait()

    def dies_now(self) -> bool:
        if not self.deaths or len(self.recorded) < self.deaths[0]:
            return False
        self.deaths.pop(0)
        return True

    def finish(self) -> None:
        self.tell(FINISH)

    def show(self) -> None:
        self.tell(SHOW)

    def tell(self, what: str) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):  # it broke, and `broke` says so
            self.process.stdin.write(what + "\n")
            self.process.stdin.flush()

    def listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        for line in process.stdout:
            if line.endswith("\n"):  # the last one may have been cut by the kill
                self.hear(msgspec.json.decode(line, type=Saying))

    def hear(self, said: Saying) -> None:
        match said:
            case Recorded():
                self.recorded.append(said.op_id)
            case Sent():
                self.retries += bool(said.unsent)
                for verdict in said.verdicts:
                    self.duplicates += verdict.status is VerdictStatus.DUPLICATE
                    if verdict.status.durable:
                        self.heard.setdefault(verdict.op_id, []).append(verdict)
            case Emptied():
                self.emptied.set()
            case Shown():
                self.shown = said
            case Broke():
                self.broke = said.error
