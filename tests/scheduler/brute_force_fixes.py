"""An independent witness for fixes of small days: every order and assignment, under each thing that may be asked.

Of all plans those count that leave everybody else in place, or move one other job where that is the fix. Times
and prices are those of `brute_force`, which shares no code with the search. For days without relations.
"""

from collections.abc import Iterator, Sequence

from brute_force import Orders, Witness
from msgspec.structs import replace

from scheduler.problem import Job, Problem
from scheduler.solution import Solution

MINUTE, QUARTER = 60, 900
MOST_MINUTES, MOST_QUARTERS = 180, 32

Found = dict[tuple[str, str | None], tuple[int, int]]  # by kind and who is asked: seconds asked, the plan's cost


class FixWitness:
    """What the cheapest fix of each kind is for one job."""

    def __init__(self, problem: Problem, solution: Solution, job: str) -> None:
        self.problem, self.solution = problem, solution
        self.job = next(one for one in problem.jobs if one.id == job)
        now = Witness(problem, solution)
        self.base = {name: [one for one in order if one != job] for name, order in now.orders.items()}
        start = next((stop.start for route in solution.routes for stop in route.stops if stop.job == job), None)
        self.late = start is not None and self.job.due is not None and start > self.job.due
        served = sorted({job} | now.served)
        self.in_place = [plan for plan in _all_plans(served, list(self.base)) if self._differs_by(plan, {job})]
        self.one_moved = [
            plan
            for plan in _all_plans(served, list(self.base))
            if any(
                next(one for one in problem.jobs if one.id == other).pinned is None
                and self._differs_by(plan, {job, other})
                for other in served
                if other != job
            )
        ]

    def fixes(self) -> Found:
        found: Found = {}
        as_it_is = self._cheapest(self.problem, self.in_place)
        if as_it_is is not None:
            found["as_it_is", None] = (0, as_it_is)
        else:
            moved = self._cheapest(self.problem, self.one_moved)
            if moved is not None:
                found["move", None] = (0, moved)
            found |= self._window()
        for technician in self.problem.technicians:
            found |= self._overtime(technician.id) | self._person(technician.id)
        return found | self._next_day()

    def _overtime(self, name: str) -> Found:
        plans = self._with(name)
        if self._cheapest(self.problem, plans) is not None:
            return {}
        for minutes in range(1, MOST_MINUTES + 1):
            technicians = tuple(
                replace(one, max_overtime=one.max_overtime + minutes * MINUTE) if one.id == name else one
                for one in self.problem.technicians
            )
            cost = self._cheapest(replace(self.problem, technicians=technicians), plans)
            if cost is not None:
                return {("overtime", name): (minutes * MINUTE, cost)}
        return {}

    def _window(self) -> Found:
        windows = self.job.windows
        for quarters in range(1, MOST_QUARTERS + 1) if windows else ():
            costs = []
            for index, (opens, closes) in enumerate(windows):
                for by in (quarters * QUARTER, -quarters * QUARTER):
                    if opens + by >= 0:
                        moved = (*windows[:index], (opens + by, closes + by), *windows[index + 1 :])
                        costs.append(self._cheapest(self._with_job(replace(self.job, windows=moved)), self.in_place))
            possible = [cost for cost in costs if cost is not None]
            if possible:
                return {("window", None): (quarters * QUARTER, min(possible))}
        return {}

    def _person(self, name: str) -> Found:
        technician = next(one for one in self.problem.technicians if one.id == name)
        missing = set(self.job.skills) - set(technician.skills)
        stranger = self.job.technicians is not None and name not in self.job.technicians
        if bool(missing) == stranger:
            return {}
        if stranger:
            relaxed, kind = self._with_job(replace(self.job, technicians=(name,))), "allowed"
        else:
            relaxed = self._with_job(replace(self.job, skills=()))
            kind = "certificate" if any(skill.startswith("cert:") for skill in missing) else "skill"
        cost = self._cheapest(relaxed, self._with(name))
        return {} if cost is None else {(kind, name): (0, cost)}

    def _next_day(self) -> Found:
        if self.late:
            return {}
        alone = replace(self.problem, jobs=(replace(self.job, due=None),))
        plans: list[Orders] = [{name: [self.job.id] if name == who else [] for name in self.base} for who in self.base]
        witness = Witness(alone, Solution(format="doorstep.solution/1", routes=()))
        costs = [witness._cost(plan) for plan in plans if _is_valid(witness, plan)]
        now = Witness(self.problem, self.solution)
        elsewhere = now._cost(now.orders) + sum(_worth(self.problem, one) for one in self._unserved(now.orders))
        worth = _worth(self.problem, self.job)
        return {("next_day", None): (0, elsewhere - worth + min(costs))} if costs else {}

    def _cheapest(self, relaxed: Problem, plans: Sequence[Orders]) -> int | None:
        """The least cost of the plans that keep every rule, with the job in time if it was late; or None."""
        job = next(one for one in relaxed.jobs if one.id == self.job.id)
        if self.late and job.due is not None:
            windows = job.windows or ((0, job.due),)
            in_time = tuple((opens, min(closes, job.due)) for opens, closes in windows if opens <= job.due)
            if not in_time:
                return None
            job = replace(job, windows=in_time)
        jobs = tuple(job if one.id == job.id else one for one in relaxed.jobs)
        witness = Witness(replace(relaxed, jobs=jobs), self.solution)
        costs = [
            witness._cost(plan) + sum(_worth(relaxed, one) for one in self._unserved(plan))
            for plan in plans
            if _is_valid(witness, plan)
        ]
        return min(costs, default=None)

    def _with(self, technician: str) -> list[Orders]:
        return [plan for plan in self.in_place if self.job.id in plan[technician]]

    def _with_job(self, job: Job) -> Problem:
        return replace(self.problem, jobs=tuple(job if one.id == job.id else one for one in self.problem.jobs))

    def _unserved(self, plan: Orders) -> list[Job]:
        served = {job for order in plan.values() for job in order}
        return [job for job in self.problem.jobs if job.id not in served]

    def _differs_by(self, plan: Orders, jobs: set[str]) -> bool:
        return all(
            [one for one in plan[name] if one not in jobs] == [one for one in order if one not in jobs]
            for name, order in self.base.items()
        )


def _all_plans(jobs: Sequence[str], technicians: Sequence[str]) -> Iterator[Orders]:
    """Every order of the jobs with every technician."""
    if not jobs:
        yield {name: [] for name in technicians}
        return
    for plan in _all_plans(jobs[1:], technicians):
        for name, order in plan.items():
            for place in range(len(order) + 1):
                yield plan | {name: [*order[:place], jobs[0], *order[place:]]}


def _is_valid(witness: Witness, plan: Orders) -> bool:
    for name, order in plan.items():
        technician = witness.technicians[name]
        for job in order:
            if technician not in witness._able(witness.jobs[job]):
                return False
            if not witness._keeps_rules(technician, plan, witness.jobs[job]):
                return False
        if order and witness._cheapest_times(technician, order) is None:
            return False
    return True


def _worth(problem: Problem, job: Job) -> int:
    return (job.unserved_cost or 0) + (problem.objective.moved if job.pinned else 0)
