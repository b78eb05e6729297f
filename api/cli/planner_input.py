"""What the planner's commands have in common: a problem's file, a budget of seconds, and Ctrl-C."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from api.cli.plan_files import CannotGoOn, read, shown
from scheduler.errors import FormatError
from scheduler.limits import MAX_FILE_BYTES
from scheduler.problem import Problem
from scheduler.stop import Stop

LEAST_SECONDS = 0.001  # what is left for the search when reading the files took the whole budget


class Seconds(click.ParamType[float]):
    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return Stop(float(str(value))).seconds
        except ValueError as error:
            self.fail(str(error), param, ctx)


def read_problem(file: Path) -> Problem:
    """CannotGoOn for what isn't a `doorstep.problem/1`, with the place in the file."""
    try:
        return Problem.from_json(read(file, MAX_FILE_BYTES))
    except FormatError as error:
        raise CannotGoOn(f"{shown(file)}: {error}") from None


class Interrupt:
    """`event` is set once a signal has come, and `signal` says which."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal: int | None = None

    def __call__(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        self.event.set()
        signal.signal(number, signal.SIG_DFL)  # whoever asks twice doesn't want to wait


@contextmanager
def interrupts() -> Iterator[Interrupt]:
    """Ctrl-C and a termination request end the search, not the program."""
    interrupt = Interrupt()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
