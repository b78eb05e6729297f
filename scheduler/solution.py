"""A plan for the day: who goes where and when, what is left out and why, and what it costs term by term.

Times are integer seconds on the problem's clock. The file format is `doorstep.solution/1`. A plan made by a
person needs only `format` and `routes`: `check` works the rest out, and never believes it.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from scheduler.decode import decode
from scheduler.errors import SolutionError
from scheduler.limits import MAX_SECONDS, Id, Text

Moment = Annotated[int, Meta(ge=0, le=10 * MAX_SECONDS)]
Amount = Annotated[int, Meta(ge=0)]
Detail = str | int | tuple[str, ...] | None


class StopResult(Struct, frozen=True, forbid_unknown_fields=True):
    """`arrival` is when the drive is over; `start` and `end` bound the service, set-up comes before it."""

    job: Id
    arrival: Moment
    start: Moment
    end: Moment


class BreakResult(Struct, frozen=True, forbid_unknown_fields=True):
    start: Moment
    end: Moment


class RouteResult(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One technician's day; with an open route `returns` is when the last service or break is over."""

    technician: Id
    stops: tuple[StopResult, ...] = ()
    breaks: tuple[BreakResult, ...] = ()
    leaves: Moment
    returns: Moment


class Unserved(Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` is one of `explain.REASONS`, found by trying; `detail` holds its numbers and names."""

    job: Id
    reason: Text = ""
    detail: dict[Text, Detail] = {}


class Violation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A hard rule that is broken, by `amount` in the rule's own unit: seconds, units of load or a count."""

    rule: Text
    job: Id | None = None
    technician: Id | None = None
    amount: Amount
    sentence: str


class SolverRun(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Wall-clock seconds, the seed, how many plans the search looked at, and which search it was."""

    seconds: Annotated[float, Meta(ge=0)] = 0.0
    seed: int = 0
    iterations: Amount = 0
    version: Text = ""


class Solution(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`infeasible` means that a hard rule is broken, most often a job that must be served and isn't."""

    format: Literal["doorstep.solution/1"]
    cost: int = 0
    terms: dict[Text, int] = {}
    routes: tuple[RouteResult, ...]
    unserved: tuple[Unserved, ...] = ()
    status: Literal["feasible", "infeasible"] = "feasible"
    violations: tuple[Violation, ...] = ()
    solver: SolverRun = SolverRun()

    @classmethod
    def from_json(cls, data: bytes) -> "Solution":
        """Raises SolutionError for everything that isn't a `doorstep.solution/1`."""
        return decode(data, _DECODER, SolutionError)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)


_DECODER = msgspec.json.Decoder(Solution)
