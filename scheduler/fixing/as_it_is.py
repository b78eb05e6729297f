"""It fits as the plan is: what is asked is only that it be worth its price."""

from collections.abc import Iterator
from functools import partial

from scheduler.fixing.attempt import Attempt, put_in
from scheduler.fixing.case import Case
from scheduler.relaxations import Nothing


def kinds(_: Case) -> tuple[str, ...]:
    return ("as_it_is",)


def attempts(case: Case) -> Iterator[Attempt]:
    if case.as_it_is is not None:
        yield Attempt("as_it_is", None, partial(put_in, case, case.as_it_is, Nothing(), None))
