"""How fast phones are answered: syncs of a 12-stop route sheet, and operations, with 1 and with 32 phones.

`python -m bench.api [--seconds 10] [--json FILE]` starts PostgreSQL, Valkey and the API on this machine, and
sends from one more process, so that two cores carry both sides. Each phone waits for its answer before it asks
again: 32 phones are 32 requests at any moment.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api.actions import accounts, publishing, tickets
from api.actions.opening import Report
from api.adapters.servers import Servers
from api.db.engine import Database
from api.queries.day import load_day
from api.queries.house_rules import load_house_rules
from bench.house import own_house
from domain.people import Shift, Technician
from domain.places import Territory
from domain.plans import Plan, PlanState, Route, Stop
from domain.tickets import Channel

PHONES, STOPS = 32, 12


@dataclass(frozen=True)
class Figure:
    """Milliseconds, and requests a second."""

    what: str
    phones: int
    requests: int
    p50_ms: float
    p99_ms: float
    per_s: float


async def set_up(session: AsyncSession) -> list[UUID]:
    territory = Territory(name="Bench", city="Porto", zone_name="Europe/Lisbon")
    session.add(territory)
    await session.flush()
    team = [
        Technician(
            territory=territory,
            code=f"B{number:02}",
            name=f"Technician {number}",
            latitude=41.15,
            longitude=-8.61,
            skills=["electrical"],
            max_overtime=timedelta(),
            certificates=[],
            absences=[],
            shifts=[
                Shift(weekday=weekday, starts=clock(8), ends=clock(18), break_length=timedelta())
                for weekday in range(7)
            ],
        )
        for number in range(PHONES)
    ]
    session.add_all(team)
    rules = await load_house_rules(session)
    for number in range(PHONES * STOPS):
        await tickets.report(
            session,
            Report(
                territory_id=territory.id,
                community="Old Harbour",
                address=f"{number} Quay Street",
                latitude=41.15 + number / 10_000,
                longitude=-8.61,
                defect="light-fitting",
                channel=Channel.PHONE,
                reported_at=datetime.now(UTC),
                contact_name="Zhang San",
                contact_phone="13812340000",
                description="The light in the hall flickers since yesterday evening, and the switch feels warm.",
            ),
            rules=rules,
        )
    await session.flush()
    await publish_routes(session, territory, team)
    return [technician.id for technician in team]


async def publish_routes(session: AsyncSession, territory: Territory, team: list[Technician]) -> None:
    """Twelve visits of half an hour each, by hand: how the plan was found is not what is measured."""
    day = await load_day(session, territory, datetime.now(territory.zone).date() + timedelta(days=1))
    jobs = iter(day.jobs)
    begins = day.origin + timedelta(hours=8)

    def stop(position: int) -> Stop:
        starts = begins + position * timedelta(minutes=40)
        return Stop(
            job=next(jobs),
            position=position + 1,
            arrives_at=starts,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=30),
            travel=timedelta(minutes=10),
            travel_m=4000,
        )

    plan = Plan(
        territory=territory,
        day=day.day,
        version=1,
        state=PlanState.DRAFT,
        requested_at=datetime.now(UTC),
        seconds=1,
        snapshot=dict(day.versions()),
        routes=[
            Route(
                technician=technician,
                leaves_at=begins,
                returns_at=begins + timedelta(hours=9),
                breaks=[],
                stops=[stop(position) for position in range(STOPS)],
            )
            for technician in team
        ],
        unassigned=[],
    )
    session.add(plan)
    await session.flush()
    await publishing.publish(session, plan.id)


@contextmanager
def running() -> Iterator[tuple[str, list[str]]]:
    """The API's address and the phones' tokens."""
    with own_house() as (folder, servers):
        tokens = asyncio.run(pair_all(servers.database_url))
        with serving(folder, servers) as address:
            yield address, tokens


@contextmanager
def serving(folder: Path, servers: Servers) -> Iterator[str]:
    """The address of an API on these servers; it logs into the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "DOORSTEP_PORT": str(port),
        "DOORSTEP_SECRET": "the same for all processes of a bench",
    }
    with (folder / "api.log").open("wb") as log:
        api = subprocess.Popen([sys.executable, "-m", "api", "serve"], env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{address}/ready").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        api.terminate()
        api.wait()


async def pair_all(database_url: str) -> list[str]:
    database = Database(database_url)
    try:
        team = await database.write(set_up)
        tokens = []
        for technician_id in team:
            code, _ = await database.write(accounts.pairing_code, technician_id)
            _, token = await database.write(accounts.pair, code, "bench", "1.0.0")
            tokens.append(token)
        return tokens
    finally:
        await database.close()


class Wire:
    """The least HTTP client: one connection, one request at a time, so that the sender costs little."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self.host, self.port = host, port
        self.headers = (
            f"Host: {host}\r\nAuthorization: Bearer {token}\r\nDoorstep-Client: 1.0.0\r\nAccept-Encoding: gzip\r\n"
        )

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\n{self.headers}Content-Length: {len(body)}\r\n"
        if body:
            head += "Content-Type: application/json\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        told = await self.reader.readuntil(b"\r\n\r\n")
        if not told.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise RuntimeError(told.decode())
        lowered = told.lower()
        if b"content-length:" in lowered:
            length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
            return await self.reader.readexactly(length)
        parts = []
        while length := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append(await self.reader.readexactly(length + 2))
        await self.reader.readexactly(2)
        return b"".join(parts)


async def full_sync(wire: Wire, cursor: str) -> None:
    await wire.ask("GET", "/mobile/v1/sync?cursor=")


async def idle_sync(wire: Wire, cursor: str) -> None:
    await wire.ask("GET", f"/mobile/v1/sync?cursor={cursor}")


async def operation(wire: Wire, cursor: str) -> None:
    """A fact about a visit that is not there: read, stored for ever, audited and answered."""
    one = {
        "kind": "arrive",
        "op_id": str(uuid7()),
        "device_seq": 1,
        "visit_id": str(uuid7()),
        "at": datetime.now(UTC).isoformat(),
    }
    await wire.ask("POST", "/mobile/v1/operations", json.dumps({"operations": [one]}).encode())


KINDS = {
    "sync, 12 stops": full_sync,
    "sync, nothing new": idle_sync,
    "one operation": operation,
}


def measure(address: str, tokens: list[str], what: str, seconds: float) -> list[float]:
    """Seconds of each request; in a process of its own."""
    host, port = address.removeprefix("http://").split(":")

    async def phone(token: str, until: float, took: list[float]) -> None:
        wire = Wire(host, int(port), token)
        await wire.connect()
        cursor = str(STOPS + 1)
        await KINDS[what](wire, cursor)  # the first one is not counted
        while (began := time.perf_counter()) < until:
            await KINDS[what](wire, cursor)
            took.append(time.perf_counter() - began)
        wire.writer.close()

    async def every() -> list[float]:
        took: list[float] = []
        until = time.perf_counter() + seconds
        await asyncio.gather(*(phone(token, until, took) for token in tokens))
        return took

    return asyncio.run(every())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each line of the table")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    figures: list[Figure] = []
    with running() as (address, tokens), multiprocessing.get_context("spawn").Pool(1) as sender:
        lines = [(what, phones) for what in KINDS for phones in (1, PHONES)]
        for what, phones in track(lines, "Measuring", console=Console(stderr=True)):
            took = sender.apply(measure, (address, tokens[:phones], what, options.seconds))
            cuts = quantiles(took, n=100)
            figures.append(
                Figure(what, phones, len(took), 1000 * cuts[49], 1000 * cuts[98], len(took) / options.seconds)
            )
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for column in ("what", "phones", "requests", "p50 ms", "p99 ms", "per second"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for one in figures:
        table.add_row(
            one.what,
            str(one.phones),
            f"{one.requests:,}",
            f"{one.p50_ms:.1f}",
            f"{one.p99_ms:.1f}",
            f"{one.per_s:,.0f}",
        )
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=1))


if __name__ == "__main__":
    main()
