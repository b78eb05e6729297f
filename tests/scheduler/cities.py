"""Cities of any size, drawn from a seed: homes in clusters, three skills, promised windows for half the jobs."""

import random

from scheduler.problem import Break, Job, Location, Problem, Technician

UNSERVED_COSTS = {"urgent": 200_000, "general": 40_000, "minor": 10_000}


def city(jobs: int, technicians: int, seed: int = 1, lunch: bool = False) -> Problem:
    """About four fifths of the technicians' time is work. Travel comes from the coordinates."""
    draw = random.Random(seed)
    centres = [(22.5 + draw.random() / 5, 114.0 + draw.random() / 5) for _ in range(max(2, jobs // 20))]
    places = [_near(draw, draw.choice(centres)) for _ in range(max(4, jobs // 4))]
    skills = ("plumbing", "tiling", "paint")
    rests = (Break((41_400, 48_600), 1800),) if lunch else ()
    return Problem(
        name=f"city of {jobs} jobs, seed {seed}",
        locations=tuple(Location(f"L{index}", *place) for index, place in enumerate(places)),
        technicians=tuple(
            Technician(
                id=f"T{k}",
                start=(home := draw.randrange(len(places))),
                end=home,
                shift=(28_800, 57_600),
                skills=tuple(draw.sample(skills, 2)),
                breaks=rests,
            )
            for k in range(technicians)
        ),
        jobs=tuple(_job(draw, j, len(places), skills) for j in range(jobs)),
    )


def _near(draw: random.Random, centre: tuple[float, float]) -> tuple[float, float]:
    return centre[0] + draw.gauss(0, 0.01), centre[1] + draw.gauss(0, 0.01)


def _job(draw: random.Random, j: int, places: int, skills: tuple[str, ...]) -> Job:
    tier = draw.choices(list(UNSERVED_COSTS), weights=[1, 5, 4])[0]
    opens = draw.choice([28_800, 36_000, 43_200, 50_400])
    return Job(
        id=f"J{j}",
        location=draw.randrange(places),
        service=draw.randrange(20, 80) * 60,
        windows=((opens, opens + 7200),) if draw.random() < 0.5 else (),
        skills=(draw.choice(skills),),
        tier=tier,
        unserved_cost=UNSERVED_COSTS[tier],
    )
