"""The last hand on a plan: whatever still fits is put in, and room is made for what doesn't."""

from scheduler.search.draft import Draft
from scheduler.search.exchange import exchange
from scheduler.search.insertion import insert_what_fits
from scheduler.stop import Countdown


def polish(draft: Draft, countdown: Countdown) -> None:
    """Unless the countdown ends first, no unserved job that is worth its price fits anywhere afterwards."""
    while insert_what_fits(draft, draft.urgent_first(), countdown):
        before = draft.value()
        exchange(draft, countdown)
        if not draft.value() < before:
            return
