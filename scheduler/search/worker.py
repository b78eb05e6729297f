"""The parent's side of a search in a child process: start it, feed it, hear from it, end it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

from msgspec import MsgspecError

from scheduler.search.wire import Assignment, Failed, Inbox, Report, frame

CHUNK_BYTES = 2**16
_ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """Never blocks: `feed` and `hear` move what the pipes take or hold now. Use it in a `with` block."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scheduler.search.child"],  # -P: nothing from the current folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread a child: a pool of them would fight the other children for the cores.
            env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is for the parent, which then ends the search in its own way
        )
        self._to = cast(IO[bytes], self._process.stdin)
        self.reports = cast(IO[bytes], self._process.stdout)
        self._inbox = Inbox()
        self._unsent = memoryview(b"")
        self.running = True
        self.failure: str | None = None
        os.set_blocking(self._to.fileno(), False)
        os.set_blocking(self.reports.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def assign(self, assignment: Assignment) -> None:
        self._unsent = memoryview(frame(assignment))
        self.feed()

    def feed(self) -> None:
        """Writes more of the assignment, as long as there is any and the child reads it."""
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._to.fileno(), self._unsent[:CHUNK_BYTES]) :]
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(f"the search could not be told what to do: {error}")

    def hear(self) -> list[Report]:
        """The reports that have come in since; `running` turns false after the last one."""
        reports: list[Report] = []
        try:
            while data := os.read(self.reports.fileno(), CHUNK_BYTES):
                reports += self._inbox.take(data)
            self._note_exit()
        except BlockingIOError:
            pass
        except (OSError, MsgspecError) as error:
            self._lose(f"the search could not be heard: {error}")
        for report in reports:
            if isinstance(report, Failed):
                self._lose(report.why)
        return reports

    def end(self) -> None:
        """Kills the child and all that it started. Nothing of it is left when this returns."""
        self.running = False
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (AttributeError, OSError):
                self._process.kill()
        self._process.wait()
        for pipe in (self._to, self.reports):
            pipe.close()

    def _note_exit(self) -> None:
        self.running = False
        try:
            code = self._process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            return
        if code and self.failure is None:
            self.failure = f"the search process ended with status {code}"

    def _lose(self, why: str) -> None:
        self.running = False
        self.failure = why
