"""How fixes are sought: one file for what may be asked of people, those that ask least first.

With everybody else's visits in their order, the search for places is exact: for a job on its own the least
overtime, the nearest window and the cheapest place are just that. What is found is proved by `Case.proved`; what
can't do even with nothing else to do isn't tried.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scheduler.fixing import as_it_is, move, next_day, overtime, people, window
from scheduler.fixing.attempt import Anew, Attempt
from scheduler.fixing.case import Case, Day

__all__ = ["ASKS", "Anew", "Ask", "Attempt", "Case", "Day"]


class Ask(NamedTuple):
    """`kinds` are those of FIXES that it may come to for a job, known without trying."""

    kinds: Callable[[Case], tuple[str, ...]]
    attempts: Callable[[Case], Iterator[Attempt]]


ASKS: tuple[Ask, ...] = (
    Ask(as_it_is.kinds, as_it_is.attempts),  # nothing
    Ask(move.kinds, move.attempts),  # that another owner takes another time or technician
    Ask(overtime.kinds, overtime.attempts),  # that a technician works longer
    Ask(window.kinds, window.attempts),  # that the owner takes another time
    Ask(people.kinds, people.attempts),  # that somebody does it who may not now
    Ask(next_day.kinds, next_day.attempts),  # that the owner waits
)
