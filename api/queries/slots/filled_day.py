"""One day with its visits and held slots, in which the planner can prove where one more visit fits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from api.queries.day import Day
from api.queries.day_problem import OBJECTIVE, seconds, task_of, worker
from api.queries.slots.asked import AskedJob
from api.queries.slots.booked_day import BookedJob, BookedRoute, Held
from api.queries.slots.drives import Drives
from domain.day_slots import Slot
from scheduler.problem import Job as Task
from scheduler.problem import Location, Problem, Window
from scheduler.search.open_model import driven
from scheduler.slots import Offer, OpenDay, PlanDoesNotFit
from scheduler.solution import RouteResult, Solution

HELD = "held "


class FilledDay:
    """One thread at a time. `stamp` is the state of the database that it has at least."""

    def __init__(self, day: Day, drives: Drives, jobs: Sequence[BookedJob]) -> None:
        self.day, self.index, self.stamp = day, drives.index, (-1, -1)  # as nothing is yet followed
        self._working = {technician.id for technician, _ in day.duties}
        self._holds: dict[UUID, Held] = {}
        self._routes: dict[str, BookedRoute] = {}
        workers = tuple(worker(day, technician, duty, drives.index) for technician, duty in day.duties)
        self.workers = {one.id: one for one in workers}
        self.problem = driven(
            Problem(
                name=f"{day.territory.name} {day.day}",
                locations=tuple(Location(id=f"L{at}", lat=lat, lon=lon) for at, (lat, lon) in enumerate(drives.index)),
                technicians=workers,
                jobs=tuple(task for one in jobs if (task := self._task(one))),
                objective=OBJECTIVE,
            ),
            drives.travel.durations,
            drives.travel.distances,
        )
        self._open = OpenDay(self.problem, Solution(format="doorstep.solution/1", routes=()))
        working = [one for one in jobs if one.visit.technician_id in self._working]
        self._marks = {str(one.job.id): one.mark for one in working}
        self.places = {str(one.job.id): drives.index[one.place] for one in working}
        self._closed: set[str] = set()

    def unknown(self, routes: Iterable[BookedRoute]) -> list[str]:
        """The jobs that are not here as they are now."""
        return [
            job
            for route in self._changed(routes)
            for job, mark in zip(route.jobs, route.marks, strict=True)
            if self._marks.get(job) != mark
        ]

    def follow(self, routes: Sequence[BookedRoute], jobs: Sequence[BookedJob], holds: Sequence[Held]) -> None:
        """The day as the database has it; `jobs` are those that were unknown. PlanDoesNotFit if only a day opened anew
        can be so."""
        if not {*(one.place for one in jobs), *(one.place for one in holds)} <= self.index.keys():
            raise PlanDoesNotFit("a visit is at a place that is new")
        self._learn(jobs)
        now = {route.technician: route for route in routes if route.technician in self.workers}
        moved = {route.technician: self._order(route) for route in self._changed(now.values())}
        moved |= dict.fromkeys(self._routes.keys() - now.keys(), ())
        self._open.withdraw([held_name(job_id) for job_id in self._holds])  # they come back where they cost least now
        self._set(moved)
        self._routes = now
        self._holds = {one.hold.job_id: one for one in holds}
        for one in holds:
            self._place(one)

    def forget_expired(self, now: datetime) -> None:
        for job_id in [job_id for job_id, one in self._holds.items() if one.hold.until <= now]:
            self._open.withdraw([held_name(job_id)])
            del self._holds[job_id]

    def offers(self, asked: AskedJob, slots: Sequence[Slot]) -> list[tuple[Slot, Offer]]:
        """Where the job fits beside all that is booked and held, its own visit too; its own hold makes room for it."""
        with self._open.without([held_name(asked.job.id)]):
            return self._offers(asked, slots)

    def best(self, asked: AskedJob, slot: Slot) -> RouteResult | None:
        """The technician's whole route with the job where it costs least, in exchange for its own visit and hold."""
        with self._open.without([held_name(asked.job.id), str(asked.job.id)]):
            found = self._offers(asked, [slot])
            return self._open.route_with(found[0][1]) if found else None

    def _offers(self, asked: AskedJob, slots: Sequence[Slot]) -> list[tuple[Slot, Offer]]:
        windows = {self._window(slot): slot for slot in slots}
        task = asked.task(self.day, self.index[asked.place])
        if self._closed:
            task = msgspec.structs.replace(task, technicians=tuple(self.workers.keys() - self._closed))
        return [(windows[offer.slot], offer) for offer in self._open.offers(task, list(windows))]

    def _changed(self, routes: Iterable[BookedRoute]) -> list[BookedRoute]:
        return [route for route in routes if self._routes.get(route.technician) != route]

    def _order(self, route: BookedRoute) -> tuple[str, ...]:
        """Without jobs whose place nobody knows: they are in no plan."""
        return tuple(job for job in route.jobs if job in self._marks)

    def _window(self, slot: Slot) -> Window:
        return seconds(self.day, slot.opens), seconds(self.day, slot.closes)

    def _learn(self, jobs: Sequence[BookedJob]) -> None:
        for one in jobs:
            if (task := self._task(one)) is None:
                continue
            self._open.learn([task])
            self._marks[str(one.job.id)] = one.mark
            self.places[str(one.job.id)] = self.index[one.place]

    def _task(self, one: BookedJob) -> Task | None:
        """None for visits of somebody who is off that day: they fill nobody's time."""
        if one.visit.technician_id not in self._working:
            return None
        return task_of(self.day, one.job, self.index[one.place], one.visit if one.visit.fixed else None, self._working)

    def _set(self, moved: Mapping[str, tuple[str, ...]]) -> None:
        """A technician whose visits can't be driven as they stand gets no more of them."""
        if not moved:
            return
        self._closed -= moved.keys()
        try:
            self._open.follow(moved)
        except PlanDoesNotFit:
            self._open.follow(dict.fromkeys(moved, ()))
            for who, order in moved.items():
                try:
                    self._open.follow({who: order})
                except PlanDoesNotFit:
                    self._closed.add(who)

    def _place(self, one: Held) -> None:
        """One that fits no more is refused when it is confirmed; until then it takes no room."""
        task = task_of(self.day, one.job, self.index[one.place], None, set())
        assert task is not None
        window = self._window(Slot(one.hold.opens, one.hold.closes))
        name = held_name(one.hold.job_id)
        if self._open.serves(name):
            return
        offers = self._open.offers(msgspec.structs.replace(task, id=name, windows=(), due=None), [window])
        if offers:
            self._open.book(offers[0])


def held_name(job_id: UUID) -> str:
    return f"{HELD}{job_id}"


def is_visit(job: str) -> bool:
    return not job.startswith(HELD)
