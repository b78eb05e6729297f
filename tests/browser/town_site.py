"""A town's office that is open: a day with everything on it, planned and published, and the site on a real port."""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import redis
from playwright.sync_api import Page
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, PASSWORD, Town

from api.actions import accounts
from api.adapters.servers import Servers
from api.settings import Settings
from api.supervisor import Supervisor
from domain.jobs import Visit, VisitState
from mobile_contract.client import Phone


@dataclass(frozen=True)
class Office:
    """`address` is where the site answers; `conflict` is the ticket that a phone has contradicted the plan about."""

    address: str
    photos: Path
    messages: Path
    conflict: str = ""


@contextmanager
def opened(town: Town, servers: Servers, folder: Path) -> Iterator[Office]:
    report_all_kinds(town)
    town.publish(DAY)
    with serving(town, servers, folder) as office:
        yield replace(office, conflict=contradict(town, office.address, folder / "phone"))


@contextmanager
def serving(town: Town, servers: Servers, folder: Path, **settings: str) -> Iterator[Office]:
    """The site and a worker, with whatever day the town has. `settings` are variables of their environment."""
    with redis.Redis.from_url(servers.redis_url) as connection:
        connection.flushall()  # it counts sign-ins, also those of other tests
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Supervisor(Settings(port=port), Servers(town.database_url, servers.redis_url, {}, None), folder / "log")
    running.environment |= {"DOORSTEP_SOLVE_SECONDS": "5", "DOORSTEP_PHOTOS": str(folder / "photos")}
    running.environment |= {"DOORSTEP_MESSAGES": str(folder / "messages"), **settings}
    address = f"http://127.0.0.1:{port}"
    try:
        running.start("serve", "worker")
        wait_for(f"{address}/ready", folder / "log")
        yield Office(address, folder / "photos", folder / "messages")
    finally:
        running.stop()


def report_all_kinds(town: Town) -> None:
    """Eight that can be done, one that needs a trade nobody has, one whose place nobody knows."""
    for where in range(1, 7):
        town.report("light-fitting", where=where)
    town.report("slow-leak", where=7)
    town.report("no-lighting", where=8, description="<img src=x onerror=alert(1)>")
    town.report("gas-smell", where=9)
    town.report("light-fitting", where=10, latitude=None, longitude=None)


def contradict(town: Town, address: str, folder: Path) -> str:
    """A phone that did not know yet says that its technician arrived at a visit which had been cancelled."""
    for technician_id in town.technicians:
        code, _ = town.write(accounts.pairing_code, technician_id)
        with Phone(folder / str(technician_id), address) as phone:
            phone.pair(code, "Blue phone")
            phone.sync()
            if stops := phone.stops():
                town.write(cancel, stops[0].visit_id)
                phone.arrive(stops[0].visit_id)
                phone.send()
                return stops[0].ticket_number
    raise AssertionError("No technician has a stop.")


async def cancel(session: AsyncSession, visit_id: UUID) -> None:
    (await session.get_one(Visit, visit_id)).move(VisitState.CANCELLED)


def wait_for(address: str, log: Path) -> None:
    for _ in range(300):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"The site did not come up:\n{log.read_text()[-3000:]}")


def sign_in(page: Page, password: str = PASSWORD, *, name: str = "dora") -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def report(page: Page, houses: Iterable[int]) -> None:
    """New tickets, as a second desk would take them by phone meanwhile."""
    for where in houses:
        told = {
            "community": "Old Harbour",
            "address": f"{where} Quay Street",
            "latitude": 41.15 + where / 500,
            "longitude": -8.61,
            "defect": "light-fitting",
        }
        post(page, "/api/v1/tickets", told)


def ask_for_plan(page: Page, day: date) -> str:
    """The id of a plan that will be made in about a second."""
    plan_id: str = post(page, "/api/v1/plans", {"day": str(day), "seconds": 1})["id"]
    return plan_id


def post(page: Page, path: str, told: dict[str, Any]) -> Any:
    territory = page.request.get("/api/v1/territories").json()[0]
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "doorstep_csrf")
    answer = page.request.post(path, data={"territory_id": territory["id"], **told}, headers={"X-CSRF-Token": token})
    assert answer.ok, answer.text()
    return answer.json()
