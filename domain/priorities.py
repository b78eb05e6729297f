"""What a plan gives up for each tier, in seconds of driving."""

from dataclasses import dataclass
from functools import cache

from domain.data import read_seed
from domain.triage import Tier


@dataclass(frozen=True)
class Priority:
    tier: Tier
    unserved: int
    late_per_s: int


@cache
def priorities() -> dict[Tier, Priority]:
    rows = (
        Priority(Tier(row["tier"]), row["unserved"], row["late_per_s"]) for row in read_seed("priorities")["priority"]
    )
    return {row.tier: row for row in rows}
