"""The search processes of this or another process, as Linux tells them."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path


def searches_of(parent: int) -> list[int]:
    """Process ids of the searches that `parent` has started."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                status = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(status[1]) == parent and b"scheduler.search.child" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found


def is_alive(process: int) -> bool:
    """Neither gone nor waiting to be buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def catches(process: int, number: int) -> bool:
    """Whether it has a handler for this signal."""
    status = Path(f"/proc/{process}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
