"""The technicians of a simulation, each with the reference client: they do what the phone shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import redis

from api.simulation.city import Point, Worker
from api.simulation.desk import Desk
from mobile_contract.client import Phone, Unreachable
from mobile_contract.v1 import NoAccessReason, Stop, VisitState
from mobile_contract.v1 import Point as Dot

STROKES = [[Dot(x=1000, y=2000, t=0), Dot(x=1400, y=1500, t=120)]]


@dataclass
class Hand:
    """`turn` moves on when something else is to be done than was thought: what was due for an older one is dropped."""

    worker: Worker
    phone: Phone
    place: Point
    at_work: bool = False
    turn: int = 0
    rested: bool = False
    worked: bool = False
    ill: bool = False
    free_at: float = 0.0

    def look(self) -> list[Stop]:
        """The visits to come that the phone shows after a sync, in their order."""
        self.phone.sync()
        return [stop for stop in self.phone.stops() if stop.state is VisitState.PLANNED]

    def rest(self, day: date) -> tuple[datetime, datetime] | None:
        """The first break of the sheet, unless it was taken."""
        sheet = self.phone.sheet(day)
        breaks = sheet.breaks if sheet and not self.rested else []
        return next(((one.start, one.end) for one in breaks), None)

    def send(self) -> None:
        """Raises Unreachable where a record could not be sent: nothing stands between these phones and the site."""
        self.phone.send()
        if self.phone.unsent:
            raise Unreachable(f"{self.phone.unsent} records of technician {self.worker.number + 1} were not taken")

    def depart(self, stop: Stop, at: datetime) -> None:
        self.phone.depart(stop.visit_id, at=at)
        self.send()

    def arrive(self, stop: Stop, at: datetime) -> None:
        self.phone.arrive(stop.visit_id, at=at)
        self.send()

    def start(self, stop: Stop, at: datetime) -> None:
        self.phone.start(stop.visit_id, at=at)
        self.send()

    def nobody_home(self, stop: Stop, at: datetime) -> None:
        self.phone.no_access(stop.visit_id, NoAccessReason.NOBODY_HOME, at=at)
        self.send()

    def complete(self, stop: Stop, at: datetime, took: timedelta) -> None:
        minutes = max(1, round(took / timedelta(minutes=1)))
        self.phone.complete(stop.visit_id, minutes=minutes, signer_name="王芳", strokes=STROKES, at=at)
        self.send()


def paired(
    desk: Desk,
    worker: Worker,
    technician_id: object,
    folder: Path,
    address: str,
    redis_url: str,
    http: httpx.Client,
    clock: Callable[[], datetime],
) -> Hand:
    """All phones come from one address here: the limit of pairings from one is lifted for each."""
    with redis.Redis.from_url(redis_url) as valkey:
        valkey.delete("limit:pair:127.0.0.1")
    code = desk.post(f"/api/v1/technicians/{technician_id}/pairing-codes")["code"]
    phone = Phone(folder / f"{worker.number}", address, http=http, clock=clock)
    phone.pair(code, f"Phone {worker.number + 1}")
    return Hand(worker, phone, worker.home)
