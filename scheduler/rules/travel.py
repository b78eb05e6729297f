"""Driving: the seconds at the technician's own speed, and the metres."""

from scheduler.rules.reading import Reading
from scheduler.rules.rule import Soft


def _seconds(plan: Reading) -> int:
    return sum(leg.travel for route in plan.routes for leg in route.legs)


def _metres(plan: Reading) -> int:
    return sum(leg.distance for route in plan.routes for leg in route.legs)


TRAVEL = Soft(
    name="travel_s",
    en="Every second of driving costs.",
    zh="每一秒路程都计入成本。",
    amount=_seconds,
    price=lambda objective: objective.travel_s,
)

DISTANCE = Soft(
    name="distance_m",
    en="Every metre of driving costs.",
    zh="每一米路程都计入成本。",
    amount=_metres,
    price=lambda objective: objective.distance_m,
)
