"""A day as the planner sees it: integers on one clock, no names. And the planner's answer as the day's routes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from api import clock
from api.adapters.roads import TravelMatrix
from api.queries.day import Day, building_of
from domain.jobs import Job, Visit
from domain.people import Duty, Technician
from domain.plans import Route, Stop, Unassigned
from domain.priorities import priorities, promise_priority
from scheduler.limits import MAX_SECONDS
from scheduler.problem import Break, Location, Matrix, Objective, Pin, Problem
from scheduler.problem import Job as Task
from scheduler.problem import Technician as Worker
from scheduler.search.model import Orders
from scheduler.solution import RouteResult, Solution

Point = tuple[float, float]

LEAD = timedelta(minutes=15)
"""On the day itself nothing new is planned to start sooner than this."""

SECOND = "+"
"""Ends the id of a technician who is only in a variant, after the id of the one that they are like."""

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


def problem_of(day: Day, points: Sequence[Point], travel: TravelMatrix, *, running: bool = False) -> Problem:
    """`travel` is between `points`. Ids are those of the rows. A `running` day tells the present by itself."""
    index = {point: number for number, point in enumerate(points)}
    working, fixed = {technician.id for technician, _ in day.duties}, day.fixed
    return Problem(
        name=f"{day.territory.name} {day.day}",
        locations=tuple(Location(id=f"L{at}", lat=lat, lon=lon) for at, (lat, lon) in enumerate(points)),
        matrix=Matrix(
            durations=tuple(map(tuple, travel.durations.tolist())),
            distances=tuple(map(tuple, travel.distances.tolist())),
        ),
        technicians=tuple(worker(day, technician, duty, index) for technician, duty in day.duties),
        jobs=tuple(
            task
            for job in day.jobs
            if (task := task_of(day, job, index[place_of(job)], fixed.get(job.id), working, running=running))
        ),
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


def start_of(day: Day, problem: Problem) -> Orders:
    """The day's visits as they stand, for the search to begin at: what was promised is proven there to be possible."""
    number = {task.id: index for index, task in enumerate(problem.jobs)}
    standing = sorted(day.visits, key=lambda visit: visit.starts)
    return tuple(
        tuple(
            number[str(visit.job_id)]
            for visit in standing
            if str(visit.technician_id) == technician.id and str(visit.job_id) in number
        )
        for technician in problem.technicians
    )


def task_of(
    day: Day, job: Job, location: int, visit: Visit | None, working: set[UUID], *, running: bool = False
) -> Task | None:
    """`visit` is the one that no plan may move, if there is one. None for work under way by someone who is not in the
    plan: it stays as it is, outside of it."""
    if visit is not None:
        if visit.technician_id not in working:
            return None
        # A fact, not a wish: neither skills nor windows are asked again.
        return Task(
            id=str(job.id),
            location=location,
            service=int((visit.ends - visit.starts).total_seconds()),
            tier=job.tier,
            unserved_cost=None,
            pinned=Pin(technician=str(visit.technician_id), start=seconds(day, visit.starts)),
        )
    now = clock.now()
    unserved, due, late_per_s = prices_of(job, now, running=running)
    return Task(
        id=str(job.id),
        location=location,
        service=int(job.duration.total_seconds()),
        windows=windows_of(day, job, now, running=running),
        skills=tuple(job.skills),
        tier=job.tier,
        unserved_cost=unserved,
        due=min(max(0, seconds(day, due)), MAX_SECONDS),  # a due so far away can't be missed on this day
        late_cost_per_s=late_per_s,
    )


def prices_of(job: Job, now: datetime, *, running: bool = False) -> tuple[int, datetime, int]:
    """Of leaving it out, and of each second that it starts after that moment."""
    priority, promise = priorities()[job.tier], promise_priority()
    if (promised := job.promised_at(now)) is not None:
        begins, closes = promised
        return promise.unserved, max(begins, closes - promise.reserve), promise.late_per_s
    if job.promised_to is not None:
        return priority.unserved, job.promised_to, max(promise.late_per_s, priority.late_per_s)  # missed: soon, then
    if running and priority.wait_per_s:
        return priority.unserved, min(job.due, now), priority.wait_per_s
    return priority.unserved, job.due, priority.late_per_s


def windows_of(day: Day, job: Job, now: datetime, *, running: bool = False) -> tuple[tuple[int, int], ...]:
    """The owner's slot while it can be kept, or any time that is left."""
    if (promised := job.promised_at(now)) is None:
        return time_left(day, job, now, running=running)
    begins = max(soonest(day, job, now, running), promised[0])
    return ((seconds(day, min(begins, promised[1])), seconds(day, promised[1])),)


def time_left(day: Day, job: Job, now: datetime, *, running: bool = False) -> tuple[tuple[int, int], ...]:
    """Nothing said is any time."""
    begins = soonest(day, job, now, running)
    return ((seconds(day, min(begins, day.ends)), seconds(day, day.ends)),) if begins > day.origin else ()


def soonest(day: Day, job: Job, now: datetime, running: bool) -> datetime:
    """After a forced wait, and on the day itself not before now, unless the day `running` tells the present itself."""
    return max(day.origin, job.not_before or day.origin, day.origin if running else now + LEAD)


def like(worker_id: str) -> tuple[UUID, bool]:
    """Which technician it is, and whether it is a second one like that one, in a variant."""
    who, second, _ = worker_id.partition(SECOND)
    return UUID(who), bool(second)


def routes_of(day: Day, problem: Problem, solution: Solution) -> list[Route]:
    place = {task.id: task.location for task in problem.jobs}
    worker_of = {worker.id: worker for worker in problem.technicians}
    return [
        route_of(day, planned, worker_of[planned.technician], place, problem)
        for planned in solution.routes
        if planned.stops
    ]


def route_of(day: Day, planned: RouteResult, worker: Worker, place: Mapping[str, int], problem: Problem) -> Route:
    """`place` is the location of each job, by id; `problem` knows the drives."""

    def at(second: int) -> datetime:
        return day.origin + timedelta(seconds=second)

    here, stops = worker.start, []
    for position, stop in enumerate(planned.stops, start=1):
        there = place[stop.job]
        stops.append(
            Stop(
                job_id=UUID(stop.job),
                position=position,
                arrives_at=at(stop.arrival),
                starts_at=at(stop.start),
                ends_at=at(stop.end),
                travel=timedelta(seconds=int(problem.durations[here, there] / worker.speed)),
                travel_m=int(problem.distances[here, there]),
            )
        )
        here = there
    who, extra = like(planned.technician)
    return Route(
        technician_id=who,
        extra=extra,
        leaves_at=at(planned.leaves),
        returns_at=at(planned.returns),
        breaks=[{"start": at(b.start).isoformat(), "end": at(b.end).isoformat()} for b in planned.breaks],
        stops=stops,
    )


def unassigned_of(solution: Solution) -> list[Unassigned]:
    return [Unassigned(job_id=UUID(left.job), reason=left.reason, detail=left.detail) for left in solution.unserved]
