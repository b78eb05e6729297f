"""One change that may let a job in: how it is tried with everybody else in place, and what is left to try then."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from scheduler.fix import Fix
from scheduler.fixing.case import Case
from scheduler.problem import Problem
from scheduler.relaxations import Relaxation
from scheduler.search.draft import Draft
from scheduler.solution import Solution
from scheduler.stop import Countdown


class Anew(NamedTuple):
    """What planning the whole day anew may try: `problem()` grants the most, `taken` says what a plan took of it.

    It was not needed at all where `taken` gives None.
    """

    problem: Callable[[], Problem]
    taken: Callable[[Solution], Relaxation | None]


class Attempt(NamedTuple):
    """`find` tries every place with the other visits in their order; `anew` is what others' moving may better.

    `technician` is who is asked, where it is one.
    """

    kind: str
    technician: str | None
    find: Callable[[Countdown], list[Fix]]
    anew: Anew | None = None


def put_in(
    case: Case, draft: Draft, relaxation: Relaxation, technicians: Sequence[int] | None, countdown: Countdown
) -> list[Fix]:
    """The job at its cheapest place in the draft, with one of the technicians if some are given, proved."""
    with case.placed(draft, countdown, technicians) as fits:
        fix = case.proved(relaxation, draft) if fits else None
    return [] if fix is None else [fix]
