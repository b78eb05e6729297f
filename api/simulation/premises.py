"""A folder of its own for a site that is made up, lived in and forgotten. `tests/fault_schedules` has one as well."""

import shutil
import socket
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self


class Premises(ABC):
    """Nothing of it is left when it is closed, its folder included. Open it in the main thread."""

    name: str
    """Of the folder, after `doorstep-`."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=f"doorstep-{self.name}-"))
        self.folder.chmod(0o755)  # root's PostgreSQL runs as another account
        self.log = self.folder / "doorstep.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def start(self) -> None:
        """The site, at `address`, everything of it in `folder`."""

    @abstractmethod
    def stop(self) -> None:
        """What was started of it, which may be nothing."""

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
