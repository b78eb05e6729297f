"""What a planning rule is: a name, what breaking it means, and a sentence for the dispatcher."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scheduler.problem import Objective
from scheduler.rules.reading import Reading
from scheduler.solution import Violation


@dataclass(frozen=True, slots=True)
class Hard:
    """A plan that breaks it isn't valid at any price. `violations` finds every place where it is broken."""

    name: str
    en: str
    zh: str
    violations: Callable[[Reading], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Soft:
    """A term of the cost: `amount` counts its units in a plan, `price` is the cost of one unit."""

    name: str
    en: str
    zh: str
    amount: Callable[[Reading], int]
    price: Callable[[Objective], int]


def already_cost(_: Objective) -> int:
    """The price of a term that the jobs themselves state in units of cost."""
    return 1
