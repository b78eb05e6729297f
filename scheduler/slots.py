"""Times to offer an owner: every slot in which one more visit really fits into the plans of the coming days.

An offer is proven: the job goes into a gap of a route, the visits around it keep their order and their
windows, and what it adds to the plan's cost is exact. What isn't offered fits nowhere unless other visits
move. An `OpenDay` is read once per plan, and again only where a booking changes it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from scheduler.answer import answer, route_result
from scheduler.clock import clock
from scheduler.problem import Job, Problem, Window
from scheduler.search.draft import Changes, Draft
from scheduler.search.open_model import OpenModel
from scheduler.search.places import Place, Places, common
from scheduler.solution import RouteResult, Solution, SolverRun


@dataclass(frozen=True, slots=True)
class Offer:
    """`job` is the one asked for, to start within `slot`. `day` is the index of the day among those asked.

    `start` (seconds on the day's clock) is the earliest that service can begin there; `price` is what the
    visit adds to the day's cost.
    """

    day: int
    slot: Window
    price: int
    technician: str
    position: int
    start: int
    job: Job


class SlotTaken(ValueError):
    """Between offer and booking, the last place in the slot went to somebody else."""


class PlanDoesNotFit(ValueError):
    """The plan given is none for its problem: its routes can't be driven in time in the order it states."""


def offer_slots(days: "Sequence[OpenDay]", job: Job, slots: Sequence[Window]) -> list[Offer]:
    """The cheapest offer of each day and slot that has one: by day, a day's cheapest first.

    `slots` are seconds on each day's own clock, and bound the start of service. `job.location` counts in
    every day's locations. If a day's plan leaves out a job of that id, its relations there are kept.
    ValueError if it has that visit already.
    """
    return [offer for index, day in enumerate(days) for offer in day.offers(job, slots, index)]


class OpenDay:
    """A published plan, ready for questions and bookings.

    Its visits are timed as early as the plan allows, as the planner's own plans are: a plan with idle
    delays of a person's making costs no more than it says. One thread at a time.
    """

    def __init__(self, problem: Problem, solution: Solution) -> None:
        """PlanDoesNotFit if its routes can't be driven; SolutionError if it is another problem's plan."""
        self._model = OpenModel(problem)
        draft = Draft.of(self._model, self._model.orders_of(solution))
        if draft is None:
            raise PlanDoesNotFit(f"no times exist for the routes of the plan for {problem.name or 'the day'}")
        self._places = Places(draft)
        self._left_out = {unserved.job: unserved for unserved in solution.unserved}

    def offers(self, job: Job, slots: Sequence[Window], day: int = 0) -> list[Offer]:
        """As `offer_slots`, for this day alone; `day` is what the offers say it is."""
        if self._model.number.get(job.id) in self._places.draft.technician_of:
            raise ValueError(f"{job.id} has a visit on day {day} already")
        with self._model.joined(job) as j:
            openings = self._model.tasks[j].openings
            asked = [(slot, narrowed) for slot in slots if (narrowed := common(openings, (slot,)))]
            places = self._places.cheapest_by_slot(j, [windows for _, windows in asked])
        technicians = self._model.problem.technicians
        offers = [
            Offer(day, slot, place.price, technicians[place.k].id, place.position, place.start, _within(job, windows))
            for (slot, windows), place in zip(asked, places, strict=True)
            if place is not None
        ]
        return sorted(offers, key=lambda offer: offer.price)

    def book(self, offer: Offer) -> Offer:
        """Puts the visit in, where it costs least by now; SlotTaken if its slot has no place any more."""
        offers = self.offers(offer.job, (offer.slot,), offer.day)
        if not offers:
            raise SlotTaken(f"{offer.job.id} no longer fits between {clock(offer.slot[0])} and {clock(offer.slot[1])}")
        (booked,) = offers
        j, k = self._model.join(booked.job), self._model.technician(booked.technician)
        self._places.insert(j, Place(booked.price, k, booked.position, booked.start))
        self._left_out.pop(booked.job.id, None)
        return booked

    def route_with(self, offer: Offer) -> RouteResult:
        """The technician's route as it would be with the visit in it; nothing is changed."""
        k = self._model.technician(offer.technician)
        with self._model.joined(offer.job) as j:
            order = self._places.draft.routes[k].order
            changes = self._places.draft.trial({k: (*order[: offer.position], j, *order[offer.position :])})
            if changes is None:
                raise SlotTaken(f"{offer.job.id} no longer fits where it was offered")
            return route_result(self._model.problem, self._model.jobs, changes[k])

    @contextmanager
    def without(self, jobs: Collection[str]) -> Iterator[None]:
        """The day as if these jobs had no visit, for as long as the block lasts; it must change nothing itself."""
        before = self.withdraw(jobs)
        try:
            yield
        finally:
            self._places.adopt(before)

    def withdraw(self, jobs: Collection[str]) -> Changes:
        """Takes these jobs' visits out, where they have any; returns the routes as they were."""
        draft, number = self._places.draft, self._model.number
        served = {number[name] for name in jobs if number.get(name) in draft.technician_of}
        return self._places.adopt(draft.without(served) or {})

    def serves(self, job: str) -> bool:
        return self._model.number.get(job) in self._places.draft.technician_of

    def learn(self, jobs: Iterable[Job]) -> None:
        """What these jobs are from now on, new ones among them. Follow the routes of those that changed."""
        for job in jobs:
            self._model.join(job)

    def follow(self, orders: Mapping[str, Sequence[str]]) -> None:
        """Routes as they are from now on: ids of known jobs in the order of their visits, by technician.

        A job that goes from one to another needs both. PlanDoesNotFit, with nothing changed, if they have no times.
        """
        number = self._model.number
        routes = {self._model.technician(name): tuple(number[job] for job in jobs) for name, jobs in orders.items()}
        changes = self._places.draft.trial(routes)
        if changes is None:
            raise PlanDoesNotFit(f"no times exist for the routes of {', '.join(sorted(orders)[:3])}")
        self._places.adopt(changes)

    def plan(self) -> tuple[Problem, Solution]:
        """The day with all that was booked, as a problem and its plan."""
        self._model.problem = self._model.problem_now
        return self._model.problem, answer(self._places.draft, tuple(self._left_out.values()), SolverRun())


def _within(job: Job, windows: tuple[Window, ...]) -> Job:
    return msgspec.structs.replace(job, windows=windows)
