"""What waits for a worker, what one is at, and what failed: read from PostgreSQL alone; an emptied Redis loses none."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from api import clock
from api.auth import Person
from api.db.task_troubles import TaskTrouble
from api.queries.messages import HIDDEN
from domain.errands import Errand, ErrandState
from domain.intakes import MEDIA_LASTS, IntakeMessage, MediaState
from domain.message_templates import fill
from domain.messages import Message, MessageState, MessageTry
from domain.people import Role
from domain.places import Building, Community
from domain.plans import Plan, PlanState

Kind = Literal["plan", "place", "picture", "message", "report", "import"]
Standing = Literal["queued", "running", "failed"]

SHOWN_FOR = timedelta(days=7)
"""How long something that failed is shown, if nobody takes it away."""

MOST = 500
MESSAGE_TASK = "send_message"
PLAN_STANDING: dict[PlanState, Standing] = {
    PlanState.REQUESTED: "queued",
    PlanState.SOLVING: "running",
    PlanState.STALE: "failed",
    PlanState.FAILED: "failed",
}

ERRAND_STANDING: dict[ErrandState, Standing] = {
    ErrandState.REQUESTED: "queued",
    ErrandState.RUNNING: "running",
    ErrandState.FAILED: "failed",
}
LOST = "Its worker has not come back; another one takes it."


class QueueItem(Struct):
    """`about` names it for people: a day and version, an address, an intake's number, a
    message's subject and who gets it, a report's period, a list's file. `tries` counts those begun,
    `error` is the last one's. Whether an operator may `retry` or `drop` it."""

    kind: Kind
    id: UUID
    territory_id: UUID | None
    territory: str | None
    about: str
    state: Standing
    since: datetime
    tries: int
    error: str | None
    retry: bool
    drop: bool


class QueueView(Struct):
    """Failed first, then running, then waiting; each oldest first."""

    queued: int
    running: int
    failed: int
    items: list[QueueItem]


async def show_queue(session: AsyncSession, by: Person, geocoding: bool) -> QueueView:
    """Of this person's territories; `geocoding` says whether addresses are looked up at all."""
    # A plan's lease runs on the machine's clock, and WeChat's patience with a picture on the trade's.
    items = [
        *await plans(session, by, datetime.now(UTC)),
        *await pictures(session, clock.now()),
        *await messages(session, by),
        *await errands(session, by, datetime.now(UTC)),
    ]
    if geocoding:
        items += await addresses(session, by)
    order = ("failed", "running", "queued")
    items.sort(key=lambda item: (order.index(item.state), item.since))
    states = [item.state for item in items]
    return QueueView(states.count("queued"), states.count("running"), states.count("failed"), items[:MOST])


async def plans(session: AsyncSession, by: Person, now: datetime) -> list[QueueItem]:
    found = await session.scalars(
        select(Plan)
        .where(
            or_(
                Plan.state.in_([PlanState.REQUESTED, PlanState.SOLVING]),
                Plan.state.in_([PlanState.FAILED, PlanState.STALE]) & (Plan.requested_at > now - SHOWN_FOR),
            )
        )
        .options(joinedload(Plan.territory), defer(Plan.snapshot))
        .order_by(Plan.requested_at.desc())
        .limit(MOST)
    )
    return [plan_item(plan, now) for plan in found if by.sees(plan.territory_id)]


def plan_item(plan: Plan, now: datetime) -> QueueItem:
    standing = PLAN_STANDING[plan.state]
    lost = standing == "running" and plan.waits_for_a_worker(now)
    return QueueItem(
        kind="plan",
        id=plan.id,
        territory_id=plan.territory_id,
        territory=plan.territory.name,
        about=f"{plan.day} · {plan.version}" + (" · what-if" if plan.variant else ""),
        state="queued" if lost else standing,
        since=plan.requested_at,
        tries=plan.attempt,
        error=LOST if lost else plan.failure,
        retry=standing == "failed",
        drop=True,
    )


async def errands(session: AsyncSession, by: Person, now: datetime) -> list[QueueItem]:
    """One's own, and a manager's all."""
    mine = true() if by.role is Role.MANAGER else Errand.asked_by == by.id
    failed = (Errand.state == ErrandState.FAILED) & (Errand.asked_at > clock.now() - SHOWN_FOR)
    found = await session.scalars(
        select(Errand)
        .where(mine, or_(Errand.state.in_([ErrandState.REQUESTED, ErrandState.RUNNING]), failed))
        .options(joinedload(Errand.staff))
        .order_by(Errand.asked_at.desc())
        .limit(MOST)
    )
    return [errand_item(errand, now) for errand in found]


def errand_item(errand: Errand, now: datetime) -> QueueItem:
    standing = ERRAND_STANDING[errand.state]
    lost = standing == "running" and errand.waits_for_a_worker(now)
    return QueueItem(
        kind=errand.kind.value,
        id=errand.id,
        territory_id=None,
        territory=None,
        about=f"{errand.about} · {errand.staff.name}",
        state="queued" if lost else standing,
        since=errand.asked_at,
        tries=errand.attempt,
        error=LOST if lost else errand.failure,
        retry=standing == "failed",
        drop=True,
    )


async def addresses(session: AsyncSession, by: Person) -> list[QueueItem]:
    """Those that were never asked for, and those whose asking failed; not those that no geocoder knows."""
    found = await session.execute(
        select(Building, TaskTrouble)
        .join(Building.community)
        .join(Community.territory)
        .outerjoin(TaskTrouble, (TaskTrouble.task == "locate_building") & (TaskTrouble.subject == Building.id))
        .where(Building.latitude.is_(None), Building.location_note == "")
        .where(or_(TaskTrouble.task.is_(None), TaskTrouble.dropped.is_(False)))
        .options(contains_eager(Building.community).contains_eager(Community.territory))
        .order_by(Building.id)
        .limit(MOST)
    )
    return [
        QueueItem(
            kind="place",
            id=building.id,
            territory_id=building.community.territory_id,
            territory=building.community.territory.name,
            about=building.address,
            state="failed" if trouble else "queued",
            since=trouble.first_at if trouble else made_at(building.id),
            tries=trouble.tries if trouble else 0,
            error=trouble.error if trouble else None,
            retry=trouble is not None,
            drop=trouble is not None,
        )
        for building, trouble in found
        if by.sees(building.community.territory_id)
    ]


async def pictures(session: AsyncSession, now: datetime) -> list[QueueItem]:
    """That somebody sent by WeChat: waiting, or lost without a word of why it was dropped."""
    found = await session.execute(
        select(IntakeMessage, TaskTrouble)
        .outerjoin(TaskTrouble, (TaskTrouble.task == "fetch_media") & (TaskTrouble.subject == IntakeMessage.id))
        .where(
            or_(
                IntakeMessage.media_state == MediaState.WAITING,
                (IntakeMessage.media_state == MediaState.LOST) & (IntakeMessage.received_at > now - SHOWN_FOR),
            )
        )
        .where(or_(TaskTrouble.task.is_(None), TaskTrouble.dropped.is_(False)))
        .order_by(IntakeMessage.id)
        .limit(MOST)
    )
    return [picture_item(message, trouble, now) for message, trouble in found]


def picture_item(message: IntakeMessage, trouble: TaskTrouble | None, now: datetime) -> QueueItem:
    lost = message.media_state is MediaState.LOST
    error = message.media_why or (trouble.error if trouble else None)
    return QueueItem(
        kind="picture",
        id=message.id,
        territory_id=None,
        territory=None,
        about=message.media_id,
        state="failed" if lost or error else "queued",
        since=message.received_at,
        tries=trouble.tries if trouble else 0,
        error=error,
        retry=bool(error) and now - message.received_at <= MEDIA_LASTS,
        drop=bool(error),
    )


async def messages(session: AsyncSession, by: Person) -> list[QueueItem]:
    """Those that could have left by now, and those that no way has taken; not those that quiet hours hold back."""
    now = clock.now()
    wanted = or_(
        (Message.state == MessageState.WAITING) & (Message.not_before <= now),
        (Message.state == MessageState.FAILED) & (Message.made_at > now - SHOWN_FOR),
    )
    mine = true() if by.territories is None else Message.territory_id.in_(by.territories)
    found = await session.scalars(
        select(Message)
        .outerjoin(TaskTrouble, (TaskTrouble.task == MESSAGE_TASK) & (TaskTrouble.subject == Message.id))
        .where(wanted, mine, or_(TaskTrouble.task.is_(None), TaskTrouble.dropped.is_(False)))
        .options(selectinload(Message.tried), joinedload(Message.territory))
        .order_by(Message.made_at.desc())
        .limit(MOST)
    )
    return [message_item(message) for message in found]


def message_item(message: Message) -> QueueItem:
    failed = message.state is MessageState.FAILED
    trying = not failed and any(one.outcome is None for one in message.tried)
    return QueueItem(
        kind="message",
        id=message.id,
        territory_id=message.territory_id,
        territory=message.territory.name,
        about=f"{fill(message.subject, HIDDEN)} → {message.to_name or '—'}",
        state="failed" if failed else "running" if trying else "queued",
        since=message.made_at,
        tries=message.tries,
        error=answers(message.tried) or message.why or None,
        retry=failed and message.may_go_again,
        drop=True,
    )


def answers(tried: Sequence[MessageTry]) -> str:
    """The last one of each way."""
    last = {one.way: one.why for one in tried if one.why}
    return " · ".join(f"{way}: {why}" for way, why in last.items())


def made_at(row_id: UUID) -> datetime:
    """A UUID of version 7 begins with the milliseconds since 1970 (RFC 9562, 5.7)."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, UTC)
