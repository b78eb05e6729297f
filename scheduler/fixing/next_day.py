"""Another day with the same shifts and nothing else to do: all that is proved is that somebody could do it then."""

from collections.abc import Iterator
from functools import partial

from scheduler.fix import Fix
from scheduler.fixing.attempt import Attempt
from scheduler.fixing.case import Case
from scheduler.stop import Countdown


def kinds(case: Case) -> tuple[str, ...]:
    """None for a late job, which the next day makes later, and for one that today's others wait for or go with."""
    related = any(case.job.id in relation.jobs for relation in case.day.problem.relations)
    return () if case.late or related else ("next_day",)


def attempts(case: Case) -> Iterator[Attempt]:
    if kinds(case):
        yield Attempt("next_day", None, partial(_find, case))


def _find(case: Case, _: Countdown) -> list[Fix]:
    fix = case.proved_next_day()
    return [] if fix is None else [fix]
