"""Reading what a command is given and writing what it answers, with one clear line for what can't be done."""

import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from scheduler.errors import printable

EXIT_BAD_INPUT = 2


class CannotGoOn(click.ClickException):
    """Bad input, or a file that can't be read or written: one line on standard error, exit status 2."""

    exit_code = EXIT_BAD_INPUT


def read(path: Path, most_bytes: int) -> bytes:
    """At most one byte more than `most_bytes`, for whoever decodes it to refuse."""
    try:
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except OSError as error:
        raise CannotGoOn(f"{shown(path)} can't be read: {error.strerror or error}") from None


def shown(path: Path) -> str:
    """The path as it can be printed, whatever bytes its name is made of."""
    return printable(click.format_filename(path))


class Output:
    """A file that is written whole or not at all: a temporary one beside it takes its place at the end.

    Made before the work starts, so that a place that can't be written to is known before it, not after.
    """

    def __init__(self, path: Path) -> None:
        self._given = path
        self._path = Path(os.path.realpath(path))  # a link keeps pointing at the file it names
        self._temporary: Path | None = None
        self._mode = 0o666 & ~_umask()
        try:
            self._prepare()
        except OSError as error:
            raise self._failed(error) from None

    def __enter__(self) -> "Output":
        return self

    def __exit__(self, *_: object) -> None:
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink()

    def write(self, data: bytes) -> None:
        try:
            if self._temporary is None:
                self._path.write_bytes(data)
                return
            with self._temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._temporary.chmod(self._mode)
            self._temporary.replace(self._path)
            self._temporary = None
        except OSError as error:
            raise self._failed(error) from None

    def _prepare(self) -> None:
        if self._path.exists():
            found = self._path.stat()
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(0, "it is a directory")
            if not os.access(self._path, os.W_OK):
                raise PermissionError(0, "permission denied")
            if not stat.S_ISREG(found.st_mode):
                return  # a device or a pipe is written to, never replaced
            self._mode = stat.S_IMODE(found.st_mode)
        handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        os.close(handle)
        self._temporary = Path(name)

    def _failed(self, error: OSError) -> CannotGoOn:
        return CannotGoOn(f"{shown(self._given)} can't be written: {error.strerror or error}")


def to_stdout(data: bytes) -> None:
    """Nothing but these bytes and a line's end."""
    try:
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would try to flush again at exit, and complain in a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CannotGoOn(f"standard output can't be written: {error.strerror or error}") from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
