"""A technician with a phone, in a process of its own, made to be killed: works, sends, says what it did."""

import os
import sys
import threading
import time
from pathlib import Path
from random import Random

import httpx
import msgspec
from fault_schedules.sayings import FINISH, Broke, Emptied, Recorded, Saying, Sent, Shown
from fault_schedules.work import work_on

from mobile_contract.client import Phone, Unreachable

GIVES_UP_S = 10.0
"""A real phone is more patient; here it is the time that a dropped answer costs."""
PAUSE_S = 0.4
"""Before the next try, after one in vain."""

MUCH_UNSENT, WAITS = 25, 20
"""Records, and tries before going on all the same: else an outage would see most of the day, and the faults little."""


class Life:
    """From the phone's start to its kill, or to the end."""

    def __init__(self, phone: Phone, chance: Random) -> None:
        self.phone, self.chance = phone, chance
        self.finishing, self.showing = threading.Event(), threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        for line in sys.stdin:
            (self.finishing if line.strip() == FINISH else self.showing).set()
        os._exit(0)  # whoever started this is gone

    def work(self, left: int) -> None:
        """Works without asking whether there is a network; some syncs fail, and then the sheet is an old one."""
        while left > 0:
            for _ in range(min(left, self.chance.randint(1, 16))):
                say(Recorded(work_on(self.phone, self.chance)))
                left -= 1
            self.send()
            for _ in range(WAITS):
                if self.phone.unsent <= MUCH_UNSENT:
                    break
                self.send()
            if self.chance.random() < 0.4:
                self.sync()

    def end(self) -> None:
        while not self.finishing.is_set():
            self.send()
            self.finishing.wait(PAUSE_S)
        while self.phone.unsent:
            self.send()
        say(Emptied())
        self.showing.wait()
        while not self.sync():
            pass
        say(Shown.by(self.phone))

    def send(self) -> None:
        if self.phone.unsent:
            verdicts = self.phone.send()
            say(Sent(verdicts, self.phone.unsent))
            if self.phone.unsent:
                time.sleep(PAUSE_S)

    def sync(self) -> bool:
        try:
            self.phone.sync()
        except Unreachable:
            return False
        return True


def say(what: Saying) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def main(folder: str, address: str, seed: str, left: str) -> None:
    with httpx.Client(timeout=GIVES_UP_S) as http, Phone(Path(folder), address, http=http) as phone:
        life = Life(phone, Random(seed))
        try:
            life.work(int(left))
            life.end()
        except Exception as error:
            say(Broke(f"{type(error).__name__}: {error}"))
            raise


if __name__ == "__main__":
    main(*sys.argv[1:])
