"""VROOM at its most thorough, as its API documentation says problems of this kind are stated."""

from datetime import timedelta

import numpy as np
import vroom

from bench.day import Day
from bench.timing import Orders

PROCESSES = 1  # of two threads
DISTRIBUTION = "pyvroom"
EXPLORATION, THREADS, TOP_PRIORITY = 5, 2, 100
CANNOT = {
    "unserved cost": "never weighs a job left out against travel: unserved costs became priorities from 1 to 100",
    "mandatory": "has no jobs that must be served: they got the top priority",
    "setup": "sets up within the window: windows of jobs with set-up end that much earlier",
    "overtime": "has no overtime: shifts end after the most overtime allowed, and it isn't priced",
    "late": "has no soft deadlines: lateness isn't priced",
    "preferred": "prices no preference for a technician",
    "imbalance_s": "prices no imbalance",
    "pinned position": "pins no place in a route",
    "sequence": "ties no jobs together but a pick-up and its delivery: sequences are left out of the model",
    "not_before": "ties no jobs together: waits are left out of the model",
    "same_technician": "ties no jobs together: same technician is left out of the model",
    "same_time": "ties no jobs together: same time is left out of the model",
}


def plan(day: Day, seconds: float, seed: int, process: int) -> Orders:
    """It stops by itself, often long before its time is over, and draws no random numbers."""
    technicians, jobs = list(day.technicians), list(day.jobs)
    able = {job: frozenset(k for k, name in enumerate(technicians) if day.may_serve(name, job)) for job in jobs}
    skill = {who: number for number, who in enumerate(sorted(set(able.values()), key=sorted))}
    model = vroom.Input()
    for speed, name in {_profile(day, name): name for name in technicians}.items():
        seconds_of_drive = day.durations_of(name)
        model.set_durations_matrix(speed, seconds_of_drive)
        model.set_costs_matrix(
            speed, seconds_of_drive * day.weight("travel_s") + day.distances * day.weight("distance_m")
        )
    model.add_vehicle([_vehicle(day, k, name, skill) for k, name in enumerate(technicians)])
    most = max((day.worth(job) or 0 for job in jobs), default=0)
    model.add_job([_job(day, j, job, {skill[able[job]]}, most) for j, job in enumerate(jobs) if day.starts(job)])
    routes = model.solve(EXPLORATION, THREADS, timedelta(seconds=seconds)).routes
    served = routes[routes["type"] == "job"]
    return {
        technicians[int(k)]: [jobs[int(j)] for j in stops["id"]]
        for k, stops in served.groupby("vehicle_id", sort=False)
    }


def _profile(day: Day, technician: str) -> str:
    return f"speed {round(1000 * day.technicians[technician].get('speed', 1.0))}"


def _vehicle(day: Day, number: int, name: str, skill: dict[frozenset[int], int]) -> vroom.Vehicle:
    """A skill a group of technicians says all that the format says of who may do what."""
    who = day.technicians[name]
    begins, ends = who["shift"]
    return vroom.Vehicle(
        number,
        start=who["start"],
        end=who["end"],
        profile=_profile(day, name),
        capacity=[_most(who.get("capacity"))],
        skills={code for group, code in skill.items() if number in group},
        time_window=(begins, ends + who.get("max_overtime", 0)),
        breaks=[
            vroom.Break(index, [vroom.TimeWindow(*rest["window"])], rest["duration"])
            for index, rest in enumerate(who.get("breaks", ()))
        ],
        costs=vroom.VehicleCosts(fixed=day.weight("technician_used")),
    )


def _job(day: Day, number: int, name: str, skills: set[int], most: int) -> vroom.Job:
    job, worth = day.jobs[name], day.worth(name)
    setup = job.get("setup", 0)
    return vroom.Job(
        number,
        location=job["location"],
        default_setup=setup,
        default_service=job["service"],
        delivery=[job.get("load", 0)],
        skills=skills,
        priority=TOP_PRIORITY if worth is None else max(1, round(TOP_PRIORITY * worth / max(1, most))),
        time_windows=[vroom.TimeWindow(opens, max(opens, closes - setup)) for opens, closes in day.starts(name)],
    )


def _most(capacity: int | None) -> int:
    return np.iinfo(np.int32).max if capacity is None else capacity
