"""Operations that the server has not judged yet, in the order in which they happened.

One leaves only on a durable verdict for itself. Those that a send has taken are `syncing`; whatever ends the
send, the death of the process included, makes them `pending` again, and they go out as the same bytes.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec
from msgspec import Raw, Struct, ValidationError

from mobile_contract.phone.errors import NotRecorded
from mobile_contract.phone.sheet import judged
from mobile_contract.phone.storage import Storage
from mobile_contract.v1 import Operation, Verdict, VerdictStatus

FLAGGED = (VerdictStatus.REJECTED, VerdictStatus.ACCEPTED_WITH_CONFLICT)


class Flagged(Struct, frozen=True):
    """An operation that was refused, or kept against what the office had planned."""

    operation: Operation
    verdict: Verdict


class Outbox:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def record(self, make: Callable[[int], Operation]) -> UUID:
        """Stores what `make` gives for the next `device_seq`. Raises NotRecorded, StorageError.

        What belongs to no visit has its own id in the visit's place: it waits for nothing, and nothing for it.
        """
        with self._storage.transaction() as connection:
            ((seq,),) = connection.execute("UPDATE device SET last_seq = last_seq + 1 RETURNING last_seq").fetchall()
            try:
                operation = make(seq)
                body = msgspec.json.encode(operation)
                msgspec.json.decode(body, type=Operation)
            except (ValueError, TypeError, ValidationError) as broken:
                raise NotRecorded(str(broken)) from None
            connection.execute(
                "INSERT INTO outbox (device_seq, op_id, visit_id, body) VALUES (?, ?, ?, ?)",
                (seq, str(operation.op_id), str(operation.visit_id or operation.op_id), body),
            )
        return operation.op_id

    def __len__(self) -> int:
        with self._storage.transaction() as connection:
            return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def take(self, most: int, most_bytes: int) -> list[Raw]:
        """The earliest that this send hasn't tried, now `syncing`; none when it has tried all that it may.

        A visit with an operation that this send already tried in vain waits, so that its own stay in order.
        """
        with self._storage.transaction() as connection:
            rows = connection.execute(
                """SELECT device_seq, body FROM outbox
                WHERE visit_id NOT IN (SELECT visit_id FROM outbox WHERE state = 'syncing')
                ORDER BY device_seq LIMIT ?""",
                (most,),
            ).fetchall()
            batch: list[Raw] = []
            size = 0
            for seq, body in rows:
                size += len(body) + 1
                if batch and size > most_bytes:
                    break
                connection.execute("UPDATE outbox SET state = 'syncing' WHERE device_seq = ?", (seq,))
                batch.append(Raw(body))
        return batch

    def release(self) -> None:
        with self._storage.transaction() as connection:
            connection.execute("UPDATE outbox SET state = 'pending' WHERE state = 'syncing'")

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        """Drops what was durably judged. Verdicts on anything not on its way are ignored."""
        with self._storage.transaction() as connection:
            for verdict in verdicts:
                if not verdict.status.durable:
                    continue
                rows = connection.execute(
                    """DELETE FROM outbox WHERE op_id = ? AND state = 'syncing'
                    RETURNING device_seq, body""",
                    (str(verdict.op_id),),
                ).fetchall()
                for seq, body in rows:
                    if verdict.status in FLAGGED:
                        connection.execute(
                            "INSERT INTO flagged VALUES (?, ?, ?)", (seq, body, msgspec.json.encode(verdict))
                        )
                    judged(connection, msgspec.json.decode(body, type=Operation), verdict)

    def flagged(self) -> list[Flagged]:
        with self._storage.transaction() as connection:
            rows = connection.execute("SELECT body, verdict FROM flagged ORDER BY device_seq").fetchall()
        return [
            Flagged(
                operation=msgspec.json.decode(body, type=Operation),
                verdict=msgspec.json.decode(verdict, type=Verdict),
            )
            for body, verdict in rows
        ]
