"""The folder that keeps everything the embedded servers own: one Doorstep at a time."""

import fcntl
import json
import os
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from api.adapters.servers import account
from api.adapters.servers.errors import HomeInUse, ServerError, explained


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """DOORSTEP_HOME, else where this kind of system keeps a service's (root) or a person's data."""
    if environment.get("DOORSTEP_HOME"):
        return Path(environment["DOORSTEP_HOME"])
    if os.geteuid() == 0:
        return Path("/var/lib/doorstep")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "doorstep"
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share") / "doorstep"


class Home:
    """Locked from its making until `close()`, or until this process ends in any way.

    What Doorstep makes here is shut to everybody but the account the servers run as. A folder that was there
    before keeps its owner and its mode; if that bars the way, the error says which folder it is.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(os.path.abspath(folder or default_folder()))
        self.account = account.for_servers()
        self._make(self.folder)
        self._check()
        self.account.enter(self.folder)
        self._lock = self._take_lock()

    def close(self) -> None:
        (self.folder / "addresses.json").unlink(missing_ok=True)
        os.close(self._lock)

    def private(self, name: str) -> Path:
        """A folder that the servers' account owns and nobody else can look into."""
        path = self.folder / name
        with explained(f"make the folder {path}"):
            path.mkdir(mode=0o700)
            self.account.own(path)
        return path

    def log(self, server: str) -> Path:
        return self.folder / f"{server}.log"

    def announce(self, addresses: dict[str, str]) -> None:
        """Tells other commands on this machine where the servers answer, until the lock is let go."""
        note = self.folder / "addresses.json"
        draft = note.with_suffix(".new")
        with explained(f"write {note}"):
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(addresses))
            draft.replace(note)

    @staticmethod
    def announced(folder: Path | None = None) -> dict[str, str] | None:
        """Where the servers of a Doorstep that runs now answer; None when none does, or not yet."""
        folder = folder or default_folder()
        with explained(f"read {folder}"):
            if not (folder / "addresses.json").is_file():
                return None
            lock = os.open(folder / "lock", os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                addresses: dict[str, str] = json.loads((folder / "addresses.json").read_text())
                return addresses
            finally:
                os.close(lock)
        return None

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        with explained(f"make the folder {folder}"):
            if not folder.parent.is_dir():
                self._make(folder.parent)
            folder.mkdir()
            # The umask must not decide whether the servers' account can reach its own data.
            folder.chmod(0o755 if self.account.lent else 0o700)

    def _check(self) -> None:
        if set(str(self.folder)) & set('"$`\\\n\r'):
            raise ServerError(
                f"PostgreSQL's programs can't work in {self.folder}: there is a quote, $ or \\ in its name."
                " Set DOORSTEP_HOME to another folder."
            )
        with explained(f"look into {self.folder}"):
            found = self.folder.stat()
        # Who else could put a link in here would have us write to any file of ours; as root, to any at all.
        if found.st_uid != os.geteuid() or found.st_mode & stat.S_IWOTH:
            raise ServerError(
                f"{self.folder} belongs to another account, or anybody may write to it: no place for data."
                " Set DOORSTEP_HOME to a folder of your own; Doorstep makes it if it is missing."
            )

    def _take_lock(self) -> int:
        path = self.folder / "lock"
        with explained(f"write {path}"):
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            if not _locked(lock):
                pid = int(os.read(lock, 20) or 0)
                os.close(lock)
                raise HomeInUse(
                    f"Doorstep runs already on {self.folder} (process {pid or 'unknown'}). Stop it first, or"
                    " set DOORSTEP_HOME to another folder for a second one with data of its own.",
                    pid,
                )
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            (self.folder / "addresses.json").unlink(missing_ok=True)
        return lock


def _locked(lock: int) -> bool:
    """Asks more than once, because `announced` in another process holds the lock for a blink."""
    for _ in range(5):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False
