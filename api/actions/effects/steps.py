"""A visit goes on. A step that its state doesn't allow has no effect: it says nothing that a later one doesn't."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.effects.effect import Effect, Told, applied, kept, refused
from api.actions.receipts import kind_of
from domain.errors import IllegalMove
from domain.jobs import Visit
from domain.visit_facts import VisitStep
from mobile_contract import v1 as wire


def step(session: AsyncSession, told: Told, visit: Visit, taken: wire.Step, against: wire.ReasonCode | None) -> Effect:
    if against is None:
        try:
            move(visit, told, taken)
        except IllegalMove as error:
            return refused(wire.ReasonCode.ILLEGAL_MOVE, str(error), visit)
    reason, note = (taken.reason, taken.note) if isinstance(taken, wire.Pause) else (None, "")
    session.add(VisitStep(**told.fact(visit), kind=kind_of(taken), reason=reason, note=note))
    return kept(visit, against) if against else applied(visit)


def move(visit: Visit, told: Told, taken: wire.Step) -> None:
    match taken:
        case wire.Accept():
            visit.accept(told.happened_at)
        case wire.Depart():
            visit.depart(told.happened_at)
        case wire.Arrive():
            visit.arrive(told.happened_at)
        case wire.Start():
            visit.start(told.happened_at)
        case wire.Pause():
            visit.pause()
