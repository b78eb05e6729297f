"""A day as the planner sees it: integers on one clock, no names. And the planner's answer as the day's routes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.adapters.roads import TravelMatrix
from api.queries.day import Day, building_of
from domain.jobs import Job
from domain.people import Duty, Technician
from domain.plans import Route, Stop, Unassigned
from domain.priorities import priorities
from scheduler.limits import MAX_SECONDS
from scheduler.problem import Break, Location, Matrix, Objective, Pin, Problem
from scheduler.problem import Job as Task
from scheduler.problem import Technician as Worker
from scheduler.solution import Solution

Point = tuple[float, float]

LEAD = timedelta(minutes=15)
"""On the day itself nothing new is planned to start sooner than this."""

OBJECTIVE = Objective(travel_s=1, overtime_s=2, imbalance_s=0)


def points_of(day: Day) -> list[Point]:
    """Each place once, (latitude, longitude): technicians' homes, then buildings."""
    homes = [(technician.latitude, technician.longitude) for technician, _ in day.duties]
    return list(dict.fromkeys([*homes, *map(place_of, day.jobs)]))


def place_of(job: Job) -> Point:
    building = building_of(job)
    assert building.latitude is not None
    assert building.longitude is not None
    return building.latitude, building.longitude


def problem_of(day: Day, points: Sequence[Point], travel: TravelMatrix) -> Problem:
    """`travel` is between `points`. Ids are those of the rows."""
    index = {point: number for number, point in enumerate(points)}
    working = {technician.id for technician, _ in day.duties}
    return Problem(
        name=f"{day.territory.name} {day.day}",
        locations=tuple(Location(id=f"L{at}", lat=lat, lon=lon) for at, (lat, lon) in enumerate(points)),
        matrix=Matrix(
            durations=tuple(map(tuple, travel.durations.tolist())),
            distances=tuple(map(tuple, travel.distances.tolist())),
        ),
        technicians=tuple(worker(day, technician, duty, index) for technician, duty in day.duties),
        jobs=tuple(task for job in day.jobs if (task := task_of(day, job, index, working))),
        objective=OBJECTIVE,
    )


def seconds(day: Day, at: datetime) -> int:
    return int((at - day.origin).total_seconds())


def worker(day: Day, technician: Technician, duty: Duty, index: dict[Point, int]) -> Worker:
    home = index[technician.latitude, technician.longitude]
    breaks: tuple[Break, ...] = ()
    if duty.break_from and duty.break_to:
        window = (seconds(day, duty.break_from), seconds(day, duty.break_to))
        breaks = (Break(window=window, duration=int(duty.break_length.total_seconds())),)
    return Worker(
        id=str(technician.id),
        start=home,
        end=home,
        shift=(seconds(day, duty.starts), seconds(day, duty.ends)),
        skills=tuple(technician.abilities_on(day.day)),
        breaks=breaks,
        speed=technician.speed,
        max_overtime=int(technician.max_overtime.total_seconds()),
    )


def task_of(day: Day, job: Job, index: dict[Point, int], working: set[UUID]) -> Task | None:
    """None for work under way by someone who is not in the plan: it stays as it is, outside of it."""
    priority = priorities()[job.tier]
    service = int(job.duration.total_seconds())
    if visit := day.fixed.get(job.id):
        if visit.technician_id not in working:
            return None
        # A fact, not a wish: neither skills nor windows are asked again.
        return Task(
            id=str(job.id),
            location=index[place_of(job)],
            service=int((visit.ends - visit.starts).total_seconds()),
            tier=job.tier,
            unserved_cost=None,
            pinned=Pin(technician=str(visit.technician_id), start=seconds(day, visit.starts)),
        )
    return Task(
        id=str(job.id),
        location=index[place_of(job)],
        service=service,
        windows=windows_of(day, job, datetime.now(UTC)),
        skills=tuple(job.skills),
        tier=job.tier,
        unserved_cost=priority.unserved,
        due=min(max(0, seconds(day, job.due)), MAX_SECONDS),  # a due so far away can't be missed on this day
        late_cost_per_s=priority.late_per_s,
    )


def windows_of(day: Day, job: Job, now: datetime) -> tuple[tuple[int, int], ...]:
    """The owner's slot while it can be kept, a forced wait, and on the day itself not before now."""
    begins = max(day.origin, job.not_before or day.origin, now + LEAD)
    ends = day.ends
    if job.promised_from and job.promised_to and job.promised_to >= now:
        begins, ends = max(begins, job.promised_from), job.promised_to
    return ((seconds(day, min(begins, ends)), seconds(day, ends)),) if begins > day.origin else ()


def routes_of(day: Day, problem: Problem, solution: Solution) -> list[Route]:
    place = {task.id: task.location for task in problem.jobs}
    home = {worker.id: worker.start for worker in problem.technicians}
    speed = {worker.id: worker.speed for worker in problem.technicians}

    def at(second: int) -> datetime:
        return day.origin + timedelta(seconds=second)

    routes = []
    for planned in solution.routes:
        if not planned.stops:
            continue
        here, stops = home[planned.technician], []
        for position, stop in enumerate(planned.stops, start=1):
            there = place[stop.job]
            drive = int(problem.durations[here, there] / speed[planned.technician])
            stops.append(
                Stop(
                    job_id=UUID(stop.job),
                    position=position,
                    arrives_at=at(stop.arrival),
                    starts_at=at(stop.start),
                    ends_at=at(stop.end),
                    travel=timedelta(seconds=drive),
                    travel_m=int(problem.distances[here, there]),
                )
            )
            here = there
        routes.append(
            Route(
                technician_id=UUID(planned.technician),
                leaves_at=at(planned.leaves),
                returns_at=at(planned.returns),
                breaks=[{"start": at(b.start).isoformat(), "end": at(b.end).isoformat()} for b in planned.breaks],
                stops=stops,
            )
        )
    return routes


def unassigned_of(solution: Solution) -> list[Unassigned]:
    return [Unassigned(job_id=UUID(left.job), reason=left.reason, detail=left.detail) for left in solution.unserved]
