"""Sets the demo's stage in an empty database, or finds it set. All that is invented is invented here."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import as_file, files
from random import Random
from secrets import token_urlsafe
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.accounts import pairing_code, passwords
from api.actions.imports.mapping import read_mapping
from api.actions.imports.tickets import import_tickets
from api.adapters.sheets import read_sheet
from api.demo.roster import SEED, technicians
from api.queries.plans import RouteView
from domain.people import Role, Staff
from domain.places import Building, Community, Home, Territory
from domain.plans import Plan

ZONE = ZoneInfo("America/New_York")
TERRITORY = "New York"
REQUESTS = files("api") / "data" / "nyc-311" / "housing-repairs.csv"
MORNING = time(7, 30)
"""The demo's hour: what came in before it came in on the plan's own day, the rest on the day before."""


@dataclass(frozen=True)
class SignIn:
    role: Role
    username: str
    password: str


def tomorrow() -> date:
    return datetime.now(ZONE).date() + timedelta(days=1)


def on_the_eve(day: date, at: datetime) -> datetime:
    """A request's real time of day, moved to the 24 hours before the planning of `day`."""
    clock = at.astimezone(ZONE).time()
    return datetime.combine(day if clock < MORNING else day - timedelta(days=1), clock, tzinfo=ZONE)


def is_set_for_another_day(database_url: str, day: date) -> bool:
    """Whether the stage in this migrated database was set for a day other than this."""
    with create_engine(database_url).connect() as connection:
        last = connection.scalar(select(func.max(Plan.day)))
    return last is not None and last != day


def clear(database_url: str) -> None:
    """Drops everything in the demo's own database."""
    with create_engine(database_url).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


async def set_stage(session: AsyncSession, day: date) -> UUID:
    """The territory with its team and its buildings. Done again it changes nothing."""
    territory = await session.scalar(select(Territory).where(Territory.name == TERRITORY))
    if territory is None:
        territory = Territory(name=TERRITORY, city="New York", zone_name=ZONE.key)
        rows = requests()
        session.add_all(technicians(territory, [(lat(row), lon(row)) for row in rows], day))
        session.add_all(homes(territory, rows, day))
    await session.flush()
    return territory.id


def homes(territory: Territory, rows: list[dict[str, str]], day: date) -> list[Home]:
    """The requests' addresses. When they were built and handed over is invented: nobody says so there."""
    random = Random(SEED)  # noqa: S311 (dates for a demo, not secrets)
    communities: dict[str, Community] = {}
    buildings: dict[tuple[str, str], Home] = {}
    for row in rows:
        community = communities.setdefault(row["Borough"], Community(territory=territory, name=row["Borough"]))
        accepted_on = day - timedelta(days=random.randrange(300, 2600))
        handed_over_on = min(accepted_on + timedelta(days=random.randrange(30, 400)), day - timedelta(days=30))
        if (row["Borough"], row["Incident Address"]) not in buildings:
            buildings[row["Borough"], row["Incident Address"]] = Home(
                building=Building(
                    community=community,
                    address=row["Incident Address"],
                    postcode=row["Incident Zip"],
                    latitude=lat(row),
                    longitude=lon(row),
                    accepted_on=accepted_on,
                ),
                unit="",
                handed_over_on=handed_over_on,
            )
    return list(buildings.values())


async def take_requests(session: AsyncSession, territory_id: UUID, day: date) -> int:
    """The requests become tickets; those that are tickets already stay. How many there are."""
    territory = await session.get_one(Territory, territory_id)
    with as_file(REQUESTS) as path:
        sheet = read_sheet(path)
    taken = await import_tickets(
        session, sheet, read_mapping("nyc-311"), territory, reported_at=lambda at: on_the_eve(day, at)
    )
    return taken.new + taken.known


def requests() -> list[dict[str, str]]:
    with REQUESTS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lat(row: dict[str, str]) -> float:
    return float(row["Latitude"])


def lon(row: dict[str, str]) -> float:
    return float(row["Longitude"])


async def new_sign_ins(session: AsyncSession, territory_id: UUID) -> list[SignIn]:
    """A fresh password for each desk role: the demo prints it, and nobody has to remember it."""
    sign_ins = [SignIn(role, role.value, token_urlsafe(9)) for role in (Role.DISPATCHER, Role.MANAGER)]
    territory = await session.get_one(Territory, territory_id)
    for told in sign_ins:
        staff = await session.scalar(select(Staff).where(Staff.username == told.username))
        if staff is None:
            staff = Staff(username=told.username, name=f"Demo {told.role}", role=told.role, territories=[territory])
            session.add(staff)
        staff.password_hash = passwords.hash(told.password)
    return sign_ins


@dataclass(frozen=True)
class PhoneCode:
    technician: str
    code: str


async def phone_code(session: AsyncSession, route: RouteView) -> PhoneCode:
    code, _ = await pairing_code(session, route.technician_id)
    return PhoneCode(route.technician, code)
