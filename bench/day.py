"""A `doorstep.problem/1` as plain dicts with ids looked up: what the referee and the peers' models read.

Written from the format's description alone. It shares nothing with the planner, so that a mistake there
can't hide here.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Named = Mapping[str, Any]
Table = NDArray[np.int64]

EARTH_RADIUS_M = 6_371_008.8
DETOUR, KMH = 1.35, 25.0  # how the format estimates travel when a problem brings coordinates and no matrix
MOST_OPEN = 10**8  # no window: later than any moment of a problem


class Day:
    """Seconds and metres are integers; rows of a table are where a drive begins."""

    def __init__(self, problem: Named) -> None:
        self.problem = problem
        self.name: str = problem.get("name", "")
        self.technicians: dict[str, Named] = {one["id"]: one for one in problem["technicians"]}
        self.jobs: dict[str, Named] = {one["id"]: one for one in problem["jobs"]}
        self.relations: list[Named] = list(problem.get("relations", ()))
        self._weights: Named = problem.get("objective", {})
        self._at_speed: dict[int, Table] = {}

    def weight(self, term: str) -> int:
        """The price of one unit of the term."""
        return int(self._weights.get(term, 1 if term == "travel_s" else 0))

    @cached_property
    def durations(self) -> Table:
        """At speed 1."""
        return self._travel[0]

    @cached_property
    def distances(self) -> Table:
        return self._travel[1]

    def durations_of(self, technician: str) -> Table:
        """At the technician's speed, which counts to three decimals; rounded up to seconds."""
        thousandths = round(1000 * self.technicians[technician].get("speed", 1.0))
        if thousandths not in self._at_speed:
            self._at_speed[thousandths] = (self.durations * 1000 + thousandths - 1) // thousandths
        return self._at_speed[thousandths]

    def setup(self, job: str, before: int) -> int:
        """Seconds before service starts at `job` for one who comes from the location `before`."""
        return 0 if before == self.jobs[job]["location"] else int(self.jobs[job].get("setup", 0))

    def windows(self, job: str) -> list[tuple[int, int]]:
        """Of the start of service, a pinned start not counted; in order, and those that touch are one."""
        merged: list[tuple[int, int]] = []
        for opens, closes in sorted(self.jobs[job].get("windows") or [(0, MOST_OPEN)]):
            if merged and opens <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
            else:
                merged.append((opens, closes))
        return merged

    def starts(self, job: str) -> list[tuple[int, int]]:
        """When service may start: the windows, cut down to a pinned start. Empty if the two exclude each other."""
        pinned = (self.jobs[job].get("pinned") or {}).get("start")
        if pinned is None:
            return self.windows(job)
        return [(pinned, pinned)] if any(opens <= pinned <= closes for opens, closes in self.windows(job)) else []

    def may_serve(self, technician: str, job: str) -> bool:
        """Skills, certificates, the technicians the job names, and whom it is pinned to."""
        stated, who = self.jobs[job], self.technicians[technician]
        named = stated.get("technicians")
        pinned = stated.get("pinned")
        return (
            set(stated.get("skills", ())) <= set(who.get("skills", ()))
            and (named is None or technician in named)
            and (pinned is None or pinned["technician"] == technician)
        )

    def worth(self, job: str) -> int | None:
        """What leaving the job out costs; None if that isn't allowed."""
        stated = self.jobs[job]
        cost = stated.get("unserved_cost")
        if cost is None:
            return None
        return int(cost) + (self.weight("moved") if stated.get("pinned") else 0)

    def late_price(self, job: str) -> int:
        """Of each second that service starts after `due`."""
        return int(self.weight("late_s") + self.jobs[job].get("late_cost_per_s", 0))

    @cached_property
    def _travel(self) -> tuple[Table, Table]:
        matrix = self.problem.get("matrix")
        if matrix is None:
            return _estimate([(place["lat"], place["lon"]) for place in self.problem["locations"]])
        durations = np.array(matrix["durations"], dtype=np.int64)
        distances = matrix.get("distances")
        return durations, np.zeros_like(durations) if distances is None else np.array(distances, dtype=np.int64)


def _estimate(points: list[tuple[float, float]]) -> tuple[Table, Table]:
    """The great circle by the haversine formula, lengthened and driven at the city's speed, rounded up."""
    lat, lon = np.radians(np.array(points)).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres = np.arcsin(np.sqrt(np.minimum(half, 1.0))) * (2 * EARTH_RADIUS_M * DETOUR)
    return np.ceil(metres / (KMH / 3.6)).astype(np.int64), np.ceil(metres).astype(np.int64)
