"""A small server that keeps the contract, in memory, on a real socket, and fails on the wire when told to.

It judges by rules of its own, so that it can't agree with the client by sharing a mistake with it.
"""

import gzip
import json
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import msgspec
from wire_samples import a_route_sheet, a_stop

from mobile_contract.v1 import (
    CLIENT_HEADER,
    MAX_REQUEST_BYTES,
    TOMBSTONE,
    Change,
    ErrorAnswer,
    Operation,
    OperationsAnswer,
    PairAnswer,
    PairRequest,
    ReasonCode,
    SyncAnswer,
    Verdict,
    VerdictStatus,
    VisitState,
    payload_hash,
    read_batch,
    too_old,
)


class Fault(Enum):
    """What becomes of one request."""

    NONE = auto()
    DROP_BEFORE = auto()
    """The connection dies before the request is read."""
    DROP_AFTER = auto()
    """The request takes effect; the connection dies before the answer."""
    CUT_ANSWER = auto()
    """The connection dies in the middle of the answer."""
    ERROR_500 = auto()
    ERROR_503 = auto()
    TOO_MANY = auto()
    HANDLE_TWICE = auto()
    """A network that repeats itself: the second answer reaches the phone."""
    SAY_TWICE = auto()
    """Every verdict is in the answer twice."""
    SAY_HALF = auto()
    """Half of the verdicts are missing from the answer."""
    SAY_STRANGE = auto()
    """Verdicts on operations that were not in the request, and none of those that were."""
    PORTAL = auto()
    """200, with the page of somebody else's network."""
    REDIRECT = auto()
    BUSY = auto()
    """Every other operation meets a deadlock: `retry`, and nothing of it is kept."""


ENDED = ("done", "no_access", "needs_another")
LEADS_TO = {"depart": "travelling", "arrive": "arrived", "start": "started", "pause": "paused"}


class Office:
    """`judged` holds every operation once, in the order of its verdict; `effects` those that were not refused."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.faults: deque[Fault] = deque()
            self.codes = {"PAIR-1": (uuid4(), "陈伟")}
            self.devices: dict[str, PairAnswer] = {}
            self.revoked: set[str] = set()
            self.minimum_client = "1.0.0"
            self.announced = ""
            self.feed: dict[str, Change] = {}
            self.seq = 0
            self.era = 0
            self.page = 1000
            self.visits: dict[UUID, VisitState] = {}
            self.moved: set[UUID] = set()
            self.verdicts: dict[UUID, tuple[str, Verdict]] = {}
            self.judged: list[Operation] = []
            self.effects: list[Operation] = []
            self.busy: set[UUID] = set()
            self.unreadable_with: set[UUID] = set()
            self.most = 100
            self.batches: list[int] = []
            self.before: Callable[[str], None] = lambda path: None
            self.after: Callable[[str], None] = lambda path: None

    # The office's side

    def put(self, key: str, kind: str, body: Any) -> None:
        with self.lock:
            self.seq += 1
            raw = TOMBSTONE if body is None else msgspec.Raw(msgspec.json.encode(body))
            self.feed[key] = Change(key=key, seq=self.seq, kind=kind, body=raw)

    def plan(self, count: int) -> list[UUID]:
        """A day of that many visits for the phone."""
        self.put("route_sheet:1", "route_sheet", a_route_sheet())
        stops = [a_stop(position=position) for position in range(1, count + 1)]
        for stop in stops:
            self.visits[stop.visit_id] = stop.state
            self.put(f"stop:{stop.visit_id}", "stop", stop)
        return [stop.visit_id for stop in stops]

    def forget_cursors(self) -> None:
        self.era += 1

    # What it answers

    def pair(self, request: PairRequest) -> PairAnswer | ErrorAnswer:
        if request.code not in self.codes:
            return ErrorAnswer(code=ReasonCode.PAIRING_CODE_REFUSED, detail="")
        technician_id, name = self.codes.pop(request.code)
        answer = PairAnswer(device_id=uuid4(), token=uuid4().hex, technician_id=technician_id, technician_name=name)
        self.devices[answer.token] = answer
        return answer

    def sync(self, cursor: str) -> SyncAnswer:
        era, _, seen = cursor.partition(".")
        full = era != str(self.era)
        since = 0 if full else int(seen)
        news = sorted((change for change in self.feed.values() if change.seq > since), key=lambda one: one.seq)
        page, rest = news[: self.page], news[self.page :]
        last = page[-1].seq if page else since
        return SyncAnswer(
            cursor=f"{self.era}.{last}",
            changes=page,
            more=bool(rest),
            full=full,
            server_time=datetime.now(UTC),
            minimum_client=self.announced or self.minimum_client,
        )

    def operations(self, body: bytes, fault: Fault) -> OperationsAnswer | ErrorAnswer:
        sent = [UUID(one["op_id"]) for one in json.loads(body)["operations"]]
        self.batches.append(len(sent))
        if self.unreadable_with & set(sent):
            return ErrorAnswer(code=ReasonCode.MALFORMED_REQUEST, detail="can't read that")
        if len(sent) > self.most or len(body) > MAX_REQUEST_BYTES:
            return ErrorAnswer(code=ReasonCode.REQUEST_TOO_LARGE, detail="")
        batch = read_batch(body)
        verdicts, waiting = [], set[UUID]()
        for at, operation in enumerate(batch.operations):
            busy = operation.op_id in self.busy or (fault is Fault.BUSY and at % 2 == 0)
            if operation.visit_id in waiting or busy:
                reason = ReasonCode.TEMPORARILY_UNAVAILABLE if busy else ReasonCode.WAITS_FOR_EARLIER
                verdicts.append(Verdict(op_id=operation.op_id, status=VerdictStatus.RETRY, reason=reason))
                waiting.add(operation.visit_id or operation.op_id)
            else:
                verdicts.append(self.judge(operation))
        if fault is Fault.SAY_TWICE:
            verdicts += verdicts
        elif fault is Fault.SAY_HALF:
            verdicts = verdicts[::2]
        elif fault is Fault.SAY_STRANGE:
            verdicts = [msgspec.structs.replace(verdict, op_id=uuid4()) for verdict in verdicts]
        return OperationsAnswer(verdicts=verdicts, server_time=datetime.now(UTC))

    def judge(self, operation: Operation) -> Verdict:
        content = payload_hash(operation)
        if operation.op_id in self.verdicts:
            known, verdict = self.verdicts[operation.op_id]
            if known != content:
                verdict = self.refuse(operation, ReasonCode.PAYLOAD_MISMATCH)
            elif verdict.status is VerdictStatus.APPLIED:
                verdict = msgspec.structs.replace(verdict, status=VerdictStatus.DUPLICATE)
            return verdict
        verdict = self.decide(operation)
        self.judged.append(operation)
        self.verdicts[operation.op_id] = (content, verdict)
        if verdict.status is not VerdictStatus.REJECTED:
            self.effects.append(operation)
        return verdict

    def decide(self, operation: Operation) -> Verdict:
        """Read off the JSON, so that the client's own types decide nothing here."""
        said = msgspec.to_builtins(operation)
        if operation.visit_id is None:
            return Verdict(op_id=operation.op_id, status=VerdictStatus.APPLIED)
        if operation.visit_id not in self.visits:
            return self.refuse(operation, ReasonCode.UNKNOWN_VISIT)
        state = self.visits[operation.visit_id]
        match said["kind"]:
            case "add_note" | "use_part" | "attach_photo" | "found_defect" | "ping":
                pass
            case _ if state in ENDED:
                return self.refuse(operation, ReasonCode.ILLEGAL_MOVE, state)
            case "accept":
                pass
            case "complete":
                state = VisitState("done" if said["sign_off"].get("accepted", True) else "needs_another")
            case "refuse":
                state = VisitState("needs_another" if said["reason"] == "not_repaired" else "done")
            case "no_access":
                state = VisitState("no_access")
            case "another_visit":
                state = VisitState("needs_another")
            case kind:
                state = VisitState(LEADS_TO[kind])
        self.visits[operation.visit_id] = state
        conflict = ReasonCode.VISIT_MOVED if operation.visit_id in self.moved else None
        status = VerdictStatus.ACCEPTED_WITH_CONFLICT if conflict else VerdictStatus.APPLIED
        return Verdict(op_id=operation.op_id, status=status, reason=conflict, visit_state=state)

    def refuse(self, operation: Operation, reason: ReasonCode, state: VisitState | None = None) -> Verdict:
        return Verdict(
            op_id=operation.op_id,
            status=VerdictStatus.REJECTED,
            reason=reason,
            detail="Not this one.",
            visit_state=state,
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # head and body in one packet: apart, each answer waits 40 ms for the other's ACK
    office: Office

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        office = self.office
        path = urlsplit(self.path).path
        office.before(path)
        with office.lock:
            fault = office.faults.popleft() if office.faults else Fault.NONE
            if fault is Fault.DROP_BEFORE:
                self.hang_up()
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if fault in (Fault.ERROR_500, Fault.ERROR_503, Fault.TOO_MANY, Fault.PORTAL, Fault.REDIRECT):
                self.fail(fault)
                return
            for _ in range(2 if fault is Fault.HANDLE_TWICE else 1):
                answer = self.handled(path, body, fault)
        office.after(path)
        status = answer.code.http if isinstance(answer, ErrorAnswer) else 200
        assert status is not None
        if fault is Fault.DROP_AFTER:
            self.hang_up()
        else:
            self.say(status, msgspec.json.encode(answer), cut=fault is Fault.CUT_ANSWER)

    def handled(self, path: str, body: bytes, fault: Fault) -> Any:
        office = self.office
        if too_old(self.headers.get(CLIENT_HEADER), office.minimum_client):
            return ErrorAnswer(code=ReasonCode.TOO_OLD_CLIENT, detail=office.minimum_client)
        if path == "/mobile/v1/pair":
            return office.pair(msgspec.json.decode(body, type=PairRequest))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in office.revoked:
            return ErrorAnswer(code=ReasonCode.DEVICE_REVOKED, detail="")
        if token not in office.devices:
            return ErrorAnswer(code=ReasonCode.NOT_PAIRED, detail="")
        if path == "/mobile/v1/sync":
            return office.sync(parse_qs(urlsplit(self.path).query).get("cursor", [""])[0])
        assert path == "/mobile/v1/operations"
        return office.operations(body, fault)

    def fail(self, fault: Fault) -> None:
        if fault is Fault.ERROR_500:
            self.say(500, b"<h1>Internal Server Error</h1>")
        elif fault in (Fault.ERROR_503, Fault.TOO_MANY):
            busy, many = ReasonCode.TEMPORARILY_UNAVAILABLE, ReasonCode.TOO_MANY_REQUESTS
            code = busy if fault is Fault.ERROR_503 else many
            self.say(code.http or 0, msgspec.json.encode(ErrorAnswer(code=code, detail="")))
        elif fault is Fault.PORTAL:
            self.say(200, b"<html>Welcome to Grand Hotel WiFi</html>")
        else:
            self.say(302, b"", location="/login")

    def say(self, status: int, body: bytes, *, location: str = "", cut: bool = False) -> None:
        zipped = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, 1) if zipped else body
        self.send_response(status)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.hang_up()

    def hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # the name is the base class's
        pass


class Running:
    """An office at an address of its own, until closed."""

    def __init__(self) -> None:
        self.office = Office()
        handler = type("OfficeHandler", (Handler,), {"office": self.office})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
