"""Processes that measure something: started clean, heard through a pipe, and none of Ctrl-C's business."""

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

_SPAWN = multiprocessing.get_context("spawn")


def start(work: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """`work(pipe, *arguments)` in a new process. Kill it when done: it never gets the keyboard's interrupt.

    The signal is held back here while the child starts, for the child inherits that; then it comes through.
    """
    ours, theirs = _SPAWN.Pipe()
    child = _SPAWN.Process(target=work, args=(theirs, *arguments))
    held = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        child.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    theirs.close()
    return child, ours
