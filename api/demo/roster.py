"""An invented team of technicians for the demo: names, homes and certificates are made up, from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from domain.people import Certificate, Shift, Technician
from domain.places import Territory

SEED = 311

NAMES = [
    "陈伟 Chen Wei", "李娜 Li Na", "王军 Wang Jun", "赵敏 Zhao Min", "刘洋 Liu Yang", "孙浩 Sun Hao",
    "周兰 Zhou Lan", "吴刚 Wu Gang", "徐静 Xu Jing", "马涛 Ma Tao", "Ana Morales", "Ben Carter",
    "Carla Rossi", "David Okafor", "Elena Petrova", "Frank Murphy", "Grace Kim", "Hassan Ali",
    "Irene Novak", "James Brown", "Karim Haddad", "Lucia Fernandez", "Marcus Reed", "Nadia Hussain",
]  # fmt: skip


@dataclass(frozen=True)
class Kit:
    """What one kind of technician can do, and how many of them there are."""

    people: int
    skills: tuple[str, ...]
    certificates: tuple[str, ...] = ()


KITS = (
    Kit(5, ("heating", "plumbing", "gas", "general-repair"), ("cert:gas",)),
    Kit(3, ("heating", "plumbing", "waterproofing", "tiling-flooring")),
    Kit(4, ("hygiene", "general-repair", "plaster-paint")),
    Kit(4, ("doors-windows", "carpentry", "tiling-flooring", "general-repair")),
    Kit(3, ("plaster-paint", "tiling-flooring", "waterproofing", "carpentry")),
    Kit(3, ("electrical", "low-voltage", "appliance", "cooling"), ("cert:electrician", "cert:gas")),
    Kit(1, ("metalwork", "doors-windows", "carpentry"), ("cert:height",)),
    Kit(1, ("electrical", "low-voltage", "general-repair"), ("cert:electrician",)),
)
"""24 people, drawn to the city's mix of requests: a third are heat and hot water."""

RUN_OUT = (5, 23)
"""Whose certificate ended a month ago. Number 23's was the only one for work at height: no fire escape is mended."""

SHIFTS = ((time(7, 30), time(16, 30)), (time(8), time(17)), (time(8, 30), time(17, 30)))


def technicians(territory: Territory, places: Sequence[tuple[float, float]], day: date) -> list[Technician]:
    """They live within two kilometres or so of the `places` (latitude, longitude), and all work on that `day`."""
    random = Random(SEED)  # noqa: S311 (a roster, not a secret)
    kits = [kit for kit in KITS for _ in range(kit.people)]
    return [
        technician(territory, number, name, kit, random.choice(places), day, random)
        for number, (name, kit) in enumerate(zip(NAMES, kits, strict=True), start=1)
    ]


def technician(
    territory: Territory,
    number: int,
    name: str,
    kit: Kit,
    near: tuple[float, float],
    day: date,
    random: Random,
) -> Technician:
    starts, ends = random.choice(SHIFTS)
    day_off = random.choice([weekday for weekday in range(7) if weekday != day.weekday()])
    return Technician(
        territory=territory,
        code=f"T{number:02}",
        name=name,
        latitude=round(near[0] + random.uniform(-0.015, 0.015), 5),
        longitude=round(near[1] + random.uniform(-0.02, 0.02), 5),
        skills=list(kit.skills),
        max_overtime=timedelta(),
        certificates=[certificate(kind, number, day, random) for kind in kit.certificates],
        shifts=[
            Shift(
                weekday=weekday,
                starts=starts,
                ends=ends,
                break_from=time(11, 30),
                break_to=time(13, 30),
                break_length=timedelta(minutes=30),
            )
            for weekday in range(7)
            if weekday != day_off
        ],
        absences=[],
    )


def certificate(kind: str, number: int, day: date, random: Random) -> Certificate:
    """Valid for six years, as the electrician's is (电工作业证)."""
    ends = day - timedelta(days=30) if number in RUN_OUT else day + timedelta(days=random.randrange(60, 2000))
    return Certificate(
        kind=kind,
        number=f"{kind[5:8].upper()}-{random.randrange(10**6):06}",
        valid_from=ends - timedelta(days=6 * 365),
        valid_to=ends,
    )
