"""What a Doorstep or a PostgreSQL that was killed leaves behind: a server, its sessions, a note of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from api.adapters.servers.errors import ServerError


def stop_orphans(data: Path) -> None:
    """Ends every process still at work on `data`, in good order. Only for who holds the home's lock."""
    note = data / "postmaster.pid"
    try:
        pid = abs(int(note.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        pid = 0
    signals = [(signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)]
    _end(lambda: [pid] if _serves(pid, data) else [], signals, data)
    # A session that computes does not notice the death of its server, and PostgreSQL rightly refuses to start
    # beside it.
    _end(lambda: _sessions(data), signals[1:], data)
    # PostgreSQL would take a note with another process's number for a running server: in containers the
    # numbers are the same after every restart.
    note.unlink(missing_ok=True)


def _end(find: Callable[[], list[int]], signals: list[tuple[signal.Signals, float]], data: Path) -> None:
    """Sends each signal in turn, for as long as it gets, until `find` names no process any more."""
    for sign, seconds in signals:
        for pid in find():
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + seconds
        while find():
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return
    raise ServerError(f"Processes {find()} of an earlier PostgreSQL hold {data} and can't be stopped.")


def _serves(pid: int, data: Path) -> bool:
    if sys.platform == "linux":
        try:
            command = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        listed = subprocess.run(["ps", "-wwocommand=", f"-p{pid}"], stdout=subprocess.PIPE, text=True)
        command = listed.stdout.strip()
    return f"-D {data} " in f"{command} "


def _sessions(data: Path) -> list[int]:
    """A session works inside the data folder. Only Linux shows that; elsewhere PostgreSQL's error stays."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.path.samefile(process / "cwd", data) and (process / "exe").readlink().name == "postgres":
                found.append(int(process.name))
        except OSError:  # gone meanwhile, dead, or another account's
            continue
    return found
