"""Whether two reports may have one cause: near each other, soon after each other, of defects that go together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from domain.data import read_seed

FLOOR_AND_POSITION = re.compile(r"(?P<entrance>.*?)(?:\d{1,3}(?P<digits>\d{2})|\d{1,3}(?P<letter>[a-z]))室?")


class Reach(StrEnum):
    HOME = "home"
    STACK = "stack"
    BUILDING = "building"
    COMMUNITY = "community"


@dataclass(frozen=True)
class CommonCause:
    """Of `defects` both reports must have one; without any, both must have the same."""

    code: str
    name_en: str
    name_zh: str
    reach: Reach
    within: timedelta
    defects: frozenset[str]
    source: str


@dataclass(frozen=True)
class Reported:
    """What matters of a report here. `unit` is the home's name in its building; "" is the common parts."""

    home_id: UUID
    building_id: UUID
    community_id: UUID
    unit: str
    defect: str
    at: datetime


def stack_of(unit: str) -> tuple[str, str] | None:
    """Entrance and position on the floor: 2单元-1203 and 2单元-403 are above one another, and so are 3B and 12B.

    None for a name that doesn't say it.
    """
    found = FLOOR_AND_POSITION.fullmatch(re.sub(r"[\s\-–—#号]", "", unit.casefold()))
    return found and (found["entrance"], found["digits"] or found["letter"])


def common_cause(one: Reported, other: Reported, causes: Iterable[CommonCause]) -> CommonCause | None:
    """The first that fits both; the order of the rows is from the narrowest to the widest."""
    return next((cause for cause in causes if fits(cause, one, other)), None)


def fits(cause: CommonCause, one: Reported, other: Reported) -> bool:
    if abs(one.at - other.at) > cause.within:
        return False
    together = {one.defect, other.defect} <= cause.defects if cause.defects else one.defect == other.defect
    return together and near(cause.reach, one, other)


def near(reach: Reach, one: Reported, other: Reported) -> bool:
    match reach:
        case Reach.HOME:
            return one.home_id == other.home_id
        case Reach.STACK:
            stack = stack_of(one.unit)
            return one.building_id == other.building_id and stack is not None and stack == stack_of(other.unit)
        case Reach.BUILDING:
            return one.building_id == other.building_id
        case Reach.COMMUNITY:
            return one.community_id == other.community_id


@cache
def load_causes() -> tuple[CommonCause, ...]:
    return tuple(
        CommonCause(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            reach=Reach(row["reach"]),
            within=timedelta(days=row["days"]),
            defects=frozenset(row.get("defects", ())),
            source=row["source"],
        )
        for row in read_seed("causes")["cause"]
    )
