"""A day as big as a board must show: 60 technicians and 480 jobs of a seeded city, planned and published."""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Town, technician

from api.actions import tickets
from api.actions.opening import Report
from api.db.engine import Database
from api.queries.house_rules import load_house_rules
from domain.places import Territory
from domain.tickets import Channel

TECHNICIANS, JOBS = 60, 480
DEFECTS = ["light-fitting", "slow-leak", "no-lighting", "light-fitting", "slow-leak"]
NAMES = ["Chen", "Li", "Wang", "Zhao", "Sun", "Zhou", "Wu", "Zheng", "Xu", "Ma", "Zhu", "Hu", "Lin", "He", "Gao"]


def settle(town: Town, technicians: int = TECHNICIANS, jobs: int = JOBS) -> None:
    """With the town's own two technicians; some more jobs need a trade that nobody has, or came without a place."""
    dice = random.Random(7)
    town.write(people, town, technicians - len(town.technicians), dice)
    told = [a_report(town, number, dice) for number in range(jobs)]
    told += [a_report(town, number, dice, defect="gas-smell") for number in range(jobs, jobs + 4)]
    town.run(lambda database: report_all(database, told))
    town.publish(DAY)


async def people(session: AsyncSession, town: Town, count: int, dice: random.Random) -> None:
    territory = await session.get_one(Territory, town.territory_id)
    for number in range(count):
        one = technician(territory, f"C{number:03}", ["electrical", "plumbing"] if number % 3 else ["electrical"])
        one.name = f"{NAMES[number % len(NAMES)]} {'ABCDEFGH'[number // len(NAMES)]}"
        one.latitude, one.longitude = somewhere(dice)
        one.max_overtime = timedelta(minutes=30)
        for shift in one.shifts:
            shift.break_from, shift.break_to, shift.break_length = time(11, 30), time(13, 30), timedelta(minutes=30)
        session.add(one)


def somewhere(dice: random.Random) -> tuple[float, float]:
    return 41.15 + dice.uniform(-0.06, 0.06), -8.61 + dice.uniform(-0.08, 0.08)


def a_report(town: Town, number: int, dice: random.Random, defect: str = "") -> Report:
    latitude, longitude = somewhere(dice)
    values: dict[str, Any] = {
        "territory_id": town.territory_id,
        "community": f"{NAMES[number % 12]} Gardens",
        "address": f"{number + 1} {NAMES[number % 7]} Road",
        "unit": f"{dice.randint(1, 30)}-{dice.randint(1, 4)}",
        "latitude": latitude,
        "longitude": longitude,
        "defect": defect or dice.choice(DEFECTS),
        "channel": Channel.PHONE,
        "reported_at": datetime.now(UTC) - timedelta(minutes=dice.randint(5, 600)),
        "contact_name": "Zhang San",
        "contact_phone": "13812340000",
    }
    return Report(**values)


async def report_all(database: Database, told: list[Report]) -> None:
    async def write(session: AsyncSession) -> None:
        rules = await load_house_rules(session)
        for one in told:
            await tickets.report(session, one, rules=rules)

    await database.write(write)
