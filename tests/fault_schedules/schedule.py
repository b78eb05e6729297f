"""What goes wrong in one run and when, all of it from one seed."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


class Fault(StrEnum):
    """What a line between a phone and the server can do to one exchange."""

    UNREACHED = "unreached"
    """Cut before the request reached the server."""
    HALF_ASKED = "half asked"
    """Cut in the middle of the request."""
    HALF_ANSWERED = "half answered"
    """Cut in the middle of the answer."""
    UNHEARD = "unheard"
    """Cut after the server answered, before the phone heard."""
    DROPPED = "dropped"
    """The answer never comes, and the connection stays."""
    SLOW = "slow"
    """A delay on the way there or back."""
    TWICE = "twice"
    """The request arrives twice at the same time, on two connections."""
    LATE = "late"
    """The phone is cut off, and the request arrives all the same, after others that the phone sent later."""


class Victim(StrEnum):
    """What is killed with -9."""

    API = "API"
    API_PROCESS = "API process"
    """One of those that answer requests; the others go on."""
    WORKER = "worker"
    POSTGRESQL = "PostgreSQL"
    SESSION = "PostgreSQL session"
    """One of its processes: it ends all sessions and recovers."""
    VALKEY = "Valkey"


class Act(StrEnum):
    """What the office does meanwhile."""

    SWAP = "swap"
    """Two technicians' visits change places."""
    CANCEL = "cancel"
    REPLAN = "replan"
    """The day is planned again and published, now and then without a technician who is ill."""


ALWAYS = (Victim.API, Victim.WORKER, Victim.POSTGRESQL, Victim.VALKEY)
LAST = 0.85
"""Of the records; what breaks later than that has broken before."""


@dataclass(frozen=True)
class Schedule:
    """`at` of kills and acts is the part of all records that have been made by then; `deaths` of a phone are numbers
    of its own records."""

    seed: int
    phones: int
    operations: int
    rates: dict[Fault, float]
    kills: tuple[tuple[float, Victim], ...]
    acts: tuple[tuple[float, Act], ...]
    deaths: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, seed: int, *, phones: int, operations: int) -> "Schedule":
        """Every kind of fault and each of the four servers come in every schedule; how often differs."""
        chance = Random(seed)
        long = operations >= 200
        victims = [*ALWAYS, *chance.choices(list(Victim), k=chance.randint(4, 8) if long else 1)]
        acts = [Act.SWAP, Act.CANCEL, Act.REPLAN, *chance.choices(list(Act), k=chance.randint(3, 6) if long else 0)]
        return cls(
            seed=seed,
            phones=phones,
            operations=operations,
            rates={fault: round(chance.uniform(0.01, 0.08), 3) for fault in Fault},
            kills=scattered(chance, victims),
            acts=scattered(chance, acts),
            deaths=tuple(
                tuple(sorted(chance.sample(range(2, operations + 1), k=min(operations - 1, chance.randint(0, 2)))))
                for _ in range(phones)
            ),
        )

    def __str__(self) -> str:
        rates = ", ".join(f"{fault} {rate:.1%}" for fault, rate in self.rates.items())
        return "\n".join(
            [
                f"seed {self.seed}: {self.phones} phones × {self.operations} records",
                f"  lines   {rates}",
                f"  kills   {', '.join(f'{victim} at {at:.0%}' for at, victim in self.kills)}",
                f"  office  {', '.join(f'{act} at {at:.0%}' for at, act in self.acts)}",
                f"  phones  {', '.join(f'{n}: at {list(d)}' for n, d in enumerate(self.deaths, 1) if d)}",
            ]
        )

    def killed(self) -> Counter[Victim]:
        return Counter(victim for _, victim in self.kills)


def scattered(chance: Random, things: list[Thing]) -> tuple[tuple[float, Thing], ...]:
    chance.shuffle(things)
    moments = sorted(round(chance.uniform(0.03, LAST), 3) for _ in things)
    return tuple(zip(moments, things, strict=True))
