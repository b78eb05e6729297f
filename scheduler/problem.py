"""A day to plan: places, technicians, jobs, what ties jobs together, and what things cost.

Times and durations are integer seconds on one clock that starts at 0; distances are integer metres. A
window is closed at both ends and bounds the start of service. The file format is `doorstep.problem/1`.
"""

from functools import cached_property
from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scheduler.consistency import check_consistency
from scheduler.decode import decode
from scheduler.errors import ProblemError
from scheduler.limits import (
    MAX_BREAKS,
    MAX_JOBS,
    MAX_LOCATIONS,
    MAX_RELATED_JOBS,
    MAX_RELATIONS,
    MAX_TECHNICIANS,
    MAX_WINDOWS,
    Id,
    Index,
    Latitude,
    Load,
    Longitude,
    Metres,
    Position,
    Seconds,
    Speed,
    Text,
    UnservedCost,
    Weight,
)
from scheduler.travel import GreatCircle

Window = tuple[Seconds, Seconds]
Travel = NDArray[np.int32]  # 10,000 places squared are 400 MB


class Location(Struct, frozen=True, forbid_unknown_fields=True):
    """Coordinates are WGS-84 degrees: both or neither, and needed only when the problem has no matrix."""

    id: Id
    lat: Latitude | None = None
    lon: Longitude | None = None

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise ProblemError("$.lat" if self.lat is None else "$.lon", "lat and lon come together")


class Matrix(Struct, frozen=True, forbid_unknown_fields=True):
    """Row = from, column = to, in the order of the problem's locations; need not be symmetric."""

    durations: tuple[tuple[Seconds, ...], ...]
    distances: tuple[tuple[Metres, ...], ...] | None = None


class Break(Struct, frozen=True, forbid_unknown_fields=True):
    """Rest of `duration` that starts within `window`; while it lasts there is neither drive nor service."""

    window: Window
    duration: Seconds

    def __post_init__(self) -> None:
        _check_window("$.window", self.window)


class Technician(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`start` and `end` index the locations; without an end the day is over when the last job is.

    `speed` divides travel durations: 1.2 is 20 % faster. It is read to three decimals.
    """

    id: Id
    start: Index
    end: Index | None
    shift: Window
    skills: tuple[Text, ...] = ()
    breaks: tuple[Break, ...] = ()
    capacity: Load | None = None
    speed: Speed = 1.0
    max_overtime: Seconds = 0

    def __post_init__(self) -> None:
        _check_window("$.shift", self.shift)
        if len(self.breaks) > MAX_BREAKS:
            raise ProblemError("$.breaks", f"more than {MAX_BREAKS} breaks")


class Pin(Struct, frozen=True, forbid_unknown_fields=True):
    """Who serves the job, and perhaps the second its service starts and its place in the route, from 0.

    A pin adds to the job's other rules and waives none. It says how the job is served if it is served:
    whether it must be is `unserved_cost`, as for every job.
    """

    technician: Id
    start: Seconds | None = None
    position: Position | None = None


class Job(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One visit to a home. No window means any time; `unserved_cost` null means it must be served.

    `setup` (parking, unloading) comes before the start of service, and only when the previous stop, or the
    technician's start, is at another location. `late_cost_per_s` is paid for each second that service
    starts after `due`, on top of the objective's `late_s`.
    """

    id: Id
    location: Index
    service: Seconds
    setup: Seconds = 0
    windows: tuple[Window, ...] = ()
    skills: tuple[Text, ...] = ()
    tier: Text = "general"
    unserved_cost: UnservedCost | None = None
    due: Seconds | None = None
    late_cost_per_s: Weight = 0
    load: Load = 0
    technicians: tuple[Id, ...] | None = None
    preferred: tuple[Id, ...] = ()
    pinned: Pin | None = None

    def __post_init__(self) -> None:
        for index, window in enumerate(self.windows):
            _check_window(f"$.windows[{index}]", window)
        if len(self.windows) > MAX_WINDOWS:
            raise ProblemError("$.windows", f"more than {MAX_WINDOWS} windows")


class Relation(Struct, frozen=True, forbid_unknown_fields=True):
    """What ties jobs together, in the order listed; `gap` is in seconds.

    sequence         one technician, in this order, others may come between; a start is at least `gap` after
                     the end before it; a job is served only if all before it are
    not_before       the same, by any technicians
    same_technician  those that are served are served by one technician; has no gap
    same_time        all or none are served, and their starts lie at most `gap` apart
    """

    type: Literal["sequence", "same_technician", "same_time", "not_before"]
    jobs: tuple[Id, ...]
    gap: Seconds = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.jobs) <= MAX_RELATED_JOBS:
            raise ProblemError("$.jobs", f"a relation needs 2 to {MAX_RELATED_JOBS} jobs, not {len(self.jobs)}")
        if self.type == "same_technician" and self.gap:
            raise ProblemError("$.gap", "same_technician says nothing about time, so it has no gap")


class Objective(Struct, frozen=True, forbid_unknown_fields=True):
    """The price of one unit of each term; the rules say what is counted."""

    travel_s: Weight = 1
    distance_m: Weight = 0
    technician_used: Weight = 0
    overtime_s: Weight = 0
    late_s: Weight = 0
    not_preferred: Weight = 0
    imbalance_s: Weight = 0
    moved: Weight = 0


class Problem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """Checked as a whole when it is made: ProblemError names the first place that contradicts another.

    Without a matrix, travel is estimated from the coordinates (`GreatCircle`).
    """

    format: Literal["doorstep.problem/1"] = "doorstep.problem/1"
    name: Text = ""
    locations: tuple[Location, ...]
    matrix: Matrix | None = None
    technicians: tuple[Technician, ...]
    jobs: tuple[Job, ...]
    relations: tuple[Relation, ...] = ()
    objective: Objective = Objective()

    def __post_init__(self) -> None:
        _check_sizes(self)
        check_consistency(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Problem":
        """Raises ProblemError for everything that isn't a `doorstep.problem/1`."""
        return decode(data, _DECODER, ProblemError)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @cached_property
    def durations(self) -> Travel:
        """Seconds from location (row) to location (column) at speed 1."""
        return self._travel[0]

    @cached_property
    def distances(self) -> Travel:
        """Metres from location (row) to location (column); zeros if the problem has none."""
        return self._travel[1]

    def durations_at(self, speed: float) -> Travel:
        """Seconds from location to location for a technician of that speed, rounded up."""
        thousandths = round(speed * 1000)
        if thousandths not in self._durations_by_speed:
            # In integers: 1200 s at speed 1.2 are 1000 s, which a division of floats may round up to 1001.
            scaled = -(-self.durations.astype(np.int64) * 1000 // thousandths)
            self._durations_by_speed[thousandths] = scaled.astype(np.int32)
        return self._durations_by_speed[thousandths]

    @cached_property
    def _durations_by_speed(self) -> dict[int, Travel]:
        return {1000: self.durations}

    @cached_property
    def _travel(self) -> tuple[Travel, Travel]:
        if self.matrix is None:
            return GreatCircle().matrix([(place.lat or 0.0, place.lon or 0.0) for place in self.locations])
        size = (len(self.locations), len(self.locations))
        durations = np.array(self.matrix.durations, dtype=np.int32).reshape(size)
        if self.matrix.distances is None:
            return durations, np.zeros(size, dtype=np.int32)
        return durations, np.array(self.matrix.distances, dtype=np.int32).reshape(size)


def _check_window(path: str, window: Window) -> None:
    if window[1] < window[0]:
        raise ProblemError(path, f"ends at {window[1]}, before it starts at {window[0]}")


def _check_sizes(problem: Problem) -> None:
    for field, largest in (
        ("locations", MAX_LOCATIONS),
        ("technicians", MAX_TECHNICIANS),
        ("jobs", MAX_JOBS),
        ("relations", MAX_RELATIONS),
    ):
        if len(getattr(problem, field)) > largest:
            raise ProblemError(f"$.{field}", f"more than {largest} {field}")


_DECODER = msgspec.json.Decoder(Problem)
