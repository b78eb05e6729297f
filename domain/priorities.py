"""What a plan gives up for each tier, in seconds of driving."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from domain.data import read_seed
from domain.triage import Tier


@dataclass(frozen=True)
class Priority:
    """`late_per_s` after it was due, `wait_per_s` from now on."""

    tier: Tier
    unserved: int
    late_per_s: int
    wait_per_s: int


@dataclass(frozen=True)
class PromisePriority:
    """`unserved` is what a plan would have to gain to leave out a visit whose time an owner was promised, and
    `late_per_s` what each second costs from `reserve` before that time's end: it may not be kept then."""

    unserved: int
    reserve: timedelta
    late_per_s: int


@cache
def promise_priority() -> PromisePriority:
    row = read_seed("priorities")["promise"]
    return PromisePriority(row["unserved"], timedelta(minutes=row["reserve_minutes"]), row["late_per_s"])


@cache
def priorities() -> dict[Tier, Priority]:
    rows = (
        Priority(Tier(row["tier"]), row["unserved"], row["late_per_s"], row["wait_per_s"])
        for row in read_seed("priorities")["priority"]
    )
    return {row.tier: row for row in rows}
