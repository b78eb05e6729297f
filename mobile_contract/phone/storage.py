"""The phone's one file, and the promise of its transactions: on disk before they return, or not at all.

Killed or out of battery at any moment, the phone wakes with all of a transaction or none of it. What an
operation changes on the screen is not stored but folded from the outbox, so the two can't disagree.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobile_contract.phone.errors import StorageError

LAYOUT = 1

TABLES = (
    """CREATE TABLE device (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        identity BLOB, last_seq INTEGER NOT NULL, cursor TEXT NOT NULL
    )""",
    "INSERT INTO device (only_one, last_seq, cursor) VALUES (1, 0, '')",
    # What sync brought. `state` is a stop's state as the server last said it, in a sync or a verdict.
    # `withdrawn`: the server no longer lists it, but the technician is in the middle of it.
    """CREATE TABLE held (
        key TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL,
        visit_id TEXT, state TEXT, withdrawn INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE outbox (
        device_seq INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, visit_id TEXT NOT NULL,
        body BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'syncing'))
    )""",
    # Operations whose verdict a person should see.
    "CREATE TABLE flagged (device_seq INTEGER PRIMARY KEY, body BLOB NOT NULL, verdict BLOB NOT NULL)",
    f"PRAGMA user_version = {LAYOUT}",
)


class Storage:
    """Held by one process at a time. Raises StorageError, here and in every transaction."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "phone.sqlite3"
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)  # it holds the token
            self._connection = sqlite3.connect(self._path, timeout=1, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as failure:
            raise StorageError(f"{self._path} can't be opened: {failure}") from None
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        with self._explained():
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
        with self.transaction() as connection:
            layout = connection.execute("PRAGMA user_version").fetchone()[0]
            if layout == 0:
                for statement in TABLES:
                    connection.execute(statement)
            elif layout != LAYOUT:
                raise StorageError(f"{self._path} has layout {layout}, not {LAYOUT}: update the client.")
            connection.execute("UPDATE outbox SET state = 'pending'")  # a send that died with its process

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as failure:
            raise StorageError(f"{self._path}: {failure}. Nothing was changed.") from failure

    def close(self) -> None:
        with self._lock:
            self._connection.close()
