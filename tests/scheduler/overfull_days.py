"""Days with more work than the team can do, drawn from a seed, with a little of everything that stands in the way."""

import random

from scheduler.answer import answer
from scheduler.problem import Break, Job, Location, Matrix, Objective, Pin, Problem, Relation, Technician
from scheduler.search.draft import Draft
from scheduler.search.insertion import insert_what_fits
from scheduler.search.model import Model
from scheduler.solution import Solution, SolverRun, Unserved
from scheduler.stop import Countdown, Stop

HOUR = 3600
SKILLS = ("plumbing", "paint", "cert:electrician")


def overfull(seed: int, jobs: int, technicians: int, related: bool = True) -> Problem:
    """About half as much again as fits. Homes lie in a square of an hour's drive, to the second."""
    draw = random.Random(seed)
    homes = [(draw.randrange(1800), draw.randrange(1800)) for _ in range(max(3, jobs // 2))]
    names = [f"T{k}" for k in range(technicians)]
    hours = max(2, round(jobs * 0.8 / technicians))
    return Problem(
        name=f"overfull {seed}",
        locations=tuple(Location(f"L{index}") for index in range(len(homes))),
        matrix=Matrix(tuple(tuple(abs(a - c) + abs(b - d) for c, d in homes) for a, b in homes)),
        technicians=tuple(_technician(draw, name, len(homes), hours) for name in names),
        jobs=tuple(_job(draw, f"J{j}", len(homes), names, hours) for j in range(jobs)),
        relations=_relations(draw, jobs) if related else (),
        objective=Objective(
            technician_used=draw.choice([0, 500]),
            overtime_s=draw.choice([0, 1, 3]),
            late_s=draw.choice([0, 1]),
            not_preferred=draw.choice([0, 300]),
            imbalance_s=draw.choice([0, 0, 1]),
        ),
    )


def first_come_first_served(problem: Problem) -> Solution:
    """A plan as it grows on the telephone: each job where it is cheapest when it comes, and never moved again."""
    draft = Draft(Model(problem))
    insert_what_fits(draft, draft.unserved, Countdown(Stop(60)))
    return answer(draft, [Unserved(problem.jobs[j].id) for j in draft.unserved], SolverRun())


def _technician(draw: random.Random, name: str, homes: int, hours: int) -> Technician:
    home = draw.randrange(homes)
    lunch = Break((11 * HOUR, 12 * HOUR), 1800)
    return Technician(
        id=name,
        start=home,
        end=draw.choice([home, home, None]),
        shift=(8 * HOUR, (8 + hours) * HOUR),
        skills=tuple(draw.sample(SKILLS, draw.choice([1, 2, 2, 3]))),
        breaks=(lunch,) if hours > 4 and draw.random() < 0.5 else (),
        speed=draw.choice([1.0, 1.0, 1.2]),
        max_overtime=draw.choice([0, 0, 600]),
    )


def _job(draw: random.Random, name: str, homes: int, technicians: list[str], hours: int) -> Job:
    opens = (8 + draw.randrange(hours)) * HOUR
    windows = draw.choice([(), ((opens, opens + HOUR),), ((opens, opens + HOUR), (opens + 2 * HOUR, opens + 3 * HOUR))])
    due = draw.choice([None, None, None, opens + draw.choice([0, HOUR])])
    return Job(
        id=name,
        location=draw.randrange(homes),
        service=draw.randrange(30, 90) * 60,
        setup=draw.choice([0, 120]),
        windows=windows,
        skills=(draw.choice(SKILLS),) if draw.random() < 0.7 else (),
        unserved_cost=draw.choice([None, 100, 5_000, 40_000, 200_000, 200_000]),
        due=due,
        late_cost_per_s=draw.choice([0, 0, 1]),
        technicians=(draw.choice(technicians),) if draw.random() < 0.15 else None,
        preferred=(draw.choice(technicians),) if draw.random() < 0.2 else (),
        pinned=Pin(draw.choice(technicians)) if draw.random() < 0.1 else None,
    )


def _relations(draw: random.Random, jobs: int) -> tuple[Relation, ...]:
    kinds = ("sequence", "same_technician", "same_time", "not_before")
    found = []
    for kind in draw.sample(kinds, draw.randrange(3)):
        one, other = draw.sample(range(jobs), 2)
        found.append(Relation(kind, (f"J{one}", f"J{other}"), 0 if kind == "same_technician" else 600))
    return tuple(found)
