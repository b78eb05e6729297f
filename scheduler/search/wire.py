"""What a solve and its child processes say to each other: frames of MessagePack behind an 8-byte length."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec
from msgspec import Struct

from scheduler.search.model import Orders

LENGTH_BYTES = 8


class Assignment(Struct, frozen=True):
    """`problem` is a `doorstep.problem/1`; `seconds` counts from when the child has read all of this."""

    problem: bytes
    engine: str
    seed: int
    seconds: float
    start: Orders | None


class Found(Struct, frozen=True, tag=True):
    """A plan better than those before it, and how many plans the search has accepted so far."""

    orders: Orders
    plans: int


class Failed(Struct, frozen=True, tag=True):
    why: str


Report = Found | Failed
_REPORT = msgspec.msgpack.Decoder(Found | Failed)
_ASSIGNMENT = msgspec.msgpack.Decoder(Assignment)


def frame(message: Struct) -> bytes:
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def read_assignment(stream: BinaryIO) -> Assignment | None:
    """None if the parent is gone before all of it has come."""
    head = stream.read(LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    body = stream.read(length) if len(head) == LENGTH_BYTES else b""
    return _ASSIGNMENT.decode(body) if body and len(body) == length else None


class Inbox:
    """Reports out of the bytes as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def take(self, data: bytes) -> Iterator[Report]:
        self._pending += data
        while len(self._pending) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._pending[:LENGTH_BYTES], "big")
            if len(self._pending) < end:
                return
            body = bytes(self._pending[LENGTH_BYTES:end])
            del self._pending[:end]
            yield _REPORT.decode(body)
