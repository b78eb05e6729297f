"""The whole of Doorstep as `doorstep up` runs it, in a folder of its own, made to be killed part by part.

What was killed is started again by Doorstep's own supervisor, and by nobody here.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx
import psutil
from fault_schedules.schedule import ALWAYS, Victim

from api.adapters.servers import Home
from api.adapters.servers.process import dying_with_us
from api.simulation.premises import Premises

STARTS_WITHIN_S = 120.0
STOPS_WITHIN_S = 90.0


class House(Premises):
    name = "faults"

    def start(self) -> None:
        given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        own = {"DOORSTEP_HOME": str(self.folder / "home"), "DOORSTEP_PORT": str(self.port), "DOORSTEP_LOG": "json"}
        own |= {"DOORSTEP_SEAL_KEYS": str(self.folder / "seal")}
        with self.log.open("wb") as log:
            self.doorstep = subprocess.Popen(
                [sys.executable, "-m", "api", "up"],
                env=given | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_us(signal.SIGTERM),
            )
        self.wait_until_whole(set())
        addresses = Home.announced(self.folder / "home") or {}
        self.database_url, self.redis_url = addresses["database_url"], addresses["redis_url"]

    def stop(self) -> None:
        if hasattr(self, "doorstep"):
            self.doorstep.terminate()
            try:
                self.doorstep.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                for process in [*psutil.Process(self.doorstep.pid).children(recursive=True), self.doorstep]:
                    process.kill()

    @property
    def stands(self) -> bool:
        return self.doorstep.poll() is None

    def processes(self, victim: Victim) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            match victim:
                case Victim.API:
                    return self.children("serve")
                case Victim.API_PROCESS:
                    return [child for one in self.children("serve") for child in one.children() if is_worker(child)]
                case Victim.WORKER:
                    return self.children("worker")
                case Victim.POSTGRESQL:
                    return self.children("postgres")
                case Victim.SESSION:
                    return [child for one in self.children("postgres") for child in one.children()]
                case Victim.VALKEY:
                    return self.children("valkey")
        return []

    def children(self, word: str) -> list[psutil.Process]:
        """Doorstep's own whose program or last argument is that."""
        found = []
        for child in psutil.Process(self.doorstep.pid).children():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, IndexError):
                command = child.cmdline()
                if word in Path(command[0]).name or command[-1] == word:
                    found.append(child)
        return found

    def kill(self, victim: Victim, chance: Random) -> set[int]:
        """With -9; the numbers of those killed, none where there was nothing to kill just now."""
        there = self.processes(victim)
        if not there:
            return set()
        killed = chance.choice(there)
        with suppress(psutil.NoSuchProcess):
            os.kill(killed.pid, signal.SIGKILL)
        return {killed.pid}

    def wait_until_whole(self, killed: set[int]) -> None:
        """Until every part is there again, none of them one that was killed, and the site is ready."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self.is_whole(killed):
            assert self.stands, f"Doorstep has ended.\n{self.last_words()}"
            assert time.monotonic() < deadline, f"Not whole after {STARTS_WITHIN_S:.0f} s.\n{self.last_words()}"
            time.sleep(0.1)

    def is_whole(self, killed: set[int]) -> bool:
        for victim in ALWAYS:
            if not [one for one in self.processes(victim) if one.pid not in killed]:
                return False
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{self.address}/ready", timeout=2)
            return answer.status_code == 200 and answer.json()["redis"] == "answers"
        return False


def is_worker(process: psutil.Process) -> bool:
    """Not Python's own, such as the tracker of resources."""
    return "resource_tracker" not in " ".join(process.cmdline())
