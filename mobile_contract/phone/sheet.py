"""The phone's copy of the route sheets, as the server last said, with the technician's own work on top."""

import sqlite3
from collections.abc import Iterable
from uuid import UUID

import msgspec

from mobile_contract.phone.optimistic import ENDS, UNDER_WAY, accepted_after, state_after
from mobile_contract.phone.storage import Storage
from mobile_contract.v1 import (
    Accept,
    Change,
    ChangeKind,
    Operation,
    RouteSheet,
    Stop,
    Verdict,
    VerdictStatus,
    VisitState,
)


class Sheet:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def cursor(self) -> str:
        with self._storage.transaction() as connection:
            return str(connection.execute("SELECT cursor FROM device").fetchone()[0])

    def apply(self, changes: Iterable[Change], *, cursor: str, full: bool) -> None:
        """All the changes and the cursor that they lead to, or nothing.

        Raises msgspec.DecodeError when a body of a known kind can't be read.
        """
        with self._storage.transaction() as connection:
            if full:
                for (key,) in connection.execute("SELECT key FROM held").fetchall():
                    _let_go(connection, key)
            for change in sorted(changes, key=lambda change: change.seq):
                if change.is_tombstone:
                    _let_go(connection, change.key)
                else:
                    _hold(connection, change)
            connection.execute("UPDATE device SET cursor = ?", (cursor,))

    def route_sheets(self) -> list[RouteSheet]:
        with self._storage.transaction() as connection:
            rows = connection.execute("SELECT body FROM held WHERE kind = ?", (ChangeKind.ROUTE_SHEET,)).fetchall()
        sheets = [msgspec.json.decode(body, type=RouteSheet) for (body,) in rows]
        return sorted(sheets, key=lambda sheet: sheet.day)

    def stops(self) -> list[Stop]:
        """In the order of the day. Those that were withdrawn in the middle of the work stay among them."""
        with self._storage.transaction() as connection:
            rows = connection.execute("SELECT body, state FROM held WHERE kind = ?", (ChangeKind.STOP,)).fetchall()
            stops = [_as_seen(connection, body, VisitState(state)) for body, state in rows]
        return sorted(stops, key=lambda stop: (stop.planned_start, stop.position))

    def withdrawn(self) -> set[UUID]:
        with self._storage.transaction() as connection:
            rows = connection.execute("SELECT visit_id FROM held WHERE withdrawn").fetchall()
        return {UUID(visit_id) for (visit_id,) in rows}

    def put_down(self, visit_id: UUID) -> None:
        with self._storage.transaction() as connection:
            connection.execute("DELETE FROM held WHERE withdrawn AND visit_id = ?", (str(visit_id),))


def judged(connection: sqlite3.Connection, operation: Operation, verdict: Verdict) -> None:
    """Keeps the effect of an operation that leaves the outbox, so that the screen doesn't fall back until sync.

    A verdict told again tells the state of then: only an end can be taken at its word, for nothing follows it.
    """
    visit_id = str(operation.visit_id)
    row = connection.execute("SELECT body, state FROM held WHERE visit_id = ?", (visit_id,)).fetchone()
    if row is None:
        return
    body, state = row[0], VisitState(row[1])
    if verdict.status is not VerdictStatus.REJECTED:
        state = state_after(state, [operation])
        if isinstance(operation, Accept):
            body = msgspec.json.encode(msgspec.json.decode(body) | {"accepted": True})
    if verdict.visit_state in ENDS:
        state = verdict.visit_state
    connection.execute("UPDATE held SET state = ?, body = ? WHERE visit_id = ?", (state, body, visit_id))
    if state in ENDS:
        connection.execute("DELETE FROM held WHERE withdrawn AND visit_id = ?", (visit_id,))


def _hold(connection: sqlite3.Connection, change: Change) -> None:
    body = change.read()
    stop = body if isinstance(body, Stop) else None
    connection.execute(
        "INSERT OR REPLACE INTO held (key, kind, body, visit_id, state) VALUES (?, ?, ?, ?, ?)",
        (change.key, change.kind, bytes(change.body), stop and str(stop.visit_id), stop and stop.state),
    )


def _let_go(connection: sqlite3.Connection, key: str) -> None:
    """Work that is under way stays on the phone until it is finished or put down: it must still be signed."""
    row = connection.execute("SELECT body, state FROM held WHERE key = ?", (key,)).fetchone()
    if row and row[1] and _as_seen(connection, row[0], VisitState(row[1])).state in UNDER_WAY:
        connection.execute("UPDATE held SET withdrawn = 1 WHERE key = ?", (key,))
    else:
        connection.execute("DELETE FROM held WHERE key = ?", (key,))


def _as_seen(connection: sqlite3.Connection, body: bytes, synced: VisitState) -> Stop:
    stop = msgspec.json.decode(body, type=Stop)
    rows = connection.execute(
        "SELECT body FROM outbox WHERE visit_id = ? ORDER BY device_seq", (str(stop.visit_id),)
    ).fetchall()
    unsent = [msgspec.json.decode(operation, type=Operation) for (operation,) in rows]
    return msgspec.structs.replace(
        stop, state=state_after(synced, unsent), accepted=accepted_after(stop.accepted, unsent)
    )
