"""How fast a drag is answered: `python -m bench.what_if`.

One visit against every technician of a published day of 60 technicians and about 8 jobs each: allowed or not and why,
the exact price, and whose promise is at risk. Once for a job that all can do, once for one that few can.
"""

import random
import time
from statistics import quantiles

from scheduler.choices import Choices
from scheduler.problem import Job, Location, Objective, Problem, Technician
from scheduler.running import RunningDay
from scheduler.solve import solve
from scheduler.stop import Stop

TECHNICIANS, JOBS, QUESTIONS = 60, 480, 200
GOAL_MS = 100.0  # p99 of one question
HOUR = 3600


def published_day(seed: int = 1) -> RunningDay:
    """A city 20 km across; a fifth of the jobs need a trade that one in six has, two fifths have a promised window."""
    draw = random.Random(seed)
    places = tuple(
        Location(f"L{n}", lat=31.2 + draw.uniform(-0.09, 0.09), lon=121.5 + draw.uniform(-0.1, 0.1))
        for n in range(TECHNICIANS + JOBS)
    )
    team = tuple(
        Technician(
            id=f"T{k}",
            start=k,
            end=k,
            shift=(8 * HOUR, 17 * HOUR),
            skills=("gas",) if k % 6 == 0 else (),
            max_overtime=HOUR,
        )
        for k in range(TECHNICIANS)
    )
    return planned(
        Problem(locations=places, technicians=team, jobs=tuple(jobs(draw)), objective=Objective(overtime_s=2))
    )


def jobs(draw: random.Random) -> list[Job]:
    found = []
    for number in range(JOBS):
        opens = draw.randrange(8, 15) * HOUR
        found.append(
            Job(
                id=f"J{number}",
                location=TECHNICIANS + number,
                service=draw.choice([1200, 1800, 2700]),
                windows=((opens, opens + 2 * HOUR),) if number % 5 < 2 else (),
                skills=("gas",) if number % 5 == 4 else (),
                unserved_cost=20_000,
            )
        )
    return found


def planned(problem: Problem) -> RunningDay:
    return RunningDay(problem, solve(problem, Stop(5)), 0)


def main() -> None:
    day = published_day()
    visits = [stop.job for route in day.plan.routes for stop in route.stops]
    began = time.perf_counter()
    choices = Choices(day)
    opening_ms = (time.perf_counter() - began) * 1000
    print(f"{TECHNICIANS} technicians, {len(visits)} visits; the day is opened in {opening_ms:.0f} ms")
    print(f"{'job':>14} {'allowed':>8} {'p50':>9} {'p99':>9} {'CPU p50':>9} {'CPU p99':>9}")
    skills = {job.id: bool(job.skills) for job in day.problem.jobs}
    for name, special in (("anybody's", False), ("a few can do", True)):
        asked = [job for job in visits if skills[job] is special]
        draw, took, busy, allowed = random.Random(9), [], [], 0
        for _ in range(QUESTIONS):
            job = draw.choice(asked)
            began, worked = time.perf_counter(), time.process_time()
            found = choices.of(job)
            took.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - worked) * 1000)
            allowed += sum(choice.allowed for choice in found)
        percent, cpu = quantiles(took, n=100), quantiles(busy, n=100)
        print(
            f"{name:>14} {allowed / QUESTIONS:>8.1f} {percent[49]:>6.1f} ms {percent[98]:>6.1f} ms"
            f" {cpu[49]:>6.1f} ms {cpu[98]:>6.1f} ms"
        )
        print(f"Goal: p99 within {GOAL_MS:g} ms: {'met' if percent[98] <= GOAL_MS else 'MISSED'}")


if __name__ == "__main__":
    main()
