"""Messages as lines of JSON in a file that only Doorstep's own account can read, for a person or a program of the
operator's to send on. The way of the demo, and of whoever has no gateway.

At least once: a worker that is killed after the line and before its transaction writes it again, with the same id.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from api.adapters.messages.gateway import NotNow, Outgoing

FILE = "outgoing.jsonl"


class Line(msgspec.Struct):
    """As much of a line as is looked at."""

    id: str = ""


def id_in(line: bytes) -> str:
    """Empty for what is no line of ours: the file may have been edited."""
    try:
        return msgspec.json.decode(line, type=Line).id
    except msgspec.DecodeError:
        return ""


class MessageFile:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, out: Outgoing) -> str:
        """Back once the line is on the disk."""
        told = {"id": out.key, "at": datetime.now(UTC), "kind": out.kind, "to": out.to, "name": out.name}
        line = msgspec.json.encode(told | {"subject": out.subject, "text": out.text}) + b"\n"
        try:
            await asyncio.to_thread(self._append, line)
        except OSError as error:
            raise NotNow(f"The file of messages can't be written: {error.strerror}.") from None
        return ""

    def blank(self, keys: set[str]) -> None:
        """Lines of these messages say nothing any more. Each is overwritten where it stands, with a line of the same
        length: what is added meanwhile stays, and so does all else if this is killed."""
        path = self.folder / FILE
        if not keys or not path.exists():
            return
        with path.open("r+b") as file:
            at = 0
            for line in file.readlines():
                if id_in(line) in keys:
                    file.seek(at)
                    file.write(b'{"erased":true}'.ljust(len(line) - 1) + b"\n")
                at += len(line)
            file.flush()
            os.fsync(file.fileno())

    def _append(self, line: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One write at the end of the file: lines of several processes don't mix.
        file = os.open(self.folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
