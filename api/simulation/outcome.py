"""What came of a day, however it was dispatched: the same facts, measured in the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from api.simulation.city import City, Worker
from domain.triage import Tier

MIDNIGHT = 24 * 3600.0


@dataclass
class Promise:
    """Seconds of the day; the visit starts from `opens` to `closes`."""

    opens: float
    closes: float


@dataclass
class Facts:
    """By number of the call, in seconds of the day. Somebody who came and found nobody at home has arrived."""

    arrived: dict[int, float] = field(default_factory=dict)
    started: dict[int, float] = field(default_factory=dict)
    served: set[int] = field(default_factory=set)
    driven: float = 0.0
    home_at: dict[int, float] = field(default_factory=dict)
    """By number of the worker, who has worked at all."""


@dataclass(frozen=True)
class Clocks:
    """What the site said of a call: how urgent, and when somebody must be there, in seconds of the day."""

    tier: Tier
    attend_by: float


@dataclass(frozen=True)
class Measures:
    """`attended` is, by tier, how many had somebody there in time, of those whose clock ran out in the course of the
    day or was stopped on it; one that had run out before the morning is nobody's merit or fault. `kept` of `promised`
    started within their time; who was not at home was waited for in time."""

    attended: dict[Tier, tuple[int, int]]
    served: int
    calls: int
    kept: int
    promised: int
    travel_minutes: float
    overtime_minutes: float
    emergency_wait_minutes: float | None
    """The median from the report to somebody at the door; None where nobody came to any."""


def measured(city: City, facts: Facts, clocks: Mapping[int, Clocks], promises: Mapping[int, Promise]) -> Measures:
    attended = {tier: [0, 0] for tier in Tier}
    waits, begins = [], min(worker.starts for worker in city.workers)
    for call in city.calls:
        told, arrived = clocks[call.number], facts.arrived.get(call.number)
        if arrived is not None and told.tier is Tier.EMERGENCY:
            waits.append((arrived - call.reported) / 60)
        if told.attend_by >= begins and (told.attend_by <= MIDNIGHT or arrived is not None):
            attended[told.tier][0] += arrived is not None and arrived <= told.attend_by
            attended[told.tier][1] += 1
    kept = 0
    for number, promise in promises.items():
        came = facts.started.get(number, facts.arrived.get(number))
        kept += came is not None and came <= promise.closes + 60
    return Measures(
        attended={tier: (in_time, due) for tier, (in_time, due) in attended.items()},
        served=len(facts.served),
        calls=len(city.calls),
        kept=kept,
        promised=len(promises),
        travel_minutes=facts.driven / 60,
        overtime_minutes=overtime(city.workers, facts) / 60,
        emergency_wait_minutes=median(waits) if waits else None,
    )


def overtime(workers: Sequence[Worker], facts: Facts) -> float:
    return sum(max(0.0, facts.home_at[one.number] - one.ends) for one in workers if one.number in facts.home_at)
