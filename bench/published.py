"""A published day to measure on: a made-up city whose plan serves about 2,000 visits with 200 technicians."""

import random
from dataclasses import dataclass

from scheduler.answer import answer
from scheduler.problem import Break, Job, Location, Objective, Problem, Technician
from scheduler.search.greedy import greedy
from scheduler.search.model import Model
from scheduler.solution import Solution, SolverRun
from scheduler.stop import Countdown, Stop

JOBS, TECHNICIANS, PLACES, LOOSE = 2_000, 200, 1_000, 40
EIGHT, FIVE = 28_800, 61_200
SLOTS = ((28_800, 36_000), (36_000, 43_200), (46_800, 54_000), (54_000, 61_200))
TRADES = ("plumbing", "tiling", "paint", "doors", "cert:electrician")


@dataclass(frozen=True)
class PublishedDay:
    problem: Problem
    solution: Solution
    visits: int


def published_day(seed: int, lunch: bool) -> PublishedDay:
    """Two-hour slots for six in ten jobs; three in a hundred are due the same day, and overtime has its price."""
    draw = random.Random(seed)
    problem = Problem(
        name=f"published day {seed}",
        locations=_places(),
        technicians=tuple(_technician(draw, k, lunch) for k in range(TECHNICIANS)),
        jobs=tuple(job(draw, f"J{j}") for j in range(JOBS + LOOSE)),
        objective=Objective(travel_s=1, overtime_s=2, late_s=1),
    )
    draft = greedy(Model(problem), Countdown(Stop(60)), spend_s=0.01)
    return PublishedDay(problem, answer(draft, (), SolverRun()), len(draft.technician_of))


def job(draw: random.Random, name: str, promised: float = 0.6) -> Job:
    tier, cost = draw.choices((("emergency", 200_000), ("general", 40_000), ("minor", 10_000)), (3, 57, 40))[0]
    return Job(
        id=name,
        location=draw.randrange(PLACES),
        service=draw.randrange(15, 50) * 60,
        setup=180,
        windows=(draw.choice(SLOTS),) if draw.random() < promised else (),
        skills=(draw.choice(TRADES),),
        tier=tier,
        unserved_cost=cost,
        due=draw.randrange(EIGHT, FIVE) if tier == "emergency" else 5 * 86_400,
        late_cost_per_s=1,
    )


def _places() -> tuple[Location, ...]:
    """The same buildings every day: in clusters, a community each."""
    draw = random.Random(1)
    centres = [(31.0 + draw.random() / 5, 121.3 + draw.random() / 5) for _ in range(50)]
    spots = ((draw.gauss(lat, 0.006), draw.gauss(lon, 0.006)) for lat, lon in draw.choices(centres, k=PLACES))
    return tuple(Location(f"L{index}", lat, lon) for index, (lat, lon) in enumerate(spots))


def _technician(draw: random.Random, k: int, lunch: bool) -> Technician:
    home = draw.randrange(PLACES)
    return Technician(
        id=f"T{k}",
        start=home,
        end=home,
        shift=(EIGHT, FIVE),
        skills=tuple(draw.sample(TRADES, 2)),
        breaks=(Break((41_400, 48_600), 1_800),) if lunch else (),
        max_overtime=3_600,
    )
