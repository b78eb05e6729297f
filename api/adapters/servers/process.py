"""A server as a child process that can't outlive Doorstep."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from api.adapters.servers.account import Account
from api.adapters.servers.errors import ServerError, explained

LOG_KEPT = 10_000_000  # bytes; past that, a start sets the log aside under the name *.log.1
PR_SET_PDEATHSIG = 1  # prctl(2)

# A server behaves alike whoever starts it: no PG* variable, language or library path of theirs reaches it.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


class Process:
    """`stops`: signals, gentlest first, each with the seconds it gets; the first is also sent when we die."""

    def __init__(self, name: str, account: Account, log: Path, stops: Sequence[tuple[signal.Signals, float]]) -> None:
        self.name = name
        self._account = account
        self._log = log
        self._stops = stops
        self._child: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self, command: Sequence[str | Path], obstacle: Callable[[], str], seconds: float) -> None:
        """Returns once `obstacle()` is empty. Raises ServerError with the log's end if it never is."""
        with explained(f"start {self.name}"), self._open_log() as log:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                # Ctrl-C in a terminal reaches Doorstep alone, which stops its servers last.
                start_new_session=True,
                preexec_fn=dying_with_us(self._stops[0][0]),
                **self._account.spawning(),
            )
        deadline = time.monotonic() + seconds
        while in_the_way := obstacle():
            if not self.alive or time.monotonic() > deadline:
                why = f"was not ready after {seconds:.0f} s ({in_the_way})" if self.alive else "could not start"
                self.stop()
                raise ServerError(f"{self.name} {why}. {self.last_words()}")
            time.sleep(0.01)

    def stop(self) -> None:
        for sign, seconds in [*self._stops, (signal.SIGKILL, 60.0)]:
            if self._child is None or not self.alive:
                break
            self._child.send_signal(sign)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._child = None

    def last_words(self) -> str:
        """The end of what this start wrote to the log."""
        with self._log.open(errors="replace") as log:
            log.seek(self._log_start)
            lines = log.read()[-4000:].splitlines()[-12:]
        return "\n".join([f"Its log, {self._log}, ends:", *(f"  {line}" for line in lines)])

    def _open_log(self) -> BinaryIO:
        if self._log.exists() and self._log.stat().st_size > LOG_KEPT:
            self._log.replace(self._log.with_suffix(".log.1"))
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        self._log_start = os.fstat(log).st_size
        return os.fdopen(log, "ab")


def run(what: str, command: Sequence[str | Path], account: Account, script: str = "") -> None:
    """Runs a program to its end, `script` on its standard input. Raises ServerError with what it said."""
    with explained(what):
        done = subprocess.run(
            command,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
            preexec_fn=dying_with_us(signal.SIGKILL),
            **account.spawning(),
        )
    if done.returncode:
        said = "\n".join(f"  {line}" for line in done.stdout.splitlines()[-8:])
        raise ServerError(f"Can't {what}. {Path(command[0]).name} ended with {done.returncode}:\n{said}")


def dying_with_us(sign: signal.Signals) -> Callable[[], None] | None:
    """Has Linux signal the child when we die, even by `kill -9`; elsewhere the next start cleans up."""
    if sys.platform != "linux":
        return None
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Start servers in the main thread: Linux ends them with the thread they are from")
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:  # we died between fork and prctl
            os._exit(1)

    return before_exec


STOPS = {signal.SIGINT, signal.SIGTERM}


def forks_dying_with_us() -> None:
    """From now on a process that this one forks hears of no stop until it calls `hear_stops`, and then of all.

    Granian's processes wait for ever when a stop comes while they start. A fork also ends when we die, as far as the
    system does that: by SIGKILL, which no process can wait with.
    """
    us = os.getpid()
    die_with_us = dying_with_us(signal.SIGKILL)

    def after_fork() -> None:
        if os.getppid() != us:  # its own forks are its own affair
            return
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        for number in STOPS:  # it has our handlers until it sets its own
            signal.signal(number, signal.SIG_DFL)
        if die_with_us:
            die_with_us()

    os.register_at_fork(after_in_child=after_fork)


def hear_stops() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
