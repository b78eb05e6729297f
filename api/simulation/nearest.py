"""The other way to dispatch, on the same city: first come, first served, by whoever is free and nearest.

What most desks do by hand. It is given every advantage that such a desk has: emergencies go first, promised times are
known and somebody is sent when they open, nobody is sent who can't be home again within the overtime allowed.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.simulation.city import Call, City, Point, Worker, of_day
from api.simulation.outcome import Clocks, Facts, Promise
from api.simulation.rates import Rates
from domain.triage import Tier
from scheduler.travel import WORKDAY, GreatCircle

LOOKS_EVERY_S = 300.0
"""Somebody who is free looks at what waits so often, besides when anything happens."""


@dataclass
class Hand:
    worker: Worker
    place: Point
    free_at: float
    rested: bool = False
    worked: bool = False

    def can(self, call: Call) -> bool:
        return call.abilities <= {*self.worker.skills, *self.worker.certificates}


def dispatch(city: City, rates: Rates, clocks: Mapping[int, Clocks], promises: Mapping[int, Promise]) -> Facts:
    facts = Facts()
    for territory in range(city.territories):
        hands = [Hand(one, one.home, one.starts) for one in city.workers if one.territory == territory]
        calls = [one for one in city.calls if one.territory == territory]
        a_day(city, rates, hands, calls, clocks, promises, facts)
    return facts


def a_day(
    city: City,
    rates: Rates,
    hands: Sequence[Hand],
    calls: Sequence[Call],
    clocks: Mapping[int, Clocks],
    promises: Mapping[int, Promise],
    facts: Facts,
) -> None:
    waiting = {one.number: one for one in calls}
    for now in moments(hands, calls, facts):
        for call in in_turn(waiting, now, clocks, promises):
            free = [one for one in hands if is_free(one, now, rates) and one.can(call)]
            if not free:
                continue
            legs = estimates(call.place, [one.place for one in free])
            homewards = estimates(call.place, [one.worker.home for one in free])
            latest = 60 * rates.overtime_minutes
            able = [
                (leg, one.worker.number, one)
                for one, leg, back in zip(free, legs, homewards, strict=True)
                if clocks[call.number].tier is Tier.EMERGENCY
                or now + leg + 60 * call.minutes + back <= one.worker.ends + latest
            ]
            if able:
                del waiting[call.number]
                visit(city, rates, min(able)[2], call, now, promises.get(call.number), facts)
    for one in hands:
        if one.worked:
            back = city.drive(one.place, one.worker.home, -1 - one.worker.number)
            facts.driven += back
            facts.home_at[one.worker.number] = one.free_at + back


def moments(hands: Sequence[Hand], calls: Sequence[Call], facts: Facts) -> Iterator[float]:
    """When the desk looks: at every report, and every few minutes of the working day."""
    begins = min(one.worker.starts for one in hands)
    ends = max(one.worker.ends for one in hands) + 2 * 3600
    looks = [begins + LOOKS_EVERY_S * n for n in range(int((ends - begins) / LOOKS_EVERY_S))]
    yield from heapq.merge(looks, sorted(one.reported for one in calls if one.reported > begins))


def in_turn(
    waiting: Mapping[int, Call], now: float, clocks: Mapping[int, Clocks], promises: Mapping[int, Promise]
) -> list[Call]:
    """Emergencies, then whose promised time has come, then in the order of their reports."""

    def turn(call: Call) -> tuple[bool, bool, float]:
        return clocks[call.number].tier is not Tier.EMERGENCY, call.number not in promises, call.reported

    due = [
        one
        for one in waiting.values()
        if one.reported <= now and (one.number not in promises or promises[one.number].opens <= now)
    ]
    return sorted(due, key=turn)


def is_free(hand: Hand, now: float, rates: Rates) -> bool:
    worker = hand.worker
    if worker.ill_from is not None and now >= worker.ill_from:
        return False
    if not hand.rested and now >= of_day(rates.lunch[0]) and hand.free_at <= now:
        hand.rested, hand.free_at = True, now + 60 * rates.lunch_minutes
    return worker.starts <= now and hand.free_at <= now


def visit(city: City, rates: Rates, hand: Hand, call: Call, now: float, promise: Promise | None, facts: Facts) -> None:
    drive = city.drive(hand.place, call.place, call.number)
    arrived = now + drive
    start = max(arrived, promise.opens) if promise else arrived
    facts.driven += drive
    facts.arrived[call.number] = arrived
    if call.nobody_home:
        hand.free_at = start + 60 * rates.waits_minutes
    else:
        facts.started[call.number] = start
        facts.served.add(call.number)
        hand.free_at = start + call.takes
    hand.place, hand.worked = call.place, True


def estimates(there: Point, places: Sequence[Point]) -> list[float]:
    durations, _ = GreatCircle(speed_kmh=WORKDAY).matrix([there, *places])
    return [float(seconds) for seconds in durations[1:, 0]]
