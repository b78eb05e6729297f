"""Where photos lie: files named by their content's SHA-256, two levels of folders deep, written once and whole."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import structlog

from domain.errors import CanNotStore

log = structlog.get_logger()


class PhotoFolder:
    """Paths only; nothing is made before something is stored. Nobody but the account that stores may look inside."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def original(self, sha256: str) -> Path:
        """What a phone sent, byte for byte: evidence, never given out."""
        return self._spread("originals", sha256)

    def shown(self, sha256: str) -> Path:
        return self._spread("shown", sha256)

    def thumbnail(self, sha256: str) -> Path:
        """By the hash of the copy that it is the small one of."""
        return self._spread("thumbnails", sha256)

    @property
    def scratches(self) -> Path:
        return self.root / "scratch"

    @property
    def parts(self) -> Path:
        return self.root / "parts"

    def part(self, upload: UUID) -> Path:
        return self.parts / str(upload)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder to work in, on the same file system, gone at the end."""
        with storing():
            self.ready(self.scratches)
            folder = TemporaryDirectory(dir=self.scratches, ignore_cleanup_errors=True)
        with folder as path:
            yield Path(path)

    def ready(self, folder: Path) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, source: Path, target: Path) -> None:
        """Gives a file its lasting name: whole or not at all, also after a power cut. The source stays, too.

        Content that is there already is the same content.
        """
        with storing():
            sync(source)
            self.ready(target.parent)
            with suppress(FileExistsError):
                os.link(source, target)
            for folder in target.parents[:3]:
                sync(folder)

    def drop(self, hashes: Iterable[str]) -> None:
        """All that lies here under these hashes, as original or as copy."""
        with storing():
            for sha256 in hashes:
                for place in (self.original, self.shown, self.thumbnail):
                    place(sha256).unlink(missing_ok=True)

    def _spread(self, kind: str, sha256: str) -> Path:
        return self.root / kind / sha256[:2] / sha256[2:4] / sha256


def sync(path: Path) -> None:
    """Waits until the disk has it; a folder's names are on disk only after this, too."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def storing() -> Iterator[None]:
    """A full disk, a quota, a folder that can't be written: CanNotStore, and a line in the log for the operator."""
    try:
        yield
    except OSError as error:
        log.error("photo_not_stored", error=error.strerror, folder=str(error.filename or ""))
        raise CanNotStore(
            f"The photo can't be stored now ({error.strerror}). Nothing of this request was kept; send it again later."
        ) from error
