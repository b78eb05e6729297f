"""A small town for tests: one territory, a few technicians and homes, staff who can sign in, and the site."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api.actions import planning, publishing, tickets
from api.actions.accounts import passwords
from api.actions.opening import Report
from api.app import create_app
from api.db.engine import Database
from api.settings import Settings
from domain.people import Certificate, Role, Shift, Staff, Technician
from domain.places import Territory
from domain.tickets import Channel

T = TypeVar("T")
PASSWORD = "correct horse battery staple"
HASH = passwords.hash(PASSWORD)
DAY = datetime.now(UTC).date() + timedelta(days=1)


class Town:
    """`run` gives a function a database and waits for it; `write` gives it a transaction."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.territory_id, self.elsewhere_id, self.technicians = self.write(settle)

    def run(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def go() -> T:
            database = Database(self.database_url, readers=4)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(go())

    def write(self, action: Callable[..., Awaitable[T]], *args: Any, **kwargs: Any) -> T:
        return self.run(lambda database: database.write(action, *args, **kwargs))

    def empty(self, *, but: str = "") -> None:
        """Takes away tickets, plans, absences and all that came of them. Only the database's owner can."""
        tables = ", ".join(
            {"tickets", "plans", "outbox", "feed", "absences", "photos", "repairs", "task_troubles"} - {but}
        )
        with psycopg.connect(self.database_url.replace("+psycopg", "")) as connection:
            connection.execute(f"TRUNCATE {tables} CASCADE")

    def report(self, defect: str = "light-fitting", *, where: int = 1, **told: Any) -> UUID:
        """A ticket from the `where`-th house, a few hundred metres from the ones beside it."""
        values: dict[str, Any] = {
            "territory_id": self.territory_id,
            "community": "Old Harbour",
            "address": f"{where} Quay Street",
            "latitude": 41.15 + where / 500,
            "longitude": -8.61,
            "defect": defect,
            "channel": Channel.PHONE,
            "reported_at": datetime.now(UTC) - timedelta(minutes=5),
            "contact_name": "Zhang San",
            "contact_phone": "13812340000",
        }
        ticket, _ = self.write(tickets.report, Report(**values | told))
        return ticket.id

    def plan(self, day: date = DAY, seconds: float = 0.4) -> UUID:
        """A draft, made here and now."""
        plan = self.write(planning.request, self.territory_id, day, seconds)
        self.run(lambda database: planning.solve(database, plan.id, threads=1, osrm_url=None))
        return plan.id

    def publish(self, day: date = DAY) -> UUID:
        plan_id = self.plan(day)
        self.write(publishing.publish, plan_id)
        return plan_id


async def settle(session: AsyncSession) -> tuple[UUID, UUID, list[UUID]]:
    harbour = Territory(name="Harbour", city="Porto", zone_name="Europe/Lisbon")
    elsewhere = Territory(name="Elsewhere", city="Shanghai", zone_name="Asia/Shanghai")
    session.add_all([harbour, elsewhere])
    await session.flush()
    session.add_all(
        [
            Staff(username="dora", name="Dora", role=Role.DISPATCHER, password_hash=HASH, territories=[harbour]),
            Staff(username="mia", name="Mia", role=Role.MANAGER, password_hash=HASH, territories=[]),
        ]
    )
    team = [technician(harbour, "T1", ["electrical", "plumbing"]), technician(harbour, "T2", ["electrical"])]
    session.add_all(team)
    await session.flush()
    return harbour.id, elsewhere.id, [one.id for one in team]


def technician(territory: Territory, code: str, skills: list[str]) -> Technician:
    return Technician(
        territory=territory,
        code=code,
        name=f"Technician {code}",
        latitude=41.15,
        longitude=-8.61,
        skills=skills,
        max_overtime=timedelta(),
        certificates=[
            Certificate(
                kind="cert:electrician",
                valid_from=DAY - timedelta(days=100),
                valid_to=DAY + timedelta(days=100),
            )
        ],
        shifts=[
            Shift(weekday=weekday, starts=time(8), ends=time(17), break_length=timedelta()) for weekday in range(7)
        ],
        absences=[],
    )


class Desk:
    """A member of staff at a browser, signed in, with the token that every change needs."""

    def __init__(self, client: TestClient[Litestar], username: str) -> None:
        self.client = client
        client.cookies.clear()
        client.get("/health")
        answer = self.post("/api/v1/sign-in", {"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(
            path, json=body, headers={"X-CSRF-Token": self.client.cookies.get("doorstep_csrf") or ""}
        )


@pytest.fixture(scope="module")
def town(database_url: str) -> Town:
    return Town(database_url)


@pytest.fixture
def site(town: Town, redis_url: str, tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    """The real app on the real database, without a network between. Photos and messages go below `tmp_path`."""
    settings = Settings(
        database_url=town.database_url,
        redis_url=redis_url,
        seal_keys=str(tmp_path / "seal"),
        photos=str(tmp_path / "photos"),
        messages=str(tmp_path / "messages"),
    )
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def dora(site: TestClient[Litestar]) -> Desk:
    return Desk(site, "dora")


@pytest.fixture
def mia(site: TestClient[Litestar]) -> Desk:
    return Desk(site, "mia")


class Pocket:
    """A paired phone without an outbox: what it is told to send goes out as it is."""

    def __init__(self, desk: Desk, technician_id: UUID) -> None:
        self.client = desk.client
        code = desk.post(f"/api/v1/technicians/{technician_id}/pairing-codes").json()["code"]
        body = {"code": code, "device_name": "test", "client_version": "1.0.0"}
        answer = self.client.post("/mobile/v1/pair", json=body).json()
        self.device_id, self.token = answer["device_id"], answer["token"]
        self.seq = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Doorstep-Client": "1.0.0"}

    def sync(self, cursor: str = "") -> Any:
        return self.client.get("/mobile/v1/sync", params={"cursor": cursor}, headers=self.headers)

    def stops(self) -> list[dict[str, Any]]:
        changes = self.sync().json()["changes"]
        return sorted((c["body"] for c in changes if c["kind"] == "stop"), key=lambda stop: stop["position"])

    def operation(self, kind: str, visit_id: str, **values: Any) -> dict[str, Any]:
        self.seq += 1
        return {
            "kind": kind,
            "op_id": str(uuid7()),
            "device_seq": self.seq,
            "visit_id": visit_id,
            "at": datetime.now(UTC).isoformat(),
        } | values

    def complete(self, visit_id: str, **sign_off: Any) -> dict[str, Any]:
        signed = {"signer_name": "Zhang San", "strokes": [[[1, 2, 0], [3, 4, 9]]], "document_hash": "a" * 64}
        return self.operation(
            "complete",
            visit_id,
            checklist=[{"code": "in-uniform", "done": True, "note": ""}],
            parts=[{"code": "bulb", "name": "Bulb 灯泡", "quantity": 2}],
            minutes=25,
            note="",
            sign_off=signed | sign_off,
        )

    def send(self, *operations: dict[str, Any], expect: int = 200) -> list[dict[str, Any]]:
        """The verdicts, in the order of the operations."""
        answer = self.client.post("/mobile/v1/operations", json={"operations": operations}, headers=self.headers)
        assert answer.status_code == expect, answer.text
        verdicts = {verdict["op_id"]: verdict for verdict in answer.json().get("verdicts", [])}
        return [verdicts[operation["op_id"]] for operation in operations] if verdicts else [answer.json()]
