"""The day itself: event after event on a clock that stands still while the site works.

The site hears of nothing but what people say: owners to the desk, the desk to the API, technicians by their phones. How
long work and drives really take, who will be ill and who is not at home, it learns when it has happened.
"""

import heapq
import math
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from api.simulation.city import Call, City, Point
from api.simulation.desk import Desk
from api.simulation.hands import Hand, paired
from api.simulation.house import House
from api.simulation.invariants import Invariants
from api.simulation.outcome import Clocks, Facts, Promise
from api.simulation.rates import Rates
from api.simulation.stage import DESK, ZONE
from domain.triage import Tier
from mobile_contract.v1 import Stop
from scheduler.travel import WORKDAY, GreatCircle

DAY = date(2026, 3, 12)
"""A Thursday after two other working days, with no holiday near: the same day for every seed."""
MIDNIGHT = datetime.combine(DAY, time(), tzinfo=ZoneInfo(ZONE))
BEGINS = MIDNIGHT - timedelta(days=3)
EVENING = -4.0 * 3600
"""When tomorrow is planned, in seconds of the day."""
LOOK_EVERY = 25
"""Events from one look at the invariants to the next."""
LOOK_AT_BOARD_S, ASK_AGAIN_S = 600.0, 1800.0
"""The dispatcher looks so often who runs late, and asks for a way out for one of them no sooner than that again."""
TRY_AGAIN_S, TRIES = 1800.0, 4
"""An emergency for which nobody was found is tried again; others that came today wait for tomorrow's plan."""

Told = Callable[[str], None]
"""What is going on."""


@dataclass
class Day:
    """One run. Times are seconds since the day's midnight, as in `City`."""

    house: House
    city: City
    rates: Rates
    territories: Sequence[UUID]
    technicians: Sequence[UUID]
    password: str
    told: Told
    plan_seconds: float
    facts: Facts = field(default_factory=Facts)
    clocks: dict[int, Clocks] = field(default_factory=dict)
    promises: dict[int, Promise] = field(default_factory=dict)
    jobs: dict[int, UUID] = field(default_factory=dict)
    call_of: dict[UUID, Call] = field(default_factory=dict)
    planned: int = 0
    events: int = 0
    flagged: int = 0
    """What phones said and the site refused, or found in conflict with the plan."""
    now: float = -3 * 86_400.0

    def run(self) -> None:
        with ExitStack() as ends:
            self.desk = Desk(self.house.address, self.house.database_url, DESK, self.password)
            ends.callback(self.desk.close)
            self.invariants = Invariants(self.desk.database, DAY)
            phones = ends.enter_context(httpx.Client(timeout=30))
            self.hands = []
            self.number_of = {str(one): number for number, one in enumerate(self.technicians)}
            self.before()
            for number, worker in enumerate(self.city.workers):
                self.told(f"pairing phones, {number + 1} of {len(self.city.workers)}")
                folder = self.house.folder / "phones"
                one = paired(
                    self.desk, worker, self.technicians[number], folder, self.house.address, self.house.redis_url,
                    phones, lambda: self.house.now,
                )  # fmt: skip
                ends.callback(one.phone.close)
                self.hands.append(one)
            self.through_the_day()
            for hand in self.hands:
                self.go_home(hand)
                self.flagged += len(hand.phone.flagged())
            self.invariants.look()

    # Before the day

    def before(self) -> None:
        """The days before: reports as they come, times chosen at once; in the evening the day is planned."""
        known = [call for call in self.city.calls if call.reported < 0]
        for number, call in enumerate(known):
            self.told(f"reports and bookings of the days before, {number + 1} of {len(known)}")
            self.set_clock(call.reported)
            self.report(call)
            if call.wants_a_time and (slot := self.desk.book(self.jobs[call.number], DAY, call.pick)):
                self.promises[call.number] = Promise(*map(second, slot))
        self.set_clock(max(EVENING, self.now))
        self.told(f"planning {len(self.territories)} territories")
        self.planned = self.desk.plan(self.territories, DAY, self.plan_seconds)
        self.invariants.look()

    def report(self, call: Call) -> None:
        job_id, ticket = self.desk.report(call, self.territories[call.territory])
        self.jobs[call.number], self.call_of[job_id] = job_id, call
        attend_by = second(datetime.fromisoformat(ticket["attend"]["due"]))
        self.clocks[call.number] = Clocks(Tier(ticket["tier"]), attend_by)

    # The day

    def through_the_day(self) -> None:
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.order = count()
        for hand in self.hands:
            self.at(hand.worker.starts, partial(self.consider, hand, hand.turn))
            if hand.worker.ill_from is not None:
                self.at(hand.worker.ill_from, partial(self.fall_ill, hand))
        for call in self.city.calls:
            if call.reported >= 0:
                self.at(call.reported, partial(self.take_call, call))
        self.asked_for = dict[int, float]()
        for territory in range(len(self.territories)):
            self.at(min(hand.worker.starts for hand in self.hands), partial(self.look_at_board, territory))
        while self.queue:
            moment, _, act = heapq.heappop(self.queue)
            self.set_clock(max(moment, self.now))
            act()
            self.events += 1
            if self.events % LOOK_EVERY == 0:
                self.invariants.look()
            clock = f"{MIDNIGHT + timedelta(seconds=self.now):%H:%M}"
            self.told(f"{clock}, {len(self.facts.served)} visits done, {len(self.invariants.broken)} broken")

    def at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self.queue, (moment, next(self.order), act))

    def set_clock(self, second: float) -> None:
        self.now = second
        self.house.set_clock(MIDNIGHT + timedelta(seconds=second))

    # At the desk

    def take_call(self, call: Call) -> None:
        self.report(call)
        self.fit_in(call, TRIES if self.clocks[call.number].tier is Tier.EMERGENCY else 1)

    def fit_in(self, call: Call, tries: int) -> None:
        """An emergency as the site proposes; anything else only where it breaks no promise."""
        upset = {"kind": "emergency", "job_id": str(self.jobs[call.number])}
        urgent = self.clocks[call.number].tier is Tier.EMERGENCY
        if self.repair(call.territory, upset, all_or_nothing=not urgent):
            return
        if tries > 1 and self.now + TRY_AGAIN_S < max(one.worker.ends for one in self.hands):
            self.at(self.now + TRY_AGAIN_S, partial(self.fit_in, call, tries - 1))

    def look_at_board(self, territory: int) -> None:
        """For who won't keep a promise, or won't be home in time, somebody else is looked for."""
        coming = defaultdict[int, list[dict[str, Any]]](list)
        for visit in self.desk.board(self.territories[territory], DAY):
            if visit["state"] == "planned":
                coming[self.number_of[visit["technician_id"]]].append(visit)
        for number, visits in coming.items():
            if self.is_behind(self.hands[number], visits) and self.now >= self.asked_for.get(number, 0) + ASK_AGAIN_S:
                self.asked_for[number] = self.now
                self.repair(territory, {"kind": "behind", "technician_id": str(self.technicians[number])})
        if self.now < max(hand.worker.ends for hand in self.hands):
            self.at(self.now + LOOK_AT_BOARD_S, partial(self.look_at_board, territory))

    def is_behind(self, hand: Hand, visits: Sequence[dict[str, Any]]) -> bool:
        """Anybody who has these visits to come."""
        last = max(visits, key=lambda visit: str(visit["expected_end"]))
        back = estimate(self.call_of[UUID(last["job_id"])].place, hand.worker.home)
        home = second(datetime.fromisoformat(last["expected_end"])) + back
        return any(visit["promise_at_risk"] for visit in visits) or home > hand.worker.ends

    def fall_ill(self, hand: Hand) -> None:
        """Somebody in the middle of a visit ends it first, and goes home then."""
        if hand.at_work:
            self.at(self.now + 600, partial(self.fall_ill, hand))
            return
        hand.turn += 1
        hand.ill = True
        upset = {"kind": "ill", "technician_id": str(self.technicians[hand.worker.number])}
        self.repair(hand.worker.territory, upset)

    def repair(self, territory: int, upset: Mapping[str, str | int], *, all_or_nothing: bool = False) -> bool:
        """Whoever is free looks at the phone afterwards."""
        accepted = self.desk.repair(self.territories[territory], DAY, upset, all_or_nothing=all_or_nothing)
        for hand in self.hands:
            if hand.worker.territory == territory and not hand.at_work and self.now >= hand.worker.starts:
                self.at(self.now, partial(self.consider, hand, hand.turn))
        return accepted

    # On the road

    def consider(self, hand: Hand, turn: int) -> None:
        """Somebody who is free looks at the phone: what is next, a break, or nothing for now."""
        if hand.at_work or turn != hand.turn or hand.ill or self.now < hand.free_at:
            return
        hand.turn += 1
        stop = next((one for one in hand.look() if not self.too_late(hand, one)), None)
        rest = hand.rest(DAY)
        begins, takes = (second(rest[0]), (rest[1] - rest[0]).total_seconds()) if rest else (math.inf, 0.0)
        if stop is None:
            if rest and self.now + takes <= hand.worker.ends:
                self.wait_or_rest(hand, begins, takes)
            return
        drive = estimate(hand.place, place_of(stop))
        leave = max(self.now, second(stop.window_start) - drive) if stop.window_start and stop.promised else self.now
        if begins < leave + drive:
            self.wait_or_rest(hand, begins, takes)
        elif leave > self.now:
            self.at(leave, partial(self.consider, hand, hand.turn))
        else:
            self.depart(hand, stop)

    def wait_or_rest(self, hand: Hand, begins: float, takes: float) -> None:
        """Until the break begins, something urgent may come in; nothing interrupts it."""
        if begins <= self.now:
            hand.rested, hand.free_at = True, self.now + takes
        self.at(max(begins, hand.free_at), partial(self.consider, hand, hand.turn))

    def too_late(self, hand: Hand, stop: Stop) -> bool:
        """Whether a visit that can wait would end after the overtime allowed: nobody sets out for it."""
        arrival = self.now + estimate(hand.place, place_of(stop))
        takes = (stop.planned_end - stop.planned_start).total_seconds()
        back = estimate(place_of(stop), hand.worker.home)
        can_wait = not stop.promised and stop.tier.value != Tier.EMERGENCY
        return can_wait and arrival + takes + back > hand.worker.ends + 60 * self.rates.overtime_minutes

    def depart(self, hand: Hand, stop: Stop) -> None:
        call = self.call_of[stop.job_id]
        hand.at_work = hand.worked = True
        hand.depart(stop, moment(self.now))
        drive = self.city.drive(hand.place, call.place, call.number)
        self.facts.driven += drive
        self.at(self.now + drive, partial(self.arrive, hand, stop, call))

    def arrive(self, hand: Hand, stop: Stop, call: Call) -> None:
        hand.place = call.place
        hand.arrive(stop, moment(self.now))
        self.facts.arrived[call.number] = self.now
        begins = max(self.now, second(stop.window_start)) if stop.window_start and stop.promised else self.now
        if call.nobody_home:
            self.at(begins + 60 * self.rates.waits_minutes, partial(self.leave_shut_door, hand, stop))
        else:
            self.at(begins, partial(self.start, hand, stop, call))

    def leave_shut_door(self, hand: Hand, stop: Stop) -> None:
        hand.nobody_home(stop, moment(self.now))
        self.free(hand)

    def start(self, hand: Hand, stop: Stop, call: Call) -> None:
        hand.start(stop, moment(self.now))
        self.facts.started[call.number] = self.now
        planned = (stop.planned_end - stop.planned_start).total_seconds()
        if call.takes > planned + 60 * self.rates.told_late_after_minutes:
            more = 5 * math.ceil((call.takes - planned) / 300)
            self.at(self.now + planned, partial(self.overrun, call, more))
        self.at(self.now + call.takes, partial(self.complete, hand, stop, call))

    def overrun(self, call: Call, minutes: int) -> None:
        self.repair(call.territory, {"kind": "overrun", "job_id": str(self.jobs[call.number]), "minutes": minutes})

    def complete(self, hand: Hand, stop: Stop, call: Call) -> None:
        hand.complete(stop, moment(self.now), timedelta(seconds=call.takes))
        self.facts.served.add(call.number)
        self.free(hand)

    def free(self, hand: Hand) -> None:
        hand.at_work, hand.free_at = False, self.now
        self.at(self.now, partial(self.consider, hand, hand.turn))

    def go_home(self, hand: Hand) -> None:
        if hand.worked:
            back = self.city.drive(hand.place, hand.worker.home, -1 - hand.worker.number)
            self.facts.driven += back
            self.facts.home_at[hand.worker.number] = hand.free_at + back


def new_password() -> str:
    return secrets.token_urlsafe(16)


def second(at: datetime) -> float:
    return (at - MIDNIGHT).total_seconds()


def moment(second: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=second)


def place_of(stop: Stop) -> Point:
    assert stop.latitude is not None
    assert stop.longitude is not None
    return stop.latitude, stop.longitude


def estimate(here: Point, there: Point) -> float:
    """Seconds of driving as everybody expects them."""
    durations, _ = GreatCircle(speed_kmh=WORKDAY).matrix([here, there])
    return float(durations[0, 1])
