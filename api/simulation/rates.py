"""How often what happens on a city's day: `api/data/city-day.toml`, where each figure has its source."""

import tomllib
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Trade:
    """`share` of the work that is no emergency; shares add up to 1."""

    skill: str
    share: float
    certificate: str = ""


@dataclass(frozen=True)
class Rates:
    """Shares are from 0 to 1; spreads are the sigma of a log-normal factor with mean 1."""

    ill: float
    ill_in_the_morning: float
    shift: tuple[time, time]
    lunch: tuple[time, time]
    lunch_minutes: int
    overtime_minutes: int
    on_the_day: float
    emergencies_on_the_day: float
    minor: float
    booked: float
    no_access: float
    waits_minutes: int
    duration_spread: float
    drive_spread: float
    told_late_after_minutes: int
    trades: tuple[Trade, ...]


@cache
def rates() -> Rates:
    given = tomllib.loads((files("api") / "data" / "city-day.toml").read_text("utf-8"))
    trades = tuple(Trade(**trade) for trade in given.pop("trade"))
    told = {name: value for table in given.values() for name, value in table.items() if not name.endswith("_source")}
    told |= {name: tuple(told[name]) for name in ("shift", "lunch")}
    return Rates(**told, trades=trades)
