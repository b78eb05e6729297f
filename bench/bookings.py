"""How fast owners' questions for a time are answered over HTTP: `python -m bench.bookings [--seconds 10]`.

PostgreSQL, Valkey and the API run on this machine, the senders in one more process. 200 technicians have 2,000 visits
booked on each of five days, three in five of them promised; owners ask for four slots a day on all five. `bench.slots`
measures the planner's part alone.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import platform
import random
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from statistics import quantiles
from typing import Any
from uuid import UUID

import httpx
import msgspec
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api.actions.accounts import passwords
from api.db.engine import Database
from bench.api import Wire, serving
from bench.house import own_house
from bench.published import job, published_day
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Certificate, Role, Shift, Staff, Technician
from domain.places import Building, Community, Home, Territory
from domain.tickets import Channel, Ticket, TicketState
from domain.triage import Tier
from scheduler.answer import answer
from scheduler.problem import Job as Task
from scheduler.problem import Problem
from scheduler.search.greedy import greedy
from scheduler.search.model import Model
from scheduler.solution import Solution, SolverRun
from scheduler.stop import Countdown, Stop

DAYS, OWNERS, ASKING = 5, 8, 400
GOAL_MS = 50.0  # p99 with eight owners at once
PASSWORD = "correct horse battery staple"


def planned(base: Problem, seed: int) -> tuple[Problem, Solution]:
    """Another day of the same team: about 2,000 visits that one plan serves."""
    draw = random.Random(1000 + seed)
    problem = msgspec.structs.replace(base, jobs=tuple(job(draw, f"J{j}") for j in range(len(base.jobs))))
    return problem, answer(greedy(Model(problem), Countdown(Stop(60)), spend_s=0.01), (), SolverRun())


async def settle(session: AsyncSession, base: Problem) -> tuple[UUID, list[UUID], list[UUID]]:
    """The territory, its technicians and its homes, in the problem's order."""
    territory = Territory(name="Bench", city="Shanghai", zone_name="Asia/Shanghai")
    community = Community(territory=territory, name="Bench")
    mia = Staff(username="mia", name="Mia", role=Role.MANAGER, password_hash=passwords.hash(PASSWORD), territories=[])
    session.add_all([territory, community, mia])
    today = datetime.now(territory.zone).date()
    team = [
        Technician(
            territory=territory,
            code=one.id,
            name=f"Technician {one.id}",
            latitude=base.locations[one.start].lat,
            longitude=base.locations[one.start].lon,
            skills=[skill for skill in one.skills if not skill.startswith("cert:")],
            max_overtime=timedelta(seconds=one.max_overtime),
            certificates=[
                Certificate(kind=skill, valid_from=today, valid_to=today + timedelta(days=99))
                for skill in one.skills
                if skill.startswith("cert:")
            ],
            absences=[],
            shifts=[Shift(weekday=day, starts=clock(8), ends=clock(17), break_length=timedelta()) for day in range(7)],
        )
        for one in base.technicians
    ]
    homes = [
        Home(building=Building(community=community, address=place.id, latitude=place.lat, longitude=place.lon))
        for place in base.locations
    ]
    session.add_all([*team, *homes])
    await session.flush()
    return territory.id, [one.id for one in team], [home.id for home in homes]


def rows(
    task: Task, home_id: UUID, territory_id: UUID, origin: datetime, state: JobState
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A ticket and its job."""
    ticket_id, now = uuid7(), datetime.now(UTC)
    due = now + timedelta(days=9)
    ticket = {
        "id": ticket_id,
        "home_id": home_id,
        "defect_code": "light-fitting",
        "channel": Channel.PHONE,
        "description": "",
        "contact_name": "Zhang San",
        "contact_phone": "13812340000",
        "reported_at": now,
        "state": TicketState.OPEN,
        "tier": Tier(task.tier),
        "contact_due": due,
        "attend_due": due,
        "repair_due": due,
        "clock_policy": "bench",
        "warranty": {},
    }
    window = task.windows[0] if task.windows else None
    work = {
        "id": uuid7(),
        "ticket_id": ticket_id,
        "territory_id": territory_id,
        "step": 1,
        "tier": Tier(task.tier),
        "duration": timedelta(seconds=task.service),
        "skills": list(task.skills),
        "due": due,
        "promised_from": origin + timedelta(seconds=window[0]) if window else None,
        "promised_to": origin + timedelta(seconds=window[1]) if window else None,
        "state": state,
        "version": 1,
    }
    return ticket, work


async def fill(
    session: AsyncSession,
    day: date,
    territory: tuple[UUID, list[UUID], list[UUID]],
    problem: Problem,
    solution: Solution,
) -> int:
    """Books what the plan serves; how many visits that are."""
    territory_id, team, homes = territory
    number = {one.id: at for at, one in enumerate(problem.technicians)}
    task_of = {one.id: one for one in problem.jobs}
    origin = datetime.combine(day, clock(), tzinfo=Territory(zone_name="Asia/Shanghai").zone).astimezone(UTC)
    tickets, jobs, visits = [], [], []
    for route in solution.routes:
        for position, stop in enumerate(route.stops, start=1):
            task = task_of[stop.job]
            ticket, work = rows(task, homes[task.location], territory_id, origin, JobState.PLANNED)
            tickets.append(ticket)
            jobs.append(work)
            starts, ends = (origin + timedelta(seconds=second) for second in (stop.start, stop.end))
            visits.append(
                {
                    "id": uuid7(),
                    "job_id": work["id"],
                    "technician_id": team[number[route.technician]],
                    "day": day,
                    "position": position,
                    "during": Range(starts, ends, bounds="[)"),
                    "arrives_at": starts,
                    "travel": timedelta(),
                    "travel_m": 0,
                    "locked": False,
                    "state": VisitState.PLANNED,
                }
            )
    await session.execute(insert(Ticket), tickets)
    await session.execute(insert(Job), jobs)
    await session.execute(insert(Visit), visits)
    return len(visits)


async def set_up(database_url: str) -> tuple[list[str], int]:
    """The jobs of the owners who will ask, and the visits booked a day."""
    base = published_day(0, lunch=False).problem
    database = Database(database_url)
    try:
        territory = await database.write(settle, base)
        today = datetime.now(Territory(zone_name="Asia/Shanghai").zone).date()
        booked = 0
        for ahead in range(1, DAYS + 1):
            problem, solution = planned(base, ahead)
            booked += await database.write(fill, today + timedelta(days=ahead), territory, problem, solution)
        asking = await database.write(ask_later, territory)
        async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
        return [str(one) for one in asking], booked // DAYS
    finally:
        await database.close()


async def ask_later(session: AsyncSession, territory: tuple[UUID, list[UUID], list[UUID]]) -> list[UUID]:
    territory_id, _, homes = territory
    draw = random.Random(7)
    tasks = [job(draw, f"asked {number}", promised=0) for number in range(ASKING)]
    pairs = [rows(task, homes[task.location], territory_id, datetime.now(UTC), JobState.WAITING) for task in tasks]
    await session.execute(insert(Ticket), [ticket for ticket, _ in pairs])
    await session.execute(insert(Job), [work for _, work in pairs])
    return [work["id"] for _, work in pairs]


def measure(address: str, cookies: dict[str, str], jobs: list[str], owners: int, seconds: float, book: bool) -> Any:
    """Seconds of each question and of each booking; in a process of its own."""
    host, port = address.removeprefix("http://").split(":")
    asked: list[float] = []
    booked: list[float] = []
    queue = itertools.cycle(jobs)

    async def owner(until: float) -> None:
        wire = Wire(host, int(port), "")
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        wire.headers = f"Host: {host}\r\nCookie: {cookie}\r\nX-CSRF-Token: {cookies['doorstep_csrf']}\r\n"
        await wire.connect()
        for number in itertools.count(1):
            began = time.perf_counter()
            if began > until:
                break
            job_id = next(queue)
            told = json.loads(await wire.ask("GET", f"/api/v1/jobs/{job_id}/offers"))
            asked.append(time.perf_counter() - began)
            offers = [offer for day in told["days"] for offer in day["offers"]]
            if book and number % 10 == 0 and offers:
                chosen = random.choice(offers)
                body = json.dumps({"opens": chosen["opens"], "closes": chosen["closes"]}).encode()
                began = time.perf_counter()
                await wire.ask("POST", f"/api/v1/jobs/{job_id}/bookings", body)
                booked.append(time.perf_counter() - began)

    async def every() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(owner(until) for _ in range(owners)))

    asyncio.run(every())
    return asked, booked


def sign_in(address: str) -> dict[str, str]:
    with httpx.Client(base_url=address) as client:
        client.get("/health")
        token = client.cookies["doorstep_csrf"]
        answer = client.post(
            "/api/v1/sign-in", json={"username": "mia", "password": PASSWORD}, headers={"X-CSRF-Token": token}
        )
        answer.raise_for_status()
        return dict(client.cookies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each line of the table")
    options = parser.parse_args()
    with own_house() as (folder, servers):
        jobs, visits = asyncio.run(set_up(servers.database_url))
        title = f"{visits:,} visits a day, {DAYS} days × 4 slots · {platform.machine()}, {os.cpu_count()} cores"
        table = Table(title=title)
        for column in ("owners at once", "what", "requests", "p50 ms", "p99 ms"):
            table.add_column(column, justify="left" if column == "what" else "right")
        with serving(folder, servers) as address, multiprocessing.get_context("spawn").Pool(1) as sender:
            cookies = sign_in(address)
            began = time.perf_counter()
            sender.apply(measure, (address, cookies, jobs, OWNERS, 8.0, False))  # both processes open their days
            print(f"Opened the days and asked for {time.perf_counter() - began:.0f} s before measuring")
            worst = 0.0
            for owners, book in ((1, False), (OWNERS, False), (OWNERS, True)):
                told = sender.apply(measure, (address, cookies, jobs, owners, options.seconds, book))
                for what, took in zip(("offers", "book, one in ten"), told, strict=True):
                    if len(took) > 1:
                        cuts = quantiles(took, n=100)
                        figures = (f"{len(took):,}", f"{1000 * cuts[49]:.1f}", f"{1000 * cuts[98]:.1f}")
                        table.add_row(str(owners), what, *figures)
                        if (owners, book, what) == (OWNERS, False, "offers"):
                            worst = 1000 * cuts[98]
        Console().print(table)
        verdict = "met" if worst <= GOAL_MS else "MISSED"
        print(f"Goal: p99 of offers within {GOAL_MS:g} ms, {OWNERS} at once: {verdict}")


if __name__ == "__main__":
    main()
