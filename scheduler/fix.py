"""What a fix for a job that isn't planned, or late, says: what it asks, what it costs, and the plan that proves it."""

from msgspec import Struct

from scheduler.limits import Id
from scheduler.problem import Problem
from scheduler.relaxations import AlsoAllowed, MoreSkills, NextDay, OtherWindow, Overtime, Relaxation
from scheduler.rules.certificates import is_certificate
from scheduler.solution import Moment, Solution


class Move(Struct, frozen=True):
    """Another job that the fix takes elsewhere: who served it and from when, and who will."""

    job: Id
    technician_before: Id
    start_before: Moment
    technician: Id
    start: Moment


class Price(Struct, frozen=True):
    """`cost` is the whole plan's with the fix, `rise` that less the cost now: below 0 where the fix pays.

    `seconds` is what is asked of people beyond the rules: overtime, or how far a window moves. `promises` counts
    the owners who are asked for another time window than theirs. Other jobs that move stay within theirs.
    """

    cost: int
    rise: int
    seconds: int
    promises: int


class Fix(Struct, frozen=True, kw_only=True):
    """`kind` is one of `fix_words.FIXES`; `technician` is who serves the job from `start`.

    `relaxation` and `moved` are all that changes. `plan` keeps every rule of the relaxed problem, and serves the
    job, in time if it was late, with all that was served; for `next_day` it is the plan of that day. A fix that
    isn't verified was neither proved nor refuted in the time there was, and says at most who was to be asked.
    """

    kind: str
    technician: Id | None = None
    start: Moment | None = None
    verified: bool = False
    relaxation: Relaxation | None = None
    moved: tuple[Move, ...] = ()
    price: Price | None = None
    plan: Solution | None = None

    @property
    def asked(self) -> str | None:
        """The technician of whom more is asked than the rules allow now."""
        if isinstance(self.relaxation, Overtime | MoreSkills | AlsoAllowed):
            return self.relaxation.technician
        return None


class JobFixes(Struct, frozen=True, kw_only=True):
    """`late` is by how many seconds the job starts late now, 0 if it isn't served.

    `together` are the jobs left out that it depends on: a fix serves them as well. `fixes` begins with those
    verified, cheapest first.
    """

    job: Id
    late: int = 0
    together: tuple[Id, ...] = ()
    fixes: tuple[Fix, ...] = ()


def apply(problem: Problem, fix: Fix) -> Problem:
    """The problem with what the fix asks for granted: `fix.plan` is a plan of this one.

    ValueError for a fix that isn't verified, which has nothing to apply.
    """
    if fix.relaxation is None:
        raise ValueError(f"the fix {fix.kind!r} was not verified, so there is nothing to apply")
    return fix.relaxation.apply(problem)


def kind_of(relaxation: Relaxation, moved: tuple[Move, ...]) -> str:
    """Which of FIXES a change is."""
    match relaxation:
        case Overtime():
            return "overtime"
        case OtherWindow():
            return "window"
        case MoreSkills():
            return "certificate" if any(map(is_certificate, relaxation.skills)) else "skill"
        case NextDay():
            return "next_day"
        case AlsoAllowed():
            return "allowed"
    return "move" if moved else "as_it_is"
