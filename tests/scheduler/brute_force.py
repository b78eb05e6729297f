"""An independent witness for the reasons a plan gives: it tries every place, and shares no timing code.

Only `Problem`, `Solution` and their parts come from the scheduler. A route on its own is simulated for every
way to place its breaks; routes that wait for each other are put to CP-SAT, which decides whether times exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, permutations, product
from math import ceil

from ortools.sat.python import cp_model

from scheduler.problem import Job, Problem, Technician
from scheduler.solution import Solution, Unserved

Orders = dict[str, list[str]]  # job ids by technician id


def confirm_reason(problem: Problem, solution: Solution, unserved: Unserved) -> bool:
    """Whether the reason is a true statement about the problem and the plan; `out_of_time` never is."""
    return Witness(problem, solution).confirms(unserved)


class Witness:
    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.jobs = {job.id: job for job in problem.jobs}
        self.technicians = {technician.id: technician for technician in problem.technicians}
        self.orders: Orders = {technician.id: [] for technician in problem.technicians}
        for route in solution.routes:
            self.orders[route.technician] = [stop.job for stop in route.stops]
        self.served = {job for order in self.orders.values() for job in order}
        self.together = self._groups()

    def confirms(self, unserved: Unserved) -> bool:
        job = self.jobs[unserved.job]
        if job.id in self.served:
            return False
        claims = {
            "no_technician_with_skill": self._nobody_has,
            "no_valid_certificate": self._nobody_is_certified,
            "not_allowed": self._nobody_is_named,
            "load_too_large": self._nobody_carries,
            "no_window_in_shift": self._nobody_reaches,
            "related_job_unserved": self._partner_is_out,
            "no_capacity_left": self._nothing_fits,
            "kept_out_by_more_urgent": self._another_is_in_the_way,
            "costs_more_than_it_is_worth": self._costs_more,
        }
        return unserved.reason in claims and claims[unserved.reason](job, unserved.detail)

    # Who may

    def _nobody_has(self, job: Job, detail: Mapping[str, object]) -> bool:
        named = set(detail["skills"])  # type: ignore[call-overload]
        return named <= set(job.skills) and all(
            named - set(technician.skills) for technician in self.problem.technicians
        )

    def _nobody_is_certified(self, job: Job, detail: Mapping[str, object]) -> bool:
        named = set(detail["skills"])  # type: ignore[call-overload]
        plain = {skill for skill in job.skills if not skill.startswith("cert:")}
        handy = [t for t in self.problem.technicians if plain <= set(t.skills)]
        return (
            bool(handy)
            and all(skill.startswith("cert:") and skill in job.skills for skill in named)
            and all(named - set(technician.skills) for technician in handy)
        )

    def _nobody_is_named(self, job: Job, _: object) -> bool:
        return bool(self._skilled(job)) and not self._named(job)

    def _nobody_carries(self, job: Job, _: object) -> bool:
        return bool(self._named(job)) and not self._able(job)

    def _nobody_reaches(self, job: Job, detail: Mapping[str, object]) -> bool:
        able = self._able(job)
        alone = [t for t in able if self._times_exist({t.id: [job.id]}, {t.id}, ties=False)]
        return bool(able) and not alone and detail["technicians_tried"] == len(able)

    # What it depends on

    def _partner_is_out(self, job: Job, detail: Mapping[str, object]) -> bool:
        partners = detail["jobs"]
        assert isinstance(partners, tuple)
        return bool(partners) and all(
            partner not in self.served and self._needs(job.id, partner) for partner in partners
        )

    def _needs(self, job: str, partner: str) -> bool:
        return partner in self.together[job] or any(
            relation.type in ("sequence", "not_before")
            and {job, partner} <= set(relation.jobs)
            and relation.jobs.index(partner) < relation.jobs.index(job)
            for relation in self.problem.relations
        )

    # Whether it fits

    def _nothing_fits(self, job: Job, detail: Mapping[str, object]) -> bool:
        tried = len(self._able(job)) == detail["technicians_tried"]
        return tried and next(self._insertions(job, self.orders), None) is None

    def _another_is_in_the_way(self, job: Job, detail: Mapping[str, object]) -> bool:
        other, technician = self.jobs[str(detail["job"])], str(detail["technician"])
        dearer = self._worth(other) > self._worth(job)
        without = {name: [j for j in order if j != other.id] for name, order in self.orders.items()}
        return (
            dearer
            and other.id in self.orders[technician]
            and next(self._insertions(job, self.orders), None) is None
            and any(name == technician for name, _ in self._insertions(job, without))
        )

    def _costs_more(self, job: Job, detail: Mapping[str, object]) -> bool:
        before = self._cost(self.orders)
        rises = [self._cost(orders) - before for _, orders in self._insertions(job, self.orders)]
        return (
            bool(rises)
            and min(rises) == detail["cheapest_insertion"]
            and detail["unserved_cost"] == self._worth(job)
            and min(rises) > self._worth(job)
        )

    def _insertions(self, job: Job, orders: Orders) -> Iterator[tuple[str, Orders]]:
        """(technician, the plan's orders) for every place where the job keeps every rule."""
        for technician in self._able(job):
            order = orders[technician.id]
            for position in range(len(order) + 1):
                tried = orders | {technician.id: [*order[:position], job.id, *order[position:]]}
                if self._keeps_rules(technician, tried, job) and self._times_exist(tried, {technician.id}):
                    yield technician.id, tried

    def _keeps_rules(self, technician: Technician, orders: Orders, new: Job) -> bool:
        """Capacity, places pinned in the route, and what relations ask of order and technician."""
        order = orders[technician.id]
        load = sum(self.jobs[job].load for job in order)
        if technician.capacity is not None and load > technician.capacity:
            return False
        pins = [(self.jobs[job].pinned, place) for place, job in enumerate(order)]
        if any(pin and pin.position is not None and pin.position != place for pin, place in pins):
            return False
        where = {job: (name, i) for name, jobs in orders.items() for i, job in enumerate(jobs)}
        for relation in self.problem.relations:
            if new.id not in relation.jobs:
                continue
            found = [where.get(job) for job in relation.jobs]
            served = [place for place in found if place is not None]
            if relation.type in ("sequence", "same_technician") and len({name for name, _ in served}) > 1:
                return False
            if relation.type == "sequence" and served != sorted(served):
                return False
            if relation.type in ("sequence", "not_before") and None in found[: len(served)]:
                return False
        return True

    # When

    def _times_exist(self, orders: Orders, changed: set[str], ties: bool = True) -> bool:
        coupled = self._coupled(orders, changed) if ties else set()
        if coupled:
            return self._cheapest_together({name: orders[name] for name in coupled | changed}) is not None
        return all(self._cheapest_times(self.technicians[name], orders[name]) is not None for name in changed)

    def _coupled(self, orders: Orders, changed: set[str]) -> set[str]:
        """The technicians whose times hang together with those of the changed routes."""
        where = {job: name for name, order in orders.items() for job in order}
        timed = [
            {where[job] for job in relation.jobs if job in where}
            for relation in self.problem.relations
            if relation.type != "same_technician"
        ]
        found: set[str] = set()
        grown = True
        while grown:
            joined = {name for group in timed if group & (found | changed) for name in group}
            grown = not joined <= found
            found |= joined
        return found

    def _cheapest_times(self, technician: Technician, order: Sequence[str]) -> int | None:
        """The least lateness and overtime cost of the route on its own; None if it can't be driven."""
        if not order:
            return 0
        costs = []
        for places in product(range(len(order) + 1), repeat=len(technician.breaks)):
            for turn in permutations(range(len(technician.breaks))):
                cost = self._simulate(technician, order, places, turn)
                if cost is not None:
                    costs.append(cost)
        return min(costs, default=None)

    def _simulate(
        self, technician: Technician, order: Sequence[str], places: Sequence[int], turn: Sequence[int]
    ) -> int | None:
        """Everything as early as possible, with break b in gap places[b], in the given turn within a gap."""
        now, place, cost, prices = technician.shift[0], technician.start, 0, self.problem.objective
        for gap, name in enumerate([*order, None]):
            job = None if name is None else self.jobs[name]
            target = technician.end if job is None else job.location
            lead = 0 if target is None else self._drive(technician, place, target)
            if job is not None and job.location != place:
                lead += job.setup
            rested, over = 0, now
            for index in (index for index in turn if places[index] == gap):
                (opens, closes), duration = technician.breaks[index].window, technician.breaks[index].duration
                begins = max(over, opens)
                if begins > closes:
                    return None
                over, rested = begins + duration, rested + duration
            now = max(over, now + lead + rested)
            if job is None:
                late = now - technician.shift[1]
                return None if late > technician.max_overtime else cost + max(0, late) * prices.overtime_s
            starts = [max(now, opens) for opens, closes in self._windows(job) if now <= closes]
            if not starts:
                return None
            now = min(starts)
            if job.due is not None:
                cost += max(0, now - job.due) * (prices.late_s + job.late_cost_per_s)
            now, place = now + job.service, job.location
        raise AssertionError("the return comes last")

    def _windows(self, job: Job) -> list[tuple[int, int]]:
        windows = list(job.windows) or [(0, 10**8)]
        start = None if job.pinned is None else job.pinned.start
        if start is None:
            return windows
        return [(start, start)] if any(a <= start <= b for a, b in windows) else []

    def _cheapest_together(self, orders: Orders) -> int | None:
        """The least lateness and overtime cost of routes that wait for each other, or None."""
        model = cp_model.CpModel()
        costs: list[cp_model.LinearExprT] = []
        starts: dict[str, cp_model.IntVar] = {}
        for name, order in orders.items():
            if not order:
                continue
            technician = self.technicians[name]
            for job in order:
                windows = self._windows(self.jobs[job])
                if not windows:
                    return None
                domain = cp_model.Domain.from_intervals([list(window) for window in windows])
                starts[job] = model.new_int_var_from_domain(domain, job)
                costs.append(self._add_lateness(model, self.jobs[job], starts[job]))
            costs.append(self._add_route(model, technician, order, starts))
        for relation in self.problem.relations:
            served = [job for job in relation.jobs if job in starts]
            for one, other in pairwise(served):
                if relation.type in ("sequence", "not_before"):
                    model.add(starts[other] >= starts[one] + self.jobs[one].service + relation.gap)
            for one, other in product(served, repeat=2):
                if relation.type == "same_time":
                    model.add(starts[one] - starts[other] <= relation.gap)
        model.minimize(sum(costs))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        return round(solver.objective_value) if solver.solve(model) == cp_model.OPTIMAL else None

    def _add_lateness(self, model: cp_model.CpModel, job: Job, start: cp_model.IntVar) -> cp_model.LinearExprT:
        if job.due is None:
            return 0
        late = model.new_int_var(0, 10**8, "late")
        model.add(late >= start - job.due)
        return late * (self.problem.objective.late_s + job.late_cost_per_s)

    def _add_route(
        self,
        model: cp_model.CpModel,
        technician: Technician,
        order: Sequence[str],
        starts: Mapping[str, cp_model.IntVar],
    ) -> cp_model.LinearExprT:
        """Constrains the route; returns what its overtime costs."""
        latest = technician.shift[1] + technician.max_overtime
        back = model.new_int_var(technician.shift[0], latest, f"back {technician.id}")
        rests = [model.new_int_var(*rest.window, "rest") for rest in technician.breaks]
        model.add_no_overlap(
            model.new_fixed_size_interval_var(start, rest.duration, "rest")
            for start, rest in zip(rests, technician.breaks, strict=True)
        )
        in_gap = [[model.new_bool_var("in gap") for _ in range(len(order) + 1)] for _ in rests]
        for row in in_gap:
            model.add_exactly_one(row)
        place, departs = technician.start, cp_model.LinearExpr.sum([technician.shift[0]])
        for gap, name in enumerate([*order, None]):
            job = None if name is None else self.jobs[name]
            target = technician.end if job is None else job.location
            lead = 0 if target is None else self._drive(technician, place, target)
            lead += 0 if job is None or job.location == place else job.setup
            arrives = back if name is None else starts[name]
            rested = sum(rest.duration * row[gap] for rest, row in zip(technician.breaks, in_gap, strict=True))
            model.add(arrives >= departs + lead + rested)
            for start, rest, row in zip(rests, technician.breaks, in_gap, strict=True):
                model.add(start >= departs).only_enforce_if(row[gap])
                model.add(start + rest.duration <= arrives).only_enforce_if(row[gap])
            if name is not None and job is not None:
                place, departs = job.location, starts[name] + job.service
        overtime = model.new_int_var(0, technician.max_overtime, "overtime")
        model.add(overtime >= back - technician.shift[1])
        return overtime * self.problem.objective.overtime_s

    # What it costs

    def _cost(self, orders: Orders) -> int:
        prices, problem, work = self.problem.objective, self.problem, []
        cost = 0
        for name, order in orders.items():
            technician = self.technicians[name]
            if not order:
                continue
            places = [technician.start, *(self.jobs[job].location for job in order)]
            ends = [] if technician.end is None else [technician.end]
            arcs = list(zip(places, [*places[1:], *ends], strict=False))
            seconds = sum(self._drive(technician, a, b) for a, b in arcs)
            metres = sum(int(problem.distances[a, b]) for a, b in arcs)
            setups = sum(self.jobs[job].setup for job, (a, b) in zip(order, arcs, strict=False) if a != b)
            work.append(seconds + setups + sum(self.jobs[job].service for job in order))
            disliked = [j for j in order if self.jobs[j].preferred and name not in self.jobs[j].preferred]
            cost += seconds * prices.travel_s + metres * prices.distance_m + prices.technician_used
            cost += len(disliked) * prices.not_preferred
        coupled = self._coupled(orders, set(orders))
        if coupled:
            cost += self._cheapest_together({name: orders[name] for name in coupled}) or 0
        for name in orders.keys() - coupled:
            cost += self._cheapest_times(self.technicians[name], orders[name]) or 0
        return cost + ((max(work) - min(work)) * prices.imbalance_s if work else 0)

    def _drive(self, technician: Technician, a: int, b: int) -> int:
        return ceil(int(self.problem.durations[a, b]) / Fraction(str(technician.speed)))

    def _skilled(self, job: Job) -> list[Technician]:
        return [t for t in self.problem.technicians if set(job.skills) <= set(t.skills)]

    def _named(self, job: Job) -> list[Technician]:
        return [
            t
            for t in self._skilled(job)
            if (job.technicians is None or t.id in job.technicians)
            and (job.pinned is None or t.id == job.pinned.technician)
        ]

    def _able(self, job: Job) -> list[Technician]:
        return [t for t in self._named(job) if t.capacity is None or job.load <= t.capacity]

    def _groups(self) -> dict[str, set[str]]:
        """By job, those that are served all or none with it."""
        groups = {job: {job} for job in self.jobs}
        for relation in self.problem.relations:
            if relation.type == "same_time":
                joined = set().union(*(groups[job] for job in relation.jobs))
                for job in joined:
                    groups[job] = joined
        return groups

    def _worth(self, job: Job) -> float:
        """What leaving the job out costs."""
        if job.unserved_cost is None:
            return float("inf")
        return job.unserved_cost + (self.problem.objective.moved if job.pinned else 0)
