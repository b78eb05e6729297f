"""The city that a seed gives: who works in it, what breaks when, and how long it really takes.

Nothing of it is known to the planner but what people would tell it. Both ways of dispatch live through the same city.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from random import Random

from api.simulation.rates import Rates
from domain.defects import DefectKind
from domain.triage import Tier
from scheduler.travel import WORKDAY, GreatCircle

Point = tuple[float, float]
CENTRE = (31.23, 121.47)
KM = 1 / 111
"""Degrees of latitude; of longitude 1.17 as many, at 31° north."""
PERSON_DAYS, COMMUNITIES = 25, 6
"""Technicians of a territory, at most, and communities in it."""
TERRITORY_KM, COMMUNITY_KM = 3.5, 0.4
BETWEEN_TERRITORIES_KM = 8.0
HOUR = 3600.0
OPENS, CLOSES = 8 * HOUR, 18 * HOUR
"""When tickets come in, on the eve and on the day; those of the day until two hours before."""


@dataclass(frozen=True)
class Worker:
    """Seconds count from the midnight before the day. `ill_from` is None for who is well."""

    number: int
    territory: int
    home: Point
    skills: tuple[str, ...]
    certificates: tuple[str, ...]
    starts: float
    ends: float
    ill_from: float | None


@dataclass(frozen=True)
class Call:
    """A ticket as its owner lives through it. `reported` is below 0 before the day; `takes` is the truth in seconds."""

    number: int
    territory: int
    reported: float
    community: int
    place: Point
    defect: str
    tier: Tier
    abilities: frozenset[str]
    minutes: int
    takes: float
    wants_a_time: bool
    nobody_home: bool
    pick: float
    """Which of the times that are offered, from 0 to 1."""


@dataclass(frozen=True)
class City:
    seed: int
    workers: Sequence[Worker]
    calls: Sequence[Call]
    drive_spread: float

    @property
    def territories(self) -> int:
        return self.workers[-1].territory + 1

    def drive(self, here: Point, there: Point, to: int) -> float:
        """Seconds that the drive to call number `to` (below 0: home) really takes, whoever drives it."""
        durations, _ = GreatCircle(speed_kmh=WORKDAY).matrix([here, there])
        return float(durations[0, 1]) * factor(Random(f"{self.seed} drive {to}"), self.drive_spread)  # noqa: S311 (as made up as the city)


def city(technicians: int, jobs: int, seed: int, rates: Rates, defects: Sequence[DefectKind]) -> City:
    """ValueError unless there are one or more of each. `defects` is the catalogue."""
    if technicians < 1 or jobs < 1:
        raise ValueError("a city needs at least one technician and one job")
    draw = Random(f"{technicians} {jobs} {seed}")  # noqa: S311 (a made-up city, no secret)
    territories = math.ceil(technicians / PERSON_DAYS)
    side = math.ceil(math.sqrt(territories))
    middles = [
        (
            CENTRE[0] + (number // side) * BETWEEN_TERRITORIES_KM * KM,
            CENTRE[1] + (number % side) * BETWEEN_TERRITORIES_KM * KM * 1.17,
        )
        for number in range(territories)
    ]
    communities = [[near(draw, middle, TERRITORY_KM) for _ in range(COMMUNITIES)] for middle in middles]
    of = [number * territories // technicians for number in range(technicians)]
    first = {territory: of.index(territory) for territory in range(territories)}
    workers = [
        worker(draw, number, territory, number - first[territory], middles[territory], rates)
        for number, territory in enumerate(of)
    ]
    kinds = Kinds(rates, defects)
    known = jobs - round(jobs * rates.on_the_day)
    calls = [call(draw, number, known, communities, rates, kinds) for number in range(jobs)]
    calls.sort(key=lambda one: one.reported)
    return City(seed, workers, calls, rates.drive_spread)


def worker(draw: Random, number: int, territory: int, nth: int, middle: Point, rates: Rates) -> Worker:
    """The `nth` of a territory: the first ones have a trade each, so that every job has somebody; all have two."""
    trades = list(rates.trades)
    main = trades[nth] if nth < len(trades) else draw.choices(trades, [trade.share for trade in trades])[0]
    second = draw.choices([one for one in trades if one is not main], [t.share for t in trades if t is not main])[0]
    ill = draw.random() < rates.ill
    starts, ends = map(of_day, rates.shift)
    later = draw.uniform(starts + HOUR, ends - 2 * HOUR)
    morning = draw.random() < rates.ill_in_the_morning
    return Worker(
        number=number,
        territory=territory,
        home=near(draw, middle, TERRITORY_KM),
        skills=(main.skill, second.skill),
        certificates=tuple(trade.certificate for trade in (main, second) if trade.certificate),
        starts=starts,
        ends=ends,
        ill_from=(starts - HOUR / 2 if morning else later) if ill else None,
    )


class Kinds:
    """The catalogue's single visits that the trades of this city can do, by tier and skill."""

    def __init__(self, rates: Rates, defects: Sequence[DefectKind]) -> None:
        self.skills = [trade.skill for trade in rates.trades]
        self.shares = [trade.share for trade in rates.trades]
        can = {*self.skills, *(trade.certificate for trade in rates.trades)}
        self.single = [kind for kind in defects if not kind.recipe and {*kind.skills, *kind.certificates} <= can]

    def draw(self, draw: Random, tier: Tier) -> DefectKind:
        """Of a trade by its share, where that trade has one of the tier; else of any trade that has."""
        of_tier = [kind for kind in self.single if kind.tier == tier]
        skill = draw.choices(self.skills, self.shares)[0]
        return draw.choice([kind for kind in of_tier if kind.skills[0] == skill] or of_tier)


def call(
    draw: Random, number: int, known: int, communities: Sequence[Sequence[Point]], rates: Rates, kinds: Kinds
) -> Call:
    """The first `known` were reported before the day; of those, whoever wants a time asks on the eve."""
    today, wants = number >= known, draw.random() < rates.booked
    if today:
        reported = draw.uniform(OPENS, CLOSES - 2 * HOUR)
    else:
        reported = draw.uniform(OPENS, CLOSES) - 24 * HOUR * (1 if wants else draw.choice((1, 2, 3)))
    tier = Tier.MINOR if draw.random() < rates.minor else Tier.GENERAL
    if today and draw.random() < rates.emergencies_on_the_day:
        tier = Tier.EMERGENCY
    kind = kinds.draw(draw, tier)
    territory = draw.randrange(len(communities))
    community = draw.randrange(len(communities[territory]))
    minutes = round(kind.duration.total_seconds() / 60)
    return Call(
        number=number,
        territory=territory,
        reported=reported,
        community=community,
        place=near(draw, communities[territory][community], COMMUNITY_KM),
        defect=kind.code,
        tier=tier,
        abilities=frozenset({*kind.skills, *kind.certificates}),
        minutes=minutes,
        takes=60 * minutes * factor(draw, rates.duration_spread),
        wants_a_time=wants and not today,
        nobody_home=draw.random() < rates.no_access,
        pick=draw.random(),
    )


def near(draw: Random, middle: Point, km: float) -> Point:
    return (
        round(middle[0] + draw.gauss(0, km * KM / 2), 6),
        round(middle[1] + draw.gauss(0, km * KM / 2) * 1.17, 6),
    )


def factor(draw: Random, spread: float) -> float:
    """Log-normal with mean 1."""
    return math.exp(draw.gauss(-spread * spread / 2, spread))


def of_day(clock: time) -> float:
    return clock.hour * HOUR + clock.minute * 60.0 + clock.second
