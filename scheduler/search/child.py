"""The process a search runs in: `python -m scheduler.search.child`, an assignment in, better plans out.

Native search code may overrun its time, hold the interpreter's lock throughout, exhaust memory or crash. All
of that stays in here, and the parent may kill it at any moment.
"""

import ctypes
import os
import signal
import sys
import threading

from scheduler.problem import Problem
from scheduler.search.engines import load
from scheduler.search.model import Model, Orders
from scheduler.search.wire import Failed, Found, frame, read_assignment

MEMORY_CAP_BYTES = 8 * 2**30  # of address space; 2,000 jobs and 200 technicians take 0.6 GiB
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not end up in a frame
    _die_with_parent()
    _cap_memory()
    assignment = read_assignment(sys.stdin.buffer)
    if assignment is None:
        return
    threading.Thread(target=_exit_when_closed, args=(sys.stdin.fileno(),), daemon=True).start()

    def report(orders: Orders, plans: int) -> None:
        pipe.write(frame(Found(orders, plans)))
        pipe.flush()

    try:
        model = Model(Problem.from_json(assignment.problem))
        load(assignment.engine)(model, assignment.start, assignment.seconds, assignment.seed, report)
    except BrokenPipeError:
        return  # the parent has what it wanted
    except Exception as error:
        pipe.write(frame(Failed(f"{type(error).__name__}: {error}")))
        pipe.flush()


def _die_with_parent() -> None:
    """Linux kills this process when the thread that started it ends, even while native code runs."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _exit_when_closed(pipe: int) -> None:
    """Elsewhere the parent's end is seen when its pipe closes, as soon as the search lets a thread run."""
    os.read(pipe, 1)
    os._exit(0)


def _cap_memory() -> None:
    try:
        import resource  # POSIX only

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = MEMORY_CAP_BYTES if hard == resource.RLIM_INFINITY else min(hard, MEMORY_CAP_BYTES)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (ImportError, ValueError, OSError):
        return  # an operating system that has no such limit, or doesn't let us set one


if __name__ == "__main__":
    main()
