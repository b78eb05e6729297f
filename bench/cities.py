"""Made-up cities of any size, of the kind the instances here are: `python -m bench.cities 500 60 --seed 3 --breaks`.

Homes stand in clustered communities, several to a building; jobs belong to five trades and three tiers; 60 %
are promised to an owner in a slot of two hours, some in one of two. Technicians start and end at home and
work eight hours, four fifths of which is service.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

TRADES = {"plumbing": 28, "electrical": 24, "tiling": 20, "joinery": 16, "paint": 12}  # shares in percent
TIERS = {"emergency": (10, 200_000), "general": (60, 40_000), "minor": (30, 10_000)}  # percent, unserved cost
DAY = (25_200, 61_200)  # 7:00 to 17:00: when owners let somebody in
SLOTS = [(opens, opens + 7200) for opens in range(28_800, 57_600, 7200)]
SHIFT_S = 8 * 3600
LUNCH_S = 1800
LUNCH = {"window": [41_400, 48_600], "duration": LUNCH_S}
SERVICE_SHARE = 0.8
CENTRE, COMMUNITY_KM, KM = (31.2, 121.45), 0.6, 1 / 111  # degrees of latitude a kilometre
JOBS_PER_BUILDING, JOBS_PER_COMMUNITY = 8, 40


@dataclass(frozen=True)
class Rules:
    """What else is on in this city beside skills, slots and shifts; help texts of the command are in `HELP`."""

    breaks: bool = False
    setup: bool = False
    overtime: bool = False
    lateness: bool = False
    preferred: bool = False
    balance: bool = False
    pins: bool = False
    relations: bool = False
    capacity: bool = False
    open_routes: bool = False
    speed: bool = False


HELP = {
    "breaks": "half an hour of lunch, begun between 11:30 and 13:30",
    "setup": "five minutes of parking and unloading at each new building",
    "overtime": "up to an hour after the shift, at 2 a second",
    "lateness": "jobs without a slot are due by noon or evening, at 1 a second",
    "preferred": "a fifth of the jobs have technicians their owner knows; another costs 600",
    "balance": "the busiest technician's seconds above the least busy one's cost 1 each",
    "pins": "one job in thirty is promised to a technician",
    "relations": "one job in fifteen belongs to the one before it, in each of the four ways",
    "capacity": "jobs need parts, and vehicles carry 20",
    "open_routes": "a third of the technicians end their day at the last job",
    "speed": "technicians drive at 0.8 to 1.2 of the usual speed",
}


def city(jobs: int, technicians: int, seed: int, rules: Rules = Rules()) -> dict[str, Any]:
    """A `doorstep.problem/1` with coordinates and no matrix; ValueError unless there are one or more of each."""
    if jobs < 1 or technicians < 1:
        raise ValueError("a city needs at least one job and one technician")
    draw = random.Random(f"{jobs} {technicians} {seed}")
    radius_km = 4 + (jobs / 40) ** 0.5  # denser the larger, as cities are
    communities = [_near(draw, CENTRE, radius_km) for _ in range(max(3, jobs // JOBS_PER_COMMUNITY))]
    buildings = max(4, jobs // JOBS_PER_BUILDING)
    places = [_near(draw, draw.choice(communities), COMMUNITY_KM) for _ in range(buildings)]
    places += [_near(draw, CENTRE, radius_km) for _ in range(technicians)]
    crew = [_technician(draw, number, buildings + number, rules) for number in range(technicians)]
    work_s = technicians * (SHIFT_S - (LUNCH_S if rules.breaks else 0)) * SERVICE_SHARE
    spread = [draw.triangular(0.4, 2.0, 0.8) for _ in range(jobs)]
    work = [_job(draw, number, draw.randrange(buildings), rules) for number in range(jobs)]
    for job, share in zip(work, spread, strict=True):
        job["service"] = min(2 * 3600, 60 * max(10, round(work_s * share / sum(spread) / 60)))
    problem = {
        "format": "doorstep.problem/1",
        "name": "_".join(
            ["city", str(jobs), str(technicians), f"s{seed}", *(n for n, on in asdict(rules).items() if on)]
        ),
        "locations": [
            {"id": f"L{n}", "lat": round(lat, 6), "lon": round(lon, 6)} for n, (lat, lon) in enumerate(places)
        ],
        "technicians": crew,
        "jobs": work,
        "objective": _objective(rules),
    }
    for number, job in enumerate(work):
        able = [who["id"] for who in crew if set(job["skills"]) <= set(who["skills"])]
        if rules.preferred and able and draw.random() < 0.2:
            job["preferred"] = draw.sample(able, min(2, len(able)))
        if rules.pins and able and number % 30 == 7:
            job["pinned"] = {"technician": draw.choice(able)}
    if rules.relations:
        problem["relations"] = list(_relations(work))
    return problem


def _near(draw: random.Random, centre: tuple[float, float], km: float) -> tuple[float, float]:
    return centre[0] + draw.gauss(0, km * KM / 2), centre[1] + draw.gauss(0, km * KM / 2) * 1.17  # at 31° north


def _technician(draw: random.Random, number: int, home: int, rules: Rules) -> dict[str, Any]:
    """The first five have a trade each, so that every job has somebody."""
    begins = draw.choice([27_000, 28_800, 30_600, 32_400])
    trades = list(TRADES)
    learnt = {trades[number % len(trades)], *draw.sample(trades, draw.choice([1, 2]))}
    return {
        "id": f"T{number}",
        "start": home,
        "end": None if rules.open_routes and number % 3 == 2 else home,
        "shift": [begins, begins + SHIFT_S],
        "skills": sorted(learnt),
        "breaks": [LUNCH] if rules.breaks else [],
        "capacity": 20 if rules.capacity else None,
        "speed": draw.choice([0.8, 1.0, 1.0, 1.2]) if rules.speed else 1.0,
        "max_overtime": 3600 if rules.overtime else 0,
    }


def _job(draw: random.Random, number: int, building: int, rules: Rules) -> dict[str, Any]:
    """An emergency is begun within four hours of the morning; the others are promised or come at any hour."""
    tier = draw.choices(list(TIERS), [share for share, _ in TIERS.values()])[0]
    windows = [DAY]
    if tier == "emergency":
        windows = [(DAY[0], draw.randrange(36_000, 43_200))]
    elif draw.random() < 0.6:
        windows = sorted(draw.sample(SLOTS, 2 if draw.random() < 0.2 else 1))
    job: dict[str, Any] = {
        "id": f"J{number}",
        "location": building,
        "service": 0,
        "windows": [list(window) for window in windows],
        "skills": draw.choices(list(TRADES), list(TRADES.values())),
        "tier": tier,
        "unserved_cost": TIERS[tier][1],
    }
    if rules.setup:
        job["setup"] = 300
    if rules.lateness and windows == [DAY]:
        job["due"] = draw.choice([43_200, 57_600])
    if rules.capacity:
        job["load"] = draw.randint(0, 4)
    return job


def _relations(work: list[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Neighbours in the list become one repair: at one home, of one trade where one technician does both."""
    kinds = ["sequence", "not_before", "same_technician", "same_time"]
    found = []
    for turn, number in enumerate(range(1, len(work), 15)):
        first, second, kind = work[number - 1], work[number], kinds[turn % 4]
        second["location"] = first["location"]
        second["windows"] = first["windows"] = [list(DAY)]
        if kind in ("sequence", "same_technician"):
            second["skills"] = first["skills"]
            second.pop("pinned", None)
        gap = 0 if kind == "same_technician" else 1800
        found.append({"type": kind, "jobs": [first["id"], second["id"]], "gap": gap})
    return found


def _objective(rules: Rules) -> dict[str, int]:
    prices = {"travel_s": 1}
    if rules.overtime:
        prices["overtime_s"] = 2
    if rules.lateness:
        prices["late_s"] = 1
    if rules.preferred:
        prices["not_preferred"] = 600
    if rules.balance:
        prices["imbalance_s"] = 1
    return prices


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="bench.cities", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("jobs", type=int)
    parser.add_argument("technicians", type=int)
    parser.add_argument("--seed", type=int, default=1)
    for rule in fields(Rules):
        parser.add_argument(f"--{rule.name.replace('_', '-')}", action="store_true", help=HELP[rule.name])
    options = vars(parser.parse_args(arguments))
    size = [options.pop(name) for name in ("jobs", "technicians", "seed")]
    try:
        problem = city(*size, Rules(**options))
    except ValueError as error:
        parser.error(str(error))
    json.dump(problem, sys.stdout)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
