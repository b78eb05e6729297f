"""Ctrl-C and SIGTERM, wherever a command is: the same end in order, and no such word is lost."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

AGAIN_S = 0.05


@contextmanager
def stoppable() -> Iterator[None]:
    """What was started is stopped on the way here; then "Stopped." and status 130, or 143 for SIGTERM.

    Python drops what a signal raises inside a finaliser or a weak reference's callback, of which SQLAlchemy has
    thousands while it loads. Such a stop is raised again a little later.
    """
    told = signal.SIGINT
    # A stop in the middle of a query leaves nothing to roll back: the server does, when the connection ends.
    logging.getLogger("psycopg").setLevel(logging.ERROR)

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal told
        if number == signal.SIGTERM:
            told = signal.SIGTERM
        raise KeyboardInterrupt

    def dropped(what: "sys.UnraisableHookArgs") -> None:
        if issubclass(what.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
        else:
            hook(what)

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGALRM)}
    hook, sys.unraisablehook = sys.unraisablehook, dropped
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.exit(128 + told)
    finally:
        sys.unraisablehook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
