"""What a technician sees before the server answers: the synced state, with their own unsent work on top."""

from collections.abc import Iterable

from mobile_contract.v1 import Arrive, Complete, Operation, Start, VisitState

BEFORE_ARRIVAL = frozenset({VisitState.PLANNED, VisitState.TRAVELLING})
UNDER_WAY = frozenset({VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})
ENDS = frozenset(VisitState) - BEFORE_ARRIVAL - UNDER_WAY


def state_after(synced: VisitState, unsent: Iterable[Operation]) -> VisitState:
    """Folds one visit's unsent operations, in the device's order, over what the server last said.

    Work goes forward only: a late arrival doesn't take a started visit back. A visit that the office
    cancelled stays cancelled, so that the technician stops; once finished it is finished, for it happened.
    """
    state = synced
    for operation in unsent:
        match operation:
            case Arrive() if state in BEFORE_ARRIVAL:
                state = VisitState.ARRIVED
            case Start() if state not in ENDS:
                state = VisitState.STARTED
            case Complete() if state not in ENDS or state is VisitState.CANCELLED:
                state = VisitState.DONE if operation.sign_off.accepted else VisitState.NEEDS_ANOTHER
    return state
