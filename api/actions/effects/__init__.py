"""What an operation changes here, by its kind: the one place that says which effect each of them has."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.effects.additions import add
from api.actions.effects.effect import Effect, Told, refused
from api.actions.effects.endings import end
from api.actions.effects.locations import locate
from api.actions.effects.standing import contradiction, visit_told_of
from api.actions.effects.steps import step
from mobile_contract import v1 as wire

__all__ = ["Effect", "Told", "take_effect"]


async def take_effect(session: AsyncSession, told: Told, operation: wire.Operation) -> Effect:
    """Moves the visit, if it still is where the technician thought; what was done at it is kept in any case."""
    if isinstance(operation, wire.Ping):
        return await locate(session, told, operation)
    visit = await visit_told_of(session, told.phone, operation.visit_id)
    if visit is None:
        return refused(wire.ReasonCode.UNKNOWN_VISIT)
    against = contradiction(visit, told.phone)
    match operation:
        case wire.Accept() | wire.Depart() | wire.Arrive() | wire.Start() | wire.Pause():
            return step(session, told, visit, operation, against)
        case wire.Complete() | wire.NoAccess() | wire.AnotherVisit() | wire.Refuse():
            return await end(session, told, visit, operation, against)
        case wire.AddNote() | wire.UsePart() | wire.AttachPhoto() | wire.FoundDefect():
            return await add(session, told, visit, operation, against)
