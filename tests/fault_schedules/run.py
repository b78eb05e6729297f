"""One schedule from its morning to the count: work and faults, then the healing, then what must hold."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
import redis
from fault_schedules import invariants
from fault_schedules.house import House
from fault_schedules.office import Office
from fault_schedules.phones import PhoneInHand
from fault_schedules.proxy import Network
from fault_schedules.sayings import Shown
from fault_schedules.schedule import Act, Fault, Schedule, Victim

from mobile_contract.client import Phone

HEALS_WITHIN_S = 10.0
"""From the moment when every part is there again and the lines are whole."""
QUEUES_EMPTY_WITHIN_S = 120.0
"""A plan whose worker was killed is another worker's after its lease and the queue's minute."""
ENDS_WITHIN_S = 1200.0


@dataclass
class Outcome:
    schedule: Schedule
    recorded: int = 0
    deaths: int = 0
    exchanges: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    kills: Counter[Victim] = field(default_factory=Counter)
    retries: int = 0
    duplicates: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    worked_s: float = 0.0
    healed_s: float | None = None
    queues_s: float | None = None
    broken: list[str] = field(default_factory=list)


class Stuck(Exception):
    """Something that must happen did not."""


def run(house: House, schedule: Schedule, heals_within_s: float = HEALS_WITHIN_S) -> Outcome:
    """Everything that it starts has ended when it returns, in whatever way."""
    outcome = Outcome(schedule)
    office = Office(schedule, house.database_url)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="doorstep-phones-")))
        network = stack.enter_context(Network(schedule, house.address))
        phones = [stack.enter_context(phone) for phone in paired(house, office, schedule, folder, network.lines)]
        try:
            began = time.monotonic()
            killed = a_day(house, schedule, office, phones, outcome)
            outcome.worked_s = time.monotonic() - began
            network.heal()
            house.wait_until_whole(killed)
            heal(house, office, phones, folder, outcome)
            if outcome.healed_s is not None and outcome.healed_s > heals_within_s:
                outcome.broken.append(f"All phones were level after {outcome.healed_s:.1f} s, not {heals_within_s:.0f}")
        except (Stuck, AssertionError) as error:
            outcome.broken.append(str(error))
        outcome.exchanges, outcome.faults, outcome.refused = network.exchanges, network.faults, office.refused
        count(house, phones, outcome)
    return outcome


def paired(
    house: House, office: Office, schedule: Schedule, folder: Path, lines: Sequence[str]
) -> Iterator[PhoneInHand]:
    """Each has its sheet and works through its own line."""
    for number, technician_id in enumerate(office.technicians, 1):
        device_id = pair(house, office, technician_id, folder / f"{number}")
        yield PhoneInHand(
            number,
            folder / f"{number}",
            device_id,
            lines[number - 1],
            schedule.seed,
            schedule.operations,
            list(schedule.deaths[number - 1]),
        )


def pair(house: House, office: Office, technician_id: UUID, folder: Path) -> UUID:
    with redis.Redis.from_url(house.redis_url) as valkey:
        valkey.delete("limit:pair:127.0.0.1")  # more phones than one address may pair in so short a time
    with Phone(folder, house.address) as phone:
        identity = phone.pair(office.pairing_code(technician_id), folder.name)
        phone.sync()
    return identity.device_id


def a_day(
    house: House, schedule: Schedule, office: Office, phones: Sequence[PhoneInHand], outcome: Outcome
) -> set[int]:
    """Until all is recorded that was to be, and everything has gone wrong that was to; the processes killed."""
    chance, killed = Random(f"{schedule.seed}/kills"), set[int]()
    kills, acts = list(schedule.kills), list(schedule.acts)
    orders: SimpleQueue[Act | None] = SimpleQueue()
    desk = threading.Thread(target=at_the_desk, args=(office, orders))
    desk.start()
    deadline = time.monotonic() + ENDS_WITHIN_S
    try:
        while kills or acts or any(phone.deaths or len(phone.recorded) < schedule.operations for phone in phones):
            done = sum(len(phone.recorded) for phone in phones) / (schedule.phones * schedule.operations)
            while acts and acts[0][0] <= done:
                orders.put(acts.pop(0)[1])
            if kills and kills[0][0] <= done and (pids := house.kill(kills[0][1], chance)):
                outcome.kills[kills.pop(0)[1]] += 1
                killed |= pids
            for phone in phones:
                if phone.broke:
                    raise Stuck(f"phone {phone.number} broke: {phone.broke}")
                if phone.dies_now():
                    time.sleep(chance.uniform(0.0, 0.1))  # so that it is caught at anything, sending too
                    phone.kill()
                    phone.wake()
                    outcome.deaths += 1
            if time.monotonic() > deadline:
                raise Stuck(f"The day did not end within {ENDS_WITHIN_S:.0f} s.")
            time.sleep(0.05)
    finally:
        orders.put(None)
        desk.join()
    return killed


def at_the_desk(office: Office, orders: "SimpleQueue[Act | None]") -> None:
    while act := orders.get():
        office.act(act)


def heal(house: House, office: Office, phones: Sequence[PhoneInHand], folder: Path, outcome: Outcome) -> None:
    """Phones send what they have left, sync, and are compared with fresh ones of the same technicians."""
    began = time.monotonic()
    for phone in phones:
        phone.finish()
    until(lambda: all(phone.emptied.is_set() for phone in phones), phones, "Unsent records stay on phones")
    for phone in phones:
        phone.show()
    until(lambda: all(phone.shown for phone in phones), phones, "Phones can't sync")
    outcome.healed_s = time.monotonic() - began
    for phone, technician_id in zip(phones, office.technicians, strict=True):
        new = folder / f"{phone.number} fresh"
        pair(house, office, technician_id, new)
        with Phone(new, house.address) as fresh:
            assert phone.shown
            outcome.broken += invariants.unlike(phone.number, phone.shown, Shown.by(fresh))


def until(holds: Callable[[], bool], phones: Sequence[PhoneInHand], otherwise: str, seconds: float = 60.0) -> None:
    """Longer than it may take, so that how long it took is known."""
    deadline = time.monotonic() + seconds
    while not holds():
        if broke := [phone for phone in phones if phone.broke]:
            raise Stuck(f"phone {broke[0].number} broke: {broke[0].broke}")
        if time.monotonic() > deadline:
            raise Stuck(f"{otherwise} after {seconds:.0f} s")
        time.sleep(0.02)


def count(house: House, phones: Sequence[PhoneInHand], outcome: Outcome) -> None:
    for phone in phones:
        outcome.recorded += len(phone.recorded)
        outcome.retries += phone.retries
        outcome.duplicates += phone.duplicates
    with psycopg.connect(house.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        began = time.monotonic()
        while left := invariants.waiting(connection):
            if time.monotonic() - began > QUEUES_EMPTY_WITHIN_S:
                outcome.broken.append(f"Still waiting after {QUEUES_EMPTY_WITHIN_S:.0f} s: {left}")
                break
            time.sleep(0.1)
        outcome.queues_s = time.monotonic() - began
        outcome.broken += invariants.broken(connection, phones)
        outcome.broken += asyncio.run(invariants.trail(house.database_url))
        devices = [phone.device_id for phone in phones]
        statuses = "SELECT status, count(*) FROM operations WHERE device_id = ANY(%s) GROUP BY status"
        outcome.verdicts.update(dict(connection.execute(statuses, [devices]).fetchall()))
