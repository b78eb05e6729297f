"""Doorstep's own processes, really started, for tests that kill them or talk to them over a real network."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx


class Process:
    """`python -m api COMMAND` on the given servers; its log goes to a file."""

    def __init__(self, command: str, folder: Path, database_url: str, redis_url: str, **environment: str) -> None:
        self.command = [sys.executable, "-m", "api", command]
        self.log = folder / f"{command}.log"
        self.environment = (
            os.environ
            | {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DOORSTEP_LOG": "json"}
            | {"DOORSTEP_PHOTOS": str(folder / "photos"), "DOORSTEP_MESSAGES": str(folder / "messages")}
            | environment
        )
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9, to it and to the processes that it started in its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Site(Process):
    """The API on a port of its own."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        super().__init__("serve", folder, database_url, redis_url, DOORSTEP_PORT=str(port))
        self.wait()

    def wait(self) -> None:
        def answers() -> bool:
            with suppress(httpx.TransportError):
                return httpx.get(f"{self.address}/ready", timeout=2).status_code == 200
            return False

        until(answers, 30, lambda: self.log.read_text())

    def start_again(self) -> None:
        self.start()
        self.wait()


def until(holds: Callable[[], bool], seconds: float, otherwise: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not so after {seconds} s. {otherwise()}"
        time.sleep(0.05)
