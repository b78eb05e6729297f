"""The reference client: what a phone does. Tests and benchmarks use it; another client can be read off it.

Recording never needs the network, and is on disk before it returns. `send` and `sync` are safe at any moment
and any number of times: on start, when the network comes back, on focus and on a timer.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx
import msgspec
from msgspec import Raw

from mobile_contract.phone.device import Device
from mobile_contract.phone.errors import (
    NotRecorded,
    PhoneError,
    Refused,
    StillUnsent,
    StorageError,
    Unreachable,
)
from mobile_contract.phone.outbox import Flagged, Outbox
from mobile_contract.phone.recording import Recording, utc_now
from mobile_contract.phone.server import Server
from mobile_contract.phone.sheet import Sheet
from mobile_contract.phone.storage import Storage
from mobile_contract.v1 import (
    MAX_OPERATIONS,
    MAX_REQUEST_BYTES,
    OPERATIONS,
    PAIR,
    SYNC,
    Change,
    OperationsAnswer,
    PairAnswer,
    PairRequest,
    ReasonCode,
    RouteSheet,
    Stop,
    SyncAnswer,
    SyncQuery,
    Verdict,
    too_old,
)

__all__ = [
    "CLIENT_VERSION",
    "Flagged",
    "NotRecorded",
    "Phone",
    "PhoneError",
    "Refused",
    "StillUnsent",
    "StorageError",
    "Unreachable",
]

CLIENT_VERSION = "1.0.0"

ENVELOPE_BYTES = 1024
"""What a request holds besides its operations, amply."""

SMALLER = (ReasonCode.MALFORMED_REQUEST, ReasonCode.REQUEST_TOO_LARGE)
"""Refusals of a batch that its halves may not meet."""


class Phone(Recording):
    """One phone, with its file in `folder`. Every error is a PhoneError; `phone.errors` draws the tree.

    A given `http` is not closed with the phone. `clock` is the device's, as it is set. Threads may share a phone; two
    processes may not.
    """

    def __init__(
        self, folder: Path, base_url: str, *, http: httpx.Client | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._storage = Storage(folder)
        self._device = Device(self._storage)
        super().__init__(Outbox(self._storage), Sheet(self._storage), clock)
        self._server = Server(base_url, CLIENT_VERSION, http)
        # One exchange at a time: an answer to a sync that was asked for before a verdict would undo it.
        self._exchange = threading.Lock()
        self.update_wanted = False
        """The last sync announced a minimum above this client; once it is enforced, calls are Refused."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._server.close()
        self._storage.close()

    @property
    def identity(self) -> PairAnswer | None:
        return self._device.identity()

    def pair(self, code: str, device_name: str) -> PairAnswer:
        """Raises StillUnsent, and stays whose it was, while another technician's work is on this phone."""
        request = PairRequest(code=code, device_name=device_name, client_version=CLIENT_VERSION)
        with self._exchange:
            before = self._device.identity()
            answer: PairAnswer = self._server.call(PAIR, request)
            if before and before.technician_id != answer.technician_id and self.unsent:
                raise StillUnsent(f"{self.unsent} records of {before.technician_name} are not sent yet.")
            self._device.become(answer)
        return answer

    def sign_out(self) -> None:
        """Raises StillUnsent while something is unsent: nobody else could send it."""
        with self._exchange:
            if self.unsent:
                raise StillUnsent(f"{self.unsent} records are not sent yet.")
            self._device.become(None)

    def sync(self) -> int:
        """Brings the copy of the sheets up to date, all or nothing; the number of changes.

        Raises Unreachable, Refused.
        """
        with self._exchange:
            cursor, changes, full = self._sheet.cursor(), list[Change](), False
            more = True
            while more:
                answer: SyncAnswer = self._server.call(SYNC, SyncQuery(cursor=cursor), self._token())
                if answer.more and answer.cursor == cursor:
                    raise Unreachable("the server says there is more, but its cursor stands still")
                if answer.full:
                    changes, full = [], True
                changes += answer.changes
                cursor, more = answer.cursor, answer.more
            try:
                self._sheet.apply(changes, cursor=cursor, full=full)
            except msgspec.DecodeError as broken:
                raise Unreachable(f"a change can't be read: {broken}") from None
            self.update_wanted = too_old(CLIENT_VERSION, answer.minimum_client)
            return len(changes)

    def sheet(self, day: date | None = None) -> RouteSheet | None:
        """That day's sheet, or without a day the earliest one held."""
        return next((sheet for sheet in self._sheet.route_sheets() if day in (None, sheet.day)), None)

    def stops(self) -> list[Stop]:
        """In the order of the days held, each in the state that the technician has brought it to."""
        return self._sheet.stops()

    def withdrawn(self) -> set[UUID]:
        """Visits that the office took away while they were being worked on; kept until done or put down."""
        return self._sheet.withdrawn()

    def put_down(self, visit_id: UUID) -> None:
        self._sheet.put_down(visit_id)

    @property
    def unsent(self) -> int:
        return len(self._outbox)

    def flagged(self) -> list[Flagged]:
        """What was refused or met a conflict, with the reason: kept for the technician to see."""
        return self._outbox.flagged()

    def send(self) -> list[Verdict]:
        """Sends what is unsent, in the order it happened; the verdicts that came.

        Without a network it sends nothing and says nothing: `unsent` tells. Raises Refused when a person must
        act first (pair again, update), with everything kept.
        """
        verdicts: list[Verdict] = []
        with self._exchange:
            token = self._token()
            try:
                while batch := self._outbox.take(MAX_OPERATIONS, MAX_REQUEST_BYTES - ENVELOPE_BYTES):
                    self._deliver(batch, token, verdicts)
            except Unreachable:
                pass
            finally:
                self._outbox.release()
        return verdicts

    def _deliver(self, batch: Sequence[Raw], token: str, verdicts: list[Verdict]) -> None:
        request = {"operations": batch, "sent_at": self._clock()}
        try:
            answer: OperationsAnswer = self._server.call(OPERATIONS, request, token)
        except Refused as refusal:
            if refusal.reason not in SMALLER:
                raise
            if len(batch) > 1:
                half = len(batch) // 2
                self._deliver(batch[:half], token, verdicts)
                self._deliver(batch[half:], token, verdicts)
            return  # one alone that can't be read stays, and holds nothing up
        self._outbox.settle(answer.verdicts)
        verdicts += answer.verdicts

    def _token(self) -> str:
        identity = self._device.identity()
        if identity is None:
            raise Refused(ReasonCode.NOT_PAIRED, "")
        return identity.token
