"""An operator tries something again that failed, or takes it away. What is to be done stands in PostgreSQL: the event
of the outbox only wakes a worker."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import convert
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions import errands, planning
from api.actions.delivery import over
from api.actions.messages import seen_message, send_again
from api.actions.plan_order import wake_next
from api.auth import Person
from api.db.outbox import emit
from api.db.task_troubles import TaskTrouble, forget
from api.db.trail import record
from api.queries.queue import MESSAGE_TASK, Kind
from api.queries.variants import Variant
from domain.errands import ErrandKind
from domain.errors import IllegalMove, NotFound
from domain.intakes import MEDIA_LASTS, IntakeMessage, MediaState
from domain.messages import MessageState
from domain.places import Building
from domain.plans import PlanState

TASK: dict[Kind, tuple[str, str]] = {
    "place": ("locate_building", "building.unlocated"),
    "picture": ("fetch_media", "intake.media"),
}
"""The task of each kind, and the event that wakes it."""


async def retry(session: AsyncSession, kind: Kind, subject: UUID, by: Person) -> None:
    """Raises NotFound, and IllegalMove for what did not fail or can't be had any more."""
    if kind == "plan":
        await plan_again(session, subject, by)
        return
    if kind == "message":
        await send_again(session, subject, by)
        await give_up(session, MESSAGE_TASK, subject)  # its successor stands in the queue
        return
    if kind in tuple(ErrandKind):
        await errands.again(session, subject, by)
        await record(session, by.actor, "queue.retried", subject, kind=kind)
        return
    await seen(session, kind, subject, by, may_wait=False)
    if kind == "picture":
        message = await session.get_one(IntakeMessage, subject)
        message.media_state, message.media_why = MediaState.WAITING, ""
    task, event = TASK[kind]
    await forget(session, task, subject)
    await emit(session, event, subject)
    await record(session, by.actor, "queue.retried", subject, kind=kind)


async def plan_again(session: AsyncSession, plan_id: UUID, by: Person) -> None:
    """As a new version: an attempt of the old one may still come back, and is fenced by its number."""
    plan = await planning.seen_plan(session, plan_id, by)
    if plan.state not in (PlanState.FAILED, PlanState.STALE):
        raise IllegalMove(f"The plan is {plan.state}; only one that failed or is stale is tried again.")
    variant = None if plan.variant is None else convert(plan.variant, Variant)
    plan.move(PlanState.DROPPED)
    made = await planning.request(
        session, plan.territory_id, plan.day, plan.seconds, by, plan.seed, variant=variant, batch_id=plan.batch_id
    )
    await record(session, by.actor, "queue.retried", plan.id, kind="plan", version=made.version)


async def drop(session: AsyncSession, kind: Kind, subject: UUID, by: Person) -> None:
    """A search that runs is ended without a result. Raises NotFound, and IllegalMove for what is done."""
    if kind == "plan":
        plan = await planning.seen_plan(session, subject, by)
        plan.move(PlanState.DROPPED)
        await emit(session, "plan.dropped", plan.id, territory_id=plan.territory_id)
        await wake_next(session, plan)
    elif kind == "message":
        told = await seen_message(session, subject, by)
        if told.state not in (MessageState.WAITING, MessageState.FAILED):
            raise IllegalMove(f"The message is {told.state}; there is nothing to take away.")
        if told.state is MessageState.WAITING:
            await over(session, told, MessageState.FAILED, "The desk took it away.")
        await give_up(session, MESSAGE_TASK, subject)
    elif kind in tuple(ErrandKind):
        await errands.drop(session, subject, by)
    else:
        await seen(session, kind, subject, by, may_wait=True)
        if kind == "picture":
            message = await session.get_one(IntakeMessage, subject)
            message.media_state = MediaState.LOST
        await give_up(session, TASK[kind][0], subject)
    await record(session, by.actor, "queue.dropped", subject, kind=kind)


async def seen(session: AsyncSession, kind: Kind, subject: UUID, by: Person, *, may_wait: bool) -> None:
    """Raises NotFound unless this person may see it, IllegalMove when there is nothing left to do about it."""
    if kind == "picture":
        message = await session.get(IntakeMessage, subject, with_for_update=True)
        if message is None:
            raise NotFound("There is no such picture.")
        gone = clock.now() - message.received_at > MEDIA_LASTS
        if message.media_state not in (MediaState.WAITING, MediaState.LOST) or (gone and not may_wait):
            raise IllegalMove("The picture is here already, or WeChat has forgotten it.")
        return
    place = await session.get(Building, subject, options=[joinedload(Building.community)])
    if place is None or not by.sees(place.community.territory_id):
        raise NotFound("There is no such address.")
    if not place.needs_location:
        raise IllegalMove("The address has its place on the map already.")


async def give_up(session: AsyncSession, task: str, subject: UUID) -> None:
    now = datetime.now(UTC)
    found = await session.execute(
        update(TaskTrouble)
        .where(TaskTrouble.task == task, TaskTrouble.subject == subject)
        .values(dropped=True)
        .returning(TaskTrouble.subject)
    )
    if found.one_or_none() is None:
        session.add(TaskTrouble(task=task, subject=subject, first_at=now, last_at=now, tries=0, error="", dropped=True))
