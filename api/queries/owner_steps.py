"""A ticket's way from report to watch, as steps that are past, now or ahead."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from domain.jobs import Visit, VisitState
from domain.sign_offs import SignOff
from domain.tickets import Ticket, TicketState


class StepKind(StrEnum):
    RECEIVED = "received"
    PLANNED = "planned"
    ON_THE_WAY = "on_the_way"
    WORKING = "working"
    DONE = "done"
    WATCH = "watch"


class Progress(StrEnum):
    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"


class Step(Struct):
    """`at` is when it was reached; `until` is the last day of the watch."""

    kind: StepKind
    progress: Progress
    at: datetime | None = None
    until: date | None = None


REACHED = {
    VisitState.PLANNED: StepKind.PLANNED,
    VisitState.TRAVELLING: StepKind.ON_THE_WAY,
    VisitState.ARRIVED: StepKind.WORKING,
    VisitState.STARTED: StepKind.WORKING,
    VisitState.PAUSED: StepKind.WORKING,
    VisitState.DONE: StepKind.DONE,
}


def steps_of(ticket: Ticket, visit: Visit | None, signed: SignOff | None, today: date) -> list[Step]:
    """`visit` is the one that stands for what is to be done, or the last one of a ticket that is closed; `signed` is
    the acceptance that the watch runs from. `today` is on the site's calendar."""
    kinds = list(StepKind)
    reached = REACHED[visit.state] if visit is not None else StepKind.RECEIVED
    if reached is StepKind.DONE and ticket.state is not TicketState.CLOSED:
        reached = StepKind.RECEIVED  # one step of several is done; the next waits for its time
    if ticket.state is TicketState.CLOSED:
        reached = StepKind.WATCH if signed is not None else StepKind.DONE
    watched = signed is not None and today > signed.watch_until
    times = {StepKind.RECEIVED: ticket.clocks_from}
    if visit is not None:
        told = (visit.departed_at, visit.arrived_at, visit.finished_at)
        times |= {
            kind: at
            for kind, at in zip((StepKind.ON_THE_WAY, StepKind.WORKING, StepKind.DONE), told, strict=True)
            if at is not None
        }
    return [
        Step(
            kind,
            _progress(kinds.index(kind), kinds.index(reached), over=watched or reached is StepKind.DONE),
            times.get(kind),
            signed.watch_until if signed is not None and kind is StepKind.WATCH else None,
        )
        for kind in kinds
    ]


def _progress(place: int, reached: int, *, over: bool) -> Progress:
    if place == reached:
        return Progress.PAST if over else Progress.NOW
    return Progress.PAST if place < reached else Progress.AHEAD
