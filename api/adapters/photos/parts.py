"""A photo on its way: one file, whose length is the offset. There is no second record that could disagree with it."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.adapters.photos.folder import PhotoFolder, storing, sync
from domain.errors import TooLarge, UploadBusy

READ_BYTES = 2**20


def offset_of(path: Path) -> int:
    """Bytes that are safe on disk; 0 when none came yet."""
    try:
        sync(path)
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def held(folder: PhotoFolder, path: Path) -> Iterator["Part"]:
    """The part, for one request at a time among all processes. The lock ends with the process that holds it.

    Raises UploadBusy while another has it.
    """
    with storing():
        folder.ready(path.parent)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if not locked(file, path):
            raise UploadBusy("Another request is sending this photo. Ask for the offset in a few seconds.")
        yield Part(path, file)
    finally:
        os.close(file)


def locked(file: int, path: Path) -> bool:
    """False also when the file was dropped between its opening and the lock: what was written to it would be lost."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file), os.stat(path))
    except (BlockingIOError, FileNotFoundError):
        return False


class Part:
    """Made by `held` and used within it."""

    def __init__(self, path: Path, file: int) -> None:
        self.path, self._file = path, file

    @property
    def size(self) -> int:
        return os.fstat(self._file).st_size

    async def append(self, chunks: AsyncIterator[bytes], most: int) -> None:
        """Adds what comes, until it ends or breaks off, and returns when the disk has it.

        Raises TooLarge past `most` bytes in all, CanNotStore when the disk takes no more; then nothing was added.
        """
        before = at = self.size
        try:
            async for chunk in chunks:
                if at + len(chunk) > most:
                    raise TooLarge(f"The photo was announced with {most} bytes, and more came. Nothing was kept of it.")
                at = self._write(chunk, at)
            with storing():
                await asyncio.to_thread(os.fsync, self._file)
        except Exception:
            os.ftruncate(self._file, before)
            raise

    def _write(self, chunk: bytes, at: int) -> int:
        """On this thread: the kernel takes a chunk in microseconds, and a thread could outlive a cancelled request."""
        rest = memoryview(chunk)
        with storing():
            while rest:
                written = os.pwrite(self._file, rest, at)
                rest, at = rest[written:], at + written
        return at

    def sha256(self) -> str:
        digest, at = hashlib.sha256(), 0
        while block := os.pread(self._file, READ_BYTES, at):
            digest.update(block)
            at += len(block)
        return digest.hexdigest()

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
