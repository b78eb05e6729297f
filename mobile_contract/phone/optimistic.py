"""What a technician sees before the server answers: the synced state, with their own unsent work on top."""

from collections.abc import Iterable

from mobile_contract.v1 import (
    Accept,
    AnotherVisit,
    Arrive,
    Complete,
    Depart,
    NoAccess,
    Operation,
    Pause,
    Refuse,
    Start,
    VisitState,
)

BEFORE_ARRIVAL = frozenset({VisitState.PLANNED, VisitState.TRAVELLING})
UNDER_WAY = frozenset({VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})
ENDS = frozenset(VisitState) - BEFORE_ARRIVAL - UNDER_WAY


def state_after(synced: VisitState, unsent: Iterable[Operation]) -> VisitState:
    """Folds one visit's unsent operations, in the device's order, over what the server last said.

    Work goes forward only: a late arrival doesn't take a started visit back. A visit that the office
    cancelled stays cancelled, so that the technician stops; once finished it is finished, for it happened.
    Notes, parts, photos and other defects move nothing.
    """
    state = synced
    for operation in unsent:
        match operation:
            case Depart() if state is VisitState.PLANNED:
                state = VisitState.TRAVELLING
            case Arrive() if state in BEFORE_ARRIVAL:
                state = VisitState.ARRIVED
            case Start() if state not in ENDS:
                state = VisitState.STARTED
            case Pause() if state in (VisitState.ARRIVED, VisitState.STARTED):
                state = VisitState.PAUSED
            case Complete() | NoAccess() | AnotherVisit() | Refuse() if may_end(state):
                state = end_of(operation)
    return state


def may_end(state: VisitState) -> bool:
    return state not in ENDS or state is VisitState.CANCELLED


def end_of(ending: Complete | NoAccess | AnotherVisit | Refuse) -> VisitState:
    match ending:
        case Complete():
            return VisitState.DONE if ending.sign_off.accepted else VisitState.NEEDS_ANOTHER
        case Refuse():
            return VisitState.DONE if ending.reason.repaired else VisitState.NEEDS_ANOTHER
        case NoAccess():
            return VisitState.NO_ACCESS
        case AnotherVisit():
            return VisitState.NEEDS_ANOTHER


def accepted_after(synced: bool, unsent: Iterable[Operation]) -> bool:
    return synced or any(isinstance(operation, Accept) for operation in unsent)
